"""The interface for pipes, programs, plain terminals and screen readers: lines in, lines out."""

import asyncio
import io
import os
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from wschat.chat.machine.advice import IN_A_PIPE
from wschat.chat.machine.commands import CLEAR, HELP, LINES
from wschat.chat.machine.effects import Item, Listing, Message, RequestFailed, Unsent
from wschat.chat.machine.state import ChatState
from wschat.chat.machine.update import Event, LineEntered
from wschat.chat.ui import json_lines
from wschat.chat.ui.keyboard import Keyboard
from wschat.chat.ui.names import Names
from wschat.chat.ui.rendering import Line, pending, render
from wschat.chat.ui.transcript import local_time
from wschat.protocol.refusals import ErrorCode
from wschat.system.streams import is_read
from wschat.text import safe

if TYPE_CHECKING:
    from wschat.chat.start import ChatOptions

BOM = "\ufeff"  # what some editors and shells put before the first line of a file
WIDTH = 80  # columns of a terminal that does not know


class PipeUI:
    """Read a line when everything before it is answered; write each item as plain lines at once.

    From a person at a terminal it reads at any time. With `json_lines`, what is read are requests and what
    is written are events, as `events` has them.
    """

    def __init__(self, options: "ChatOptions") -> None:
        self._stdin, self._stdout = options.stdin, options.stdout
        self._format_time = partial(local_time, form=options.settings.time)
        self._names = Names()
        self._json_lines = options.json_lines
        self._bell = options.settings.bell and options.is_person
        self._keyboard = Keyboard(options.stdin.fileno(), self._print) if options.is_person else None
        self._patient = not options.stdin.isatty()
        self._idle = asyncio.Event()
        self._announced: set[str | None] = set()
        if isinstance(self._stdout, io.TextIOWrapper):
            self._stdout.reconfigure(errors="backslashreplace")

    async def read(self, enter: Callable[[Event], None]) -> None:
        """Give each line of stdin to `enter`; at its end, return.

        A line is read in a thread, which may outlive the chat: files, pipes and terminals all work so.
        """
        if self._keyboard:
            async for line in self._keyboard.lines():
                enter(LineEntered(line))
            return
        understand: Callable[[str], Event] = json_lines.request if self._json_lines else LineEntered
        stdin = self._stdin
        # The lock of sys.stdin would be held at the end: Python aborts.
        with suppress(io.UnsupportedOperation):
            stdin = open(stdin.fileno(), errors="replace", closefd=False)  # noqa: ASYNC230, SIM115
        while True:
            if self._patient:
                await self._idle.wait()
            text = ""
            with suppress(OSError):  # a terminal that is gone
                text = await asyncio.to_thread(stdin.readline)
            if not text:
                return
            if text.strip() or not self._json_lines:
                enter(understand(text.removeprefix(BOM).rstrip("\r\n")))

    def show(self, item: Item) -> None:
        """Write an item; raises BrokenPipeError when nobody reads any more."""
        if self._json_lines:
            self._write("".join(f"{json_lines.encode(event)}\n" for event in json_lines.events(item)))
            return
        item = self._fitting(item)
        whole = not self._stdout.isatty()
        lines = render(item, self._format_time, self._names, linear=True, whole=whole)
        text = "".join(map(self._broken, lines))
        rings = self._bell and isinstance(item, Message) and item.rings
        self._write(f"{text}\a" if rings else text)

    def _fitting(self, item: Item) -> Item:
        """Return an item without the keys, which are those of an input line, and with what a pipe can do."""
        match item:
            case Listing(rows=rows) if rows == HELP:
                return Listing("commands:", LINES)
            case RequestFailed(hint=CLEAR.hint):
                return item._replace(hint="")
            case RequestFailed(code=ErrorCode.NAME_TAKEN) if self._patient:
                return item._replace(hint=IN_A_PIPE)
        return item

    def _broken(self, line: Line) -> str:
        """Return a line; in a terminal broken by us, so that what was said begins no row of its own."""
        if not self._stdout.isatty():
            return f"{line}\n"
        from wschat.chat.ui.ansi import to_ansi

        return to_ansi(line, os.get_terminal_size(self._stdout.fileno()).columns or WIDTH)

    def _write(self, text: str) -> None:
        if self._keyboard:
            self._keyboard.write(text)
        else:
            self._print(text)

    def _print(self, text: str) -> None:
        print(text, end="", file=self._stdout, flush=True)
        if not is_read(self._stdout):
            raise BrokenPipeError

    def drain_input(self) -> list[str]:
        """Return what a person has typed in vain; from elsewhere a line is read when it is wanted."""
        return self._keyboard.drain() if self._keyboard else []

    def restore(self, unsent: Unsent) -> None:
        """Write a line that was not sent, or not confirmed; to programs, the error has said it."""
        if not self._json_lines:
            self.show(unsent)

    def follow(self, state: ChatState) -> None:
        """Let the next line be read when nothing waits; tell a person once what waits for a connection."""
        self._names.follow(state)
        if state.idle:
            self._idle.set()
        else:
            self._idle.clear()
        for each in state.pending if pending(state) and not self._patient else ():
            if each.line and each.request.id not in self._announced:
                self._announced.add(each.request.id)
                self._write(f"-- waits for a connection: {safe(each.line)}\n")
