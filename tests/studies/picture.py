"""Draws the README's picture from the real program; `python -m tests.studies.picture` writes it."""

import io
import os
import tempfile
from pathlib import Path

from pyte.screens import Char
from rich.console import Console
from rich.text import Text

from tests.support.terminal import Terminal, terminal

PICTURE = Path(__file__).parents[1] / "picture.svg"
SIZE = (20, 84)


def main() -> None:
    """Let two people talk in a local lab, and keep what one of them sees."""
    with tempfile.TemporaryDirectory() as state:
        os.environ["WSCHAT_STATE_DIR"] = state
        with terminal("chat", "--local", "--name", "ada", "--room", "lobby", size=SIZE) as ada:
            ada.until("you are in lobby")
            with terminal("chat", "--local", size=SIZE) as grace:
                grace.until("/register")
                for line in ("/register grace", "/join lobby"):
                    grace.type(line)
                grace.until("you are in lobby")
                talk(ada, grace)
                PICTURE.write_text(svg(ada, "wschat chat --local --name ada --room lobby"))


def talk(ada: Terminal, grace: Terminal) -> None:
    """Say a few things, each after the other has heard the one before."""
    for speaker, hearer, line in (
        (grace, ada, "hi! is this a real AWS WebSocket API?"),
        (ada, grace, "nearly: the same code that provisions AWS made it, on my laptop"),
        (ada, grace, "seven Lambda functions, each under its own role"),
        (grace, ada, "and when we have both left?"),
        (ada, grace, "then it is gone, to the last process"),
    ):
        speaker.type(line)
        hearer.until(line[-20:])
        speaker.until(line[-20:])
    ada.type("/users")
    ada.until("in lobby:")
    ada.process.send("bye, see you on AW")
    ada.until("bye, see you on AW")


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


if __name__ == "__main__":
    main()
