"""Asking for a line: with completion, a toolbar, and a history that is kept."""

from collections.abc import Iterator

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from wschat.cli.commands.learn.dialogue.prompt import Words, asker
from wschat.system import paths

WORDS = {"check": "I did it", "code": "read it", "quit": "leave"}


@pytest.fixture
def keyboard() -> Iterator[PipeInput]:
    """A keyboard; what would be on the screen is not looked at."""
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        yield pipe


def test_completion() -> None:
    """Words that go on from what is typed, each with what it means."""
    found = Words(lambda: WORDS).get_completions(Document(" c"), CompleteEvent())
    assert [(each.text, each.start_position, each.display_meta_text) for each in found] == [
        ("check", -1, "I did it"),
        ("code", -1, "read it"),
    ]


def test_a_line(keyboard: PipeInput) -> None:
    """A line is kept, and Up brings it back; Ctrl-D and Ctrl-C raise."""
    ask = asker(lambda: WORDS, lambda columns: f"{columns}")
    keyboard.send_text("quit\r")
    assert ask("> ") == "quit"
    assert "+quit" in paths.learn_history().read_text()
    keyboard.send_text("\x1b[A\r")
    assert ask("> ") == "quit"
    keyboard.send_text("\x04")
    with pytest.raises(EOFError):
        ask("> ")
    keyboard.send_text("chec\x03quit\r")
    assert ask("> ") == "quit", "Ctrl-C drops what was typed"
    keyboard.send_text("\x03")
    with pytest.raises(KeyboardInterrupt):
        ask("> ")
