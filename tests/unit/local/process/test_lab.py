"""What the local lab's process does while it runs."""

from collections.abc import Callable
from pathlib import Path

from tests.support.until import until
from wschat.local.join import join


def test_started_ahead(state_dir: Path, processes: Callable[[], list[int]]) -> None:
    """A function that provisioning names has a worker that is ready before anybody calls it."""
    with join(state_dir, "provisions:one_function"):
        until(lambda: len(processes()) == 3)  # the lab, its watchdog, the worker
