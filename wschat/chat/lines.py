"""The view for pipes, scripts and plain terminals: lines in, lines out."""

import asyncio
import io
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

from wschat.chat.render import Clock, lines
from wschat.chat.state import ChatState
from wschat.chat.vocabulary import Failure, Item, Unsent


def _one_line(frame: str) -> str:
    """Return a frame with the same meaning in one line that can't steer a terminal, should it get to one.

    Outside of texts only space may be unprintable in JSON, and inside of them all may be escaped.
    """
    return "".join(
        char if char.isprintable() else " " if char in "\r\n\t" else _escaped(char) for char in frame
    )


def _escaped(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


class LineView:
    """Read a line when everything before it is answered; write each item as plain lines at once.

    With `json_lines`, stdout carries the server's frames instead, and stderr what went wrong.
    """

    draft = ""

    def __init__(
        self, stdin: TextIO, stdout: TextIO, stderr: TextIO, clock: Clock, *, json_lines: bool = False
    ) -> None:
        self._stdin = stdin
        self._stdout = stdout
        self._stderr = stderr
        self._clock = clock
        self._json_lines = json_lines
        self._idle = asyncio.Event()
        if isinstance(stdout, io.TextIOWrapper):
            stdout.reconfigure(errors="backslashreplace")

    async def read(self, enter: Callable[[str], None]) -> None:
        """Give each line of stdin to `enter`; at its end, return."""
        wanted: queue.SimpleQueue[asyncio.Future[str]] = queue.SimpleQueue()
        threading.Thread(target=self._supply, args=(wanted,), daemon=True).start()
        while True:
            await self._idle.wait()
            line: asyncio.Future[str] = asyncio.get_running_loop().create_future()
            wanted.put(line)
            text = await line
            if not text:
                return
            enter(text.rstrip("\r\n"))

    def _supply(self, wanted: queue.SimpleQueue[asyncio.Future[str]]) -> None:
        """Read a line for each that is wanted, in a thread: files, pipes and terminals all work so.

        The thread may still read when the program ends. It reads through a file object of its own, since
        Python would need the lock of sys.stdin then, and abort.
        """
        try:
            stdin: TextIO = open(self._stdin.fileno(), errors="replace", closefd=False)  # noqa: SIM115
        except io.UnsupportedOperation:
            stdin = self._stdin
        with suppress(RuntimeError):  # the chat is over and its loop closed
            while line := wanted.get():
                try:
                    text = stdin.readline()
                except OSError:  # a terminal that is gone
                    text = ""
                line.get_loop().call_soon_threadsafe(_give, line, text)

    def show(self, item: Item) -> None:
        """Write an item; raises BrokenPipeError when nobody reads any more."""
        if self._json_lines and not isinstance(item, Failure | Unsent):
            return
        stream = self._stderr if self._json_lines else self._stdout
        for line in lines(item, self._clock):
            print("".join(span.text for span in line), file=stream, flush=True)

    def frame(self, frame: str) -> None:
        """Write a frame of the server, if frames are wanted."""
        if self._json_lines:
            print(_one_line(frame), file=self._stdout, flush=True)

    def give_back(self, line: str) -> None:
        """Write a line that was not sent."""
        self.show(Unsent(line))

    def follow(self, state: ChatState) -> None:
        """Let the next line be read when nothing waits."""
        if state.idle:
            self._idle.set()
        else:
            self._idle.clear()


def _give(line: asyncio.Future[str], text: str) -> None:
    if not line.done():
        line.set_result(text)
