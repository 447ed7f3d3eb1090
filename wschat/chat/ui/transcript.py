"""The transcript of a chat: what is said, at the end of a file, as harmless lines with their dates."""

import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TextIO

from wschat.chat.machine.advice import Advice
from wschat.chat.machine.effects import Frame, Item, Listing, Members, Message, Rooms, Whole
from wschat.chat.ui.names import Names
from wschat.chat.ui.rendering import render
from wschat.errors import UsageError
from wschat.system.files import regular

STAMP = "%Y-%m-%d %H:%M:%S"


def local_time(milliseconds: int, form: str = "%H:%M") -> str:
    """Return a local time as strftime writes it; `--:--` for what is no time."""
    try:
        return time.strftime(form, time.localtime(milliseconds / 1000))
    except (OverflowError, ValueError, OSError):
        return "--:--"


class Transcript:
    """A file that nobody else reads, to the end of which each item is written; none without a path.

    Raises:
        UsageError: it can't be written.
    """

    def __init__(self, path: str | None) -> None:
        self._file: TextIO | None = None
        self._names = Names()
        if path is None:
            return
        try:
            place = regular(Path(path).expanduser())
            place.touch(mode=0o600)
            self._file = place.open("a", buffering=1, encoding="utf-8", errors="backslashreplace")
        except (OSError, RuntimeError, ValueError) as error:  # no such home, or a NUL
            hint = "give a file that can be written"
            why = error.strerror if isinstance(error, OSError) else error
            raise UsageError(f"the log can't be written: {why}", where=path, hint=hint) from None

    def write(self, item: Item) -> Advice | None:
        """Write an item, but no list, and nothing twice; return what is wrong, once, if that fails.

        Each line begins with its time.
        """
        if isinstance(item, Frame | Listing | Rooms | Members | Whole) or self._file is None:
            return None
        lines = render(item, partial(local_time, form=STAMP), self._names, linear=True, whole=True)
        now = "" if isinstance(item, Message) else f"{local_time(int(time.time() * 1000), STAMP)} "
        try:
            self._file.writelines(f"{now}{line}\n" for line in lines)
        except OSError as error:
            self.close()
            return Advice(f"it can't be written any more: {error.strerror}", "the chat goes on without it")
        return None

    def close(self) -> None:
        """Close the file."""
        file, self._file = self._file, None
        with suppress(OSError):
            if file:
                file.close()
