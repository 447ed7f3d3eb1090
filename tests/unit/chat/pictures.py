"""Draws pictures of the chat from the real program; `python -m tests.unit.chat.pictures` writes them."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.studies.picture import svg
from tests.support.terminal import WSCHAT, Terminal
from tests.support.threaded import ThreadedServer

PLACE = Path(__file__).parents[2] / "pictures"
SIZE = (20, 84)
GUIDE = "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api.html"


@contextmanager
def person(server: ThreadedServer, name: str, *options: str) -> Iterator[Terminal]:
    """Start a chat in the room lobby."""
    with tempfile.TemporaryDirectory() as place:
        settings = {"TERM": "xterm-256color", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
        settings |= {"WSCHAT_STATE_DIR": place, "WSCHAT_CONFIG": f"{place}/config"}
        command = [WSCHAT, "chat", "--url", server.server.url, "--name", name, "--room", "lobby", *options]
        started = Terminal(*command, env=settings, size=SIZE)
        started.until("you are in lobby")
        yield started
        started.process.close(force=True)


def say(server: ThreadedServer, ada: Terminal, user: str, text: str) -> None:
    """Let somebody say something, and wait until it is seen."""
    server.do(server.server.say(user, "lobby", text))
    ada.until(text[-6:])


def lively(server: ThreadedServer) -> None:
    """A room in which people talk."""
    with person(server, "ada") as ada, person(server, "grace") as grace:
        ada.until("grace joined")
        grace.type("ada: is this a real AWS WebSocket API?")
        ada.until("real AWS")
        ada.type("nearly. The same code that provisions AWS made it, on my laptop")
        ada.until("on my laptop")
        say(server, ada, "Zoë", f"its guide: {GUIDE}")
        say(
            server,
            ada,
            "grace",
            "it says that a connection ends after two hours; ours moves before, and nobody notices",
        )
        say(server, ada, "eve", "look: \x1b[2J\x1b[31mred\x1b]0;title\x07 \u202e invoice")
        say(server, ada, "d\u0430vid", "I am not who I seem to be")
        ada.press("nice try\x1b\rbye")
        ada.until("bye")
        (PLACE / "room.svg").write_text(svg(ada, "wschat chat --name ada --room lobby"))


def reconnect(server: ThreadedServer) -> None:
    """A cut, what waits, and how it is mended."""
    server.server.lasting = True
    with person(server, "ada") as ada:
        say(server, ada, "grace", "see you in a moment")
        server.server.statuses = [503] * 2
        server.do(server.server.cut(1001, "Going away"))
        ada.until("reconnecting, try 2")
        ada.type("did I miss something?")
        ada.until("... did I")
        server.server.logs["lobby"].append(
            {"user": "grace", "content": "only this", "seq": 1_700_000_000_001, "time": 1_700_000_000_000}
        )
        (PLACE / "offline.svg").write_text(svg(ada, "The connection is lost"))
        ada.until("<ada> did I")
        ada.until("connected ·")
        (PLACE / "back.svg").write_text(svg(ada, "… and mended"))


def helped(server: ThreadedServer) -> None:
    """What /help and F1 show."""
    with person(server, "ada") as ada:
        ada.type("/help")
        ada.until_screen(r"F1 .*\n>\n connected")
        (PLACE / "help.svg").write_text(svg(ada, "/help"))


def plain(server: ThreadedServer) -> None:
    """The linear mode."""
    with person(server, "ada", "--plain") as ada:
        say(server, ada, "grace", "each line\nsays who speaks")
        ada.type("hello grace")
        ada.until("<ada> hello")
        (PLACE / "plain.svg").write_text(svg(ada, "wschat chat --plain"))


def main() -> None:
    """Draw all of them."""
    PLACE.mkdir(exist_ok=True)
    for draw in (lively, reconnect, helped, plain):
        server = ThreadedServer()
        draw(server)
        time.sleep(0.1)
        server.stop()


if __name__ == "__main__":
    main()
