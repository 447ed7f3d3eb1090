"""What a person types where no input line is drawn: nothing is written into it, and nothing over it.

The terminal's own line editing tells nobody that a line is begun, so its keys are read one by one and echoed
here, with those that erase.
"""

import asyncio
import codecs
import os
import re
import signal
import termios
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress

from wschat.chat.ui.ansi import width_of

PAUSE = 3.0  # seconds after a key in which what comes waits
KEYS = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O.|$)|.", re.DOTALL)  # an arrow is one key
LINE_FLAGS = 3  # of what termios tells
END, KILL, WORD, ERASE = "\x04", "\x15", "\x17", ("\x7f", "\b")


class Keyboard:
    """Lines that are typed at the terminal `fd`, and what is written meanwhile, each to the same terminal.

    `write` writes a text to it at once.
    """

    def __init__(self, fd: int, write: Callable[[str], None]) -> None:
        self._fd, self._out = fd, write
        self._begun = ""
        self._held: list[str] = []
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()  # None: there will be no more
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._waiting: asyncio.TimerHandle | None = None

    async def lines(self) -> AsyncIterator[str]:
        """Yield each line that is entered, until the terminal is gone or its person ends the input."""
        loop = asyncio.get_running_loop()
        with suppress(termios.error), self._key_by_key():  # it may be gone by now
            loop.add_reader(self._fd, self._read)
            try:
                while (line := await self._lines.get()) is not None:
                    yield line
            finally:
                loop.remove_reader(self._fd)
                self._release()
                if self._begun:
                    self._out("\n")

    def write(self, text: str) -> None:
        """Write a text at once, or once the line that is begun is entered or nothing is typed for a while."""
        self._held.append(text)
        if not self._waiting:
            self._release()

    def drain(self) -> list[str]:
        """Return what was entered and not read, and what is begun, and forget it."""
        entered = [self._lines.get_nowait() or "" for _ in range(self._lines.qsize())]
        begun, self._begun = self._begun, ""
        return [*entered, begun]

    @contextmanager
    def _key_by_key(self) -> Iterator[None]:
        """Have each key at once, now and whenever this program comes back from the background."""
        loop, before = asyncio.get_running_loop(), termios.tcgetattr(self._fd)
        self._set(before)
        os.set_blocking(self._fd, False)
        with suppress(OSError):  # what the terminal has echoed by itself
            self._take(os.read(self._fd, 4096))
        os.set_blocking(self._fd, True)
        loop.add_signal_handler(signal.SIGCONT, self._come_back, before)
        try:
            yield
        finally:
            loop.remove_signal_handler(signal.SIGCONT)
            with suppress(termios.error):  # it is gone
                termios.tcsetattr(self._fd, termios.TCSADRAIN, before)

    def _set(self, before: list[object]) -> None:
        wanted = [*before]
        flags = wanted[LINE_FLAGS]
        assert isinstance(flags, int)  # noqa: S101  as termios has it
        wanted[LINE_FLAGS] = flags & ~(termios.ICANON | termios.ECHO)
        termios.tcsetattr(self._fd, termios.TCSANOW, wanted)  # type: ignore[arg-type]

    def _come_back(self, before: list[object]) -> None:
        self._set(before)
        self._out(self._begun)

    def _read(self) -> None:
        try:
            read = os.read(self._fd, 4096)
        except OSError:
            read = b""
        if read:
            self._out(self._take(read))
            if not self._begun:
                self._release()
        else:
            self._lines.put_nowait(None)

    def _take(self, read: bytes) -> str:
        """Take what was typed; return what of it is to be seen."""
        seen = ""
        for key in KEYS.findall(self._decode(read)):
            before = self._begun
            if key in "\r\n":
                self._begun = ""
                self._lines.put_nowait(before)
                seen += "\n"
            elif key == END and not before:
                self._lines.put_nowait(None)
            elif key in {*ERASE, WORD, KILL}:
                self._begun = {KILL: "", WORD: re.sub(r"\S*\s*$", "", before)}.get(key, before[:-1])
                seen += "\b \b" * width_of(before[len(self._begun) :])
            elif key.isprintable() or key == "\t":
                self._begun += key.replace("\t", " ")
                seen += key.replace("\t", " ")
        self._stop_waiting()
        if self._begun:
            self._waiting = asyncio.get_running_loop().call_later(PAUSE, self._release)
        return seen

    def _stop_waiting(self) -> None:
        if self._waiting:
            self._waiting.cancel()
            self._waiting = None

    def _release(self) -> None:
        """Write what was held below what is begun, and that again below it."""
        self._stop_waiting()
        held, self._held = "".join(self._held), []
        if held:
            self._out(f"\n{held}{self._begun}" if self._begun else held)
