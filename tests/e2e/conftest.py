"""What whole programs share: a state directory in which a lab can listen."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def short_state(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The person's state directory, with a path that is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="ws") as place:
        monkeypatch.setenv("WSCHAT_STATE_DIR", place)
        yield Path(place)
