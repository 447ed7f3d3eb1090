"""Standard output and error as they are written to: in silence, once nobody reads them any more.

So a command behind `| head` does what it would have done, and ends with the code that it would have had. What
only shows, for as long as somebody looks, asks `is_read`.
"""

import io
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _Stream(io.FileIO):
    """A stream of this process whose reader may go away."""

    is_read = True

    def write(self, data: "ReadableBuffer", /) -> int:
        """Write; to nowhere, and so does whoever shares it, once nobody reads."""
        try:
            return super().write(data)
        except BrokenPipeError:
            self.is_read = False
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            return memoryview(data).nbytes


def outlive_readers() -> None:
    """Let the standard streams of this process stay writable when their readers go away."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        with suppress(io.UnsupportedOperation):
            if not isinstance(stream, io.TextIOWrapper):
                continue
            raw = _Stream(stream.fileno(), "w", closefd=False)
            unbuffered = isinstance(stream.buffer, io.RawIOBase)
            kept = io.TextIOWrapper(
                raw if unbuffered else io.BufferedWriter(raw),
                stream.encoding,
                stream.errors,
                line_buffering=stream.line_buffering,
                write_through=stream.write_through,
            )
            setattr(sys, name, kept)


def is_read(stream: TextIO) -> bool:
    """Tell whether somebody may read a stream still, as far as was noticed by writing to it."""
    buffer = getattr(stream, "buffer", None)
    return getattr(getattr(buffer, "raw", buffer), "is_read", True)
