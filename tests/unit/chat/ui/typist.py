"""Types into a prompt without a terminal, and keeps what is printed and entered."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial, partialmethod
from pathlib import Path
from typing import Any, TypeVar

from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from wschat.chat.machine.effects import Message
from wschat.chat.machine.state import ChatState, Room
from wschat.chat.machine.update import Event, LineEntered
from wschat.chat.settings import Settings
from wschat.chat.ui.prompt import Prompt, terminal_prompt
from wschat.chat.ui.terminal import TerminalUI
from wschat.chat.ui.transcript import local_time
from wschat.protocol.events import ClientMessage

format_time = partial(local_time, form="12:34")
PASTES_ON, PASTES_OFF = "\x1b[?2004h", "\x1b[?2004l"


class Screen(DummyOutput):
    """Keeps what is printed above the input line, and how a paste is to be treated."""

    def __init__(self) -> None:
        self.printed = ""

    def write_raw(self, data: str) -> None:
        """Keep it."""
        self.printed += data

    enable_bracketed_paste = partialmethod(write_raw, PASTES_ON)
    disable_bracketed_paste = partialmethod(write_raw, PASTES_OFF)


def say(text: str, user: str = "eve", **more: Any) -> Message:  # noqa: ANN401
    """Return a message."""
    return Message(ClientMessage(user, text, time=1), **more)


S = TypeVar("S", bound=Screen)


@contextmanager
def prompt_on(history: Path, screen: S) -> Iterator[tuple[Prompt, PipeInput, S]]:
    """Return a prompt, the keyboard that it reads, and its screen."""
    with create_pipe_input() as keyboard, terminal_prompt(history, keyboard, screen) as prompt:
        yield prompt, keyboard, screen


@contextmanager
def opened(history: Path, notify: str = "none") -> Iterator[tuple[TerminalUI, PipeInput, Screen]]:
    """Return an interface, the keyboard that it reads, and its screen."""
    with prompt_on(history, Screen()) as (prompt, keyboard, screen):
        yield TerminalUI(prompt, Settings(notify=notify)), keyboard, screen


def typed(history: Path, *steps: str | bytes | Callable[[TerminalUI], bool], count: int = 1) -> list[str]:
    """Return the lines that come of keys; between them, wait for conditions."""

    async def play() -> list[str]:
        lines: asyncio.Queue[str] = asyncio.Queue()

        def enter(event: Event) -> None:
            assert isinstance(event, LineEntered)
            lines.put_nowait(event.line)

        with opened(history) as (ui, keyboard, _):
            room = Room("ops", "ann", ("ann", "bob", "bea"), ("bea",))
            ui.follow(ChatState("me", "t", name="ann", room=room))

            ui._prompt._keys._suspend = lambda: lines.put_nowait("suspended")
            await ui._prompt.start()
            reading = asyncio.create_task(ui.read(enter))
            async with asyncio.timeout(10):
                for step in steps:
                    if isinstance(step, str):
                        keyboard.send_text(step)
                    elif isinstance(step, bytes):
                        keyboard.send_bytes(step)
                    else:
                        while not step(ui):  # noqa: ASYNC110
                            await asyncio.sleep(0.005)
                got = [await lines.get() for _ in range(count)]
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            return got

    return asyncio.run(play())


def drafted(text: str, entries: int = 0) -> Callable[[TerminalUI], bool]:
    """Tell whether this is in the input line, and a history of at least so many entries behind it."""

    def is_drafted(ui: TerminalUI) -> bool:
        buffer = ui._prompt.default_buffer
        known = len(buffer.history.get_strings())
        return buffer.text == text and known >= entries and len(buffer._working_lines) == known + 1

    return is_drafted
