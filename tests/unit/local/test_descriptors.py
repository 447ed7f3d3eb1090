"""File descriptors: the lab takes what the system grants, and says so little of it when they end."""

import logging
import os
import subprocess
import sys

import pytest

from wschat.local.descriptors import FULL, LEAST, MARKS, OnceAMinute, shortage, spare

RAISE = """
import resource, sys
soft, hard, most = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
real = resource.setrlimit
def stingy(what, limits):
    if limits[0] > most:
        raise ValueError("not allowed")
    real(what, limits)
resource.setrlimit = stingy
from wschat.local.descriptors import raise_limit
print(raise_limit(), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


@pytest.mark.parametrize(
    ("soft", "hard", "most", "granted", "warned"),
    [
        (256, 4096, 99_999, 4096, False),
        (256, 256, 99_999, 256, True),
        (256, 4096, 2500, 2048, False),
        (300, 2000, 260, 300, True),
    ],
    ids=["all", "none", "halved", "never less"],
)
def test_the_limit(soft: int, hard: int, most: int, granted: int, warned: bool) -> None:  # noqa: FBT001
    """It is raised to what the system takes, in halves; less than a thousand is said."""
    command = [sys.executable, "-c", RAISE, *map(str, (soft, hard, most))]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout.split() == [str(granted)] * 2
    assert (f"grants the lab {granted} open files" in done.stderr, bool(shortage(granted))) == (
        warned,
        warned,
    )


def test_a_log_that_is_full() -> None:
    """What can't be written to the log, as on a full disk, leaves no traceback anywhere."""
    full = "logging.basicConfig(stream=open('/dev/full', 'w', buffering=1)); logging.warning('x')"
    program = f"import logging; from wschat.local.descriptors import tell_sparingly; tell_sparingly(); {full}"
    done = subprocess.run(
        [sys.executable, "-c", f"{program}; import os; os._exit(0)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""


@pytest.mark.parametrize(("hard", "enough"), [(LEAST - 1, False), (LEAST, True)])
def test_too_few(hard: int, enough: bool) -> None:  # noqa: FBT001
    """A lab whose functions would fail for a lack of descriptors is not started, whatever the soft limit."""
    limits = f"resource.setrlimit(resource.RLIMIT_NOFILE, (64, {hard}))"
    check = f"import resource; from wschat.local.descriptors import check_enough; {limits}; check_enough()"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=False)
    told = f"the system grants {hard} open files and sockets, and a local lab takes {LEAST} at least"
    assert (done.returncode == 0, told in done.stderr) == (enough, not enough), done.stderr


def test_what_is_kept_free() -> None:
    """A quarter of few descriptors is for functions, and no more than they need of many."""
    assert (spare(256), spare(10_240)) == (64, 256)


def told(caplog: pytest.LogCaptureFixture, now: list[float]) -> list[str]:
    """Return what is told when the same is said again and again, and other things."""
    caplog.handler.addFilter(once := OnceAMinute(lambda: now[0]))
    log = logging.getLogger("wschat.test")
    try:
        for now[0] in (1.0, 30.0, 62.0):
            for number in range(100):
                try:
                    raise OSError(24, os.strerror(24))  # noqa: TRY301
                except OSError:
                    log.exception("socket.accept() out of system resource\nsocket: %d", number)
                log.warning("%s: %d in use", FULL, number)
            log.warning("something else")
    finally:
        caplog.handler.removeFilter(once)
    return caplog.text.splitlines()


def test_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    """That there are none is told once a minute, in one line without a traceback; the rest as ever."""
    lines = told(caplog, [0.0])
    assert len(lines) == 2 + 2 + 3
    assert sum(f"out of system resource: {MARKS[1]}" in line for line in lines) == 2
    assert sum(FULL in line for line in lines) == 2
    assert sum("something else" in line for line in lines) == 3
