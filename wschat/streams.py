"""What to do with a stream that can't be written any more."""

import os
from typing import IO


def discard(stream: IO[str]) -> None:
    """Send what is still buffered or to come nowhere, so that Python's end does not stumble over it.

    Raises:
        OSError: it has no file.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
