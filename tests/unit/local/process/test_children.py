"""What the local lab's process starts: whichever of them dies, by every way to die, nothing is left."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.until import until
from tests.unit.local.functions import TestFunction
from wschat.errors import LocalError
from wschat.local.join import join
from wschat.system.ports import is_in_use

Processes = Callable[[], list[int]]


@pytest.mark.parametrize(
    ("victim", "why"), [(0, "ended by itself"), (1, "watchdog")], ids=["the lab", "its watchdog"]
)
def test_killed(victim: int, why: str, state_dir: Path, processes: Processes) -> None:
    """Whichever is killed with -9, the other and busy workers end, users know, and a new lab can start."""
    with join(state_dir) as lab:
        TestFunction(lab).keep_busy()
        os.kill(processes()[victim], signal.SIGKILL)
        with pytest.raises(LocalError, match=why):
            lab.wait()
    until(lambda: not processes())
    assert not is_in_use(urlsplit(lab.endpoint).port or 0)
    with join(state_dir) as new:
        assert new.started
