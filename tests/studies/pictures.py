"""Pictures of a chat and a lesson, drawn from the program; `python -m tests.studies.pictures` writes them."""

import io
import re
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from html import unescape
from pathlib import Path

from pyte.screens import Char
from rich.console import Console
from rich.text import Text

from tests.support.terminal import Terminal, terminal
from tests.support.threaded import ThreadedServer

PICTURES = Path(__file__).parent.parent / "pictures"
SIZE = (20, 84)
OF_A_LESSON = (31, 84)
GUIDE = "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api.html"
Drawn = Iterator[tuple[str, str]]  # a picture's name, and the picture


@contextmanager
def person(server: ThreadedServer, name: str, *options: str) -> Iterator[Terminal]:
    """Start a chat in the room lobby."""
    command = ("chat", "--url", server.server.url, "--name", name, "--room", "lobby", *options)
    with tempfile.TemporaryDirectory() as place:
        env = {"TZ": "UTC", "WSCHAT_STATE_DIR": place, "WSCHAT_CONFIG": f"{place}/config"}
        with terminal(*command, env=env, size=SIZE) as started:
            started.until("you are in lobby")
            yield started


def say(server: ThreadedServer, ada: Terminal, user: str, text: str) -> None:
    """Let somebody say something, and wait until it is seen."""
    server.do(server.server.say(user, "lobby", text))
    ada.until(text[-6:])


def talk(server: ThreadedServer) -> Drawn:
    """Two people, and a draft."""
    with person(server, "ada") as ada, person(server, "grace") as grace:
        ada.until("grace joined")
        for speaker, line in (
            (grace, "hi! is this the WebSocket API of the lab?"),
            (ada, "yes: seven Lambda functions, each under its own role"),
            (grace, "and when we have both left?"),
            (ada, "then the room is gone, and its messages with it"),
        ):
            speaker.type(line)
            for hearer in (ada, grace):
                hearer.until(line[-20:])
        ada.type("/users")
        ada.until("in lobby:")
        ada.press("bye, see you on AW")
        ada.until_screen(r"see you on AW\n+ connected · ada · lobby \(2\) · \d+ ms")
        yield "talk", svg(ada, "wschat chat --name ada --room lobby")


def strangers(server: ThreadedServer) -> Drawn:
    """Links, long lines, and attacks on the terminal."""
    with person(server, "ada") as ada:
        say(server, ada, "Zoë", f"its guide: {GUIDE}")
        long = "it says that a connection ends after two hours; ours moves before, and nobody notices"
        say(server, ada, "grace", long)
        say(server, ada, "eve", "look: \x1b[2J\x1b[31mred\x1b]0;title\x07 \u202e invoice")
        say(server, ada, "d\u0430vid", "I am not who I seem to be")
        ada.press("nice try\x1b\rbye")
        ada.until_screen(r"nice try\n  bye\n+ connected")
        yield "strangers", svg(ada, "wschat chat --name ada --room lobby")


def reconnect(server: ThreadedServer) -> Drawn:
    """A cut, what waits, and how it is restored."""
    server.server.lasting = True
    with person(server, "ada") as ada:
        say(server, ada, "grace", "see you in a moment")
        server.server.statuses = [504] * 99
        server.do(server.server.cut(1001, "Going away"))
        ada.until("reconnecting, try 2")
        ada.type("did I miss something?")
        ada.until_screen(r"\.\.\. did I miss something\?\n>\n+ reconnecting")
        yield "offline", svg(ada, "The connection is lost")
        server.server.rooms["lobby"].store("grace", "only this")
        server.server.statuses.clear()
        ada.until_screen(r"<ada> did I miss something\?\n>\n+ connected · ada · lobby \(1\) · \d+ ms")
        yield "back", svg(ada, "… and back")


def help_(server: ThreadedServer) -> Drawn:
    """What /help and F1 show."""
    with person(server, "ada") as ada:
        ada.type("/help")
        ada.until_screen(r"Ctrl-Z .*\n>\n+ connected · ada · lobby \(1\) · \d+ ms")
        yield "help", svg(ada, "/help")


def plain(server: ThreadedServer) -> Drawn:
    """Linear lines."""
    with person(server, "ada", "--plain") as ada:
        say(server, ada, "grace", "each line\nsays who speaks")
        ada.type("hello grace")
        ada.until("<ada> hello grace")
        yield "plain", svg(ada, "wschat chat --plain")


def lesson(_server: ThreadedServer) -> Drawn:
    """A part of the lab: why it is there, what is wrong with one made by hand, and made for one."""
    with tempfile.TemporaryDirectory() as place:
        env = {"WSCHAT_STATE_DIR": place}
        with terminal("learn", "--local", env=env, size=OF_A_LESSON) as ada:
            ada.until("01 before-you-start>")
            for typed, seen in (("n", "at all"), ("i", "there is no table"), ("d", "all of it is right")):
                ada.type(typed)
                ada.until_screen(rf"{seen}(?s:.*)\n02 connections-table>\n+w why")
            yield "lesson", svg(ada, "wschat learn --local")
            ada.type("q")
            ada.end()


def draw() -> dict[str, str]:
    """Draw all of them at the same time, each scene at a server of its own."""
    with ThreadPoolExecutor() as pool:
        drawn = pool.map(_draw, (talk, strangers, reconnect, help_, plain, lesson))
        return {name: picture for pictures in drawn for name, picture in pictures.items()}


def _draw(scene: Callable[[ThreadedServer], Drawn]) -> dict[str, str]:
    server = ThreadedServer()
    try:
        return dict(scene(server))
    finally:
        server.stop()


def svg(person: Terminal, title: str) -> str:
    """Return a person's screen as a picture."""
    columns, rows = person.screen.columns, person.screen.lines
    console = Console(record=True, width=columns, height=rows, file=io.StringIO(), force_terminal=True)
    for number in range(rows):
        line = person.screen.buffer[number]
        console.print(Text.assemble(*((line[x].data, _style(line[x])) for x in range(columns))), end="\n")
    return console.export_svg(title=title, unique_id="wschat")


def _style(char: Char) -> str:
    color = "" if char.fg == "default" else {"brown": "yellow"}.get(char.fg, char.fg)
    if len(color) == 6 and all(digit in "0123456789abcdef" for digit in color):
        color = f"#{color}"
    return " ".join(
        filter(None, ["bold" * char.bold, "reverse" * char.reverse, color.replace("bright", "bright_")])
    )


def rows(picture: str) -> list[str]:
    """Return the rows of text in a picture, but for figures that differ from run to run."""
    found: dict[int, str] = {}
    for row, text in re.findall(r'clip-path="url\(#wschat-line-(\d+)\)">(.*?)</text>', picture):
        found[int(row)] = found.get(int(row), "") + unescape(text).replace("\xa0", " ")
    return [re.sub(r"\d+ ?ms|try ?\d+|\d+\.\d s", "…", found[row]).rstrip() for row in sorted(found)]


if __name__ == "__main__":
    for name, picture in draw().items():
        (PICTURES / f"{name}.svg").write_text(picture)
