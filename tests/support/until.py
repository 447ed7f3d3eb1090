"""Waiting until something is so, for as long as no person would: then the test fails."""

import time
from collections.abc import Callable

PATIENCE = 20.0  # seconds


def until(is_so: Callable[[], object], told: Callable[[], object] = str) -> None:
    """Wait until something is so; a failure shows what is `told` then."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, told()
        time.sleep(0.01)
