"""A stream that can't be written any more."""

import os

import pytest

from wschat.streams import discard


def test_discard() -> None:
    """What is buffered and what is to come goes nowhere, without an error."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as stream:
        stream.write("buffered")
        discard(stream)
        stream.write("later")
        stream.flush()
    with pytest.raises(ValueError, match="closed"):
        discard(stream)
