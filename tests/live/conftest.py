"""What the tests against a real account share: the person's own settings, and one lab."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.live.account import LiveLab
from wschat.recording.recorder import VARIABLE

Show = Callable[[str], None]


@pytest.fixture(autouse=True)
def _clean_environment() -> None:
    """These tests, and no others, are about the person's AWS settings."""


@pytest.fixture(scope="module")
def show(pytestconfig: pytest.Config) -> Show:
    """Tell the person something at once, whatever pytest captures."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")

    def tell(text: str) -> None:
        with capture.global_and_fixture_disabled():
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()

    return tell


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory, show: Show) -> Iterator[None]:
    """Record everything, in the directory of WSCHAT_RECORD or one here, which is named at the end."""
    with pytest.MonkeyPatch.context() as environment:
        place = os.environ.get(VARIABLE) or str(
            Path(time.strftime("wschat-recording-%Y%m%dT%H%M%S")).absolute()
        )
        environment.setenv(VARIABLE, place)
        environment.setenv("WSCHAT_STATE_DIR", str(tmp_path_factory.mktemp("state")))
        yield
    show(f"Recorded in {place}: see tests/recordings/README.md, and `python -m tests.replay {place}`.")


@pytest.fixture(scope="module")
def lab(recorded: None, show: Show) -> Iterator[LiveLab]:  # noqa: ARG001  it begins before this
    """A lab for these tests; what it is made of is shown first, and whatever happens it is removed."""
    lab = LiveLab()
    plan = lab.aws("provision", "--plan")
    assert plan.returncode == 3, plan.stderr
    show(f"\nThis will be made, and removed at the end:\n{plan.stderr}{plan.stdout}")
    show(f"If even that is killed: wschat teardown {' '.join(lab.where)}\n")
    try:
        done = lab.aws("provision", "--yes")
        assert done.returncode == 0, done.stderr
        lab.url = done.stdout.strip()
        show(next(line for line in done.stderr.splitlines() if line.startswith("Done:")))
        yield lab
    finally:
        show("\nRemoving it.")
        lab.tear_down()
        show("Nothing is left.")
