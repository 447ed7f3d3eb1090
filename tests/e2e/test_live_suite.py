"""The tests against a real account clean up after themselves, whatever happens; here on MiniStack."""

import os
import sys
from pathlib import Path

import pytest

from tests.live import __main__ as on_ministack
from tests.live.account import names
from tests.support.terminal import Terminal
from wschat.lab.aws.cloud import Cloud
from wschat.local.join import LocalLab

SUITE = Path(on_ministack.__file__).parent


def ours(cloud: Cloud) -> list[str]:
    return [name for name in names(cloud) if "wschat-live-" in name]


def test_interrupted(emulator: LocalLab, clients: Cloud, tmp_path: Path) -> None:
    """Ctrl-C in the middle of provision: what will be made was shown, and what was made is removed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = (sys.executable, "-m", "pytest", str(SUITE), "-n0", "-p", "no:cacheprovider")
    suite = Terminal(*command, env=kept | on_ministack.person(emulator.endpoint, tmp_path))
    suite.until("Plan: ")
    suite.until(lambda _shown: ours(clients))
    suite.process.sendintr()
    assert suite.end() == pytest.ExitCode.INTERRUPTED, str(suite)
    told = str(suite)
    assert told.index("Plan: 66 to create.") < told.index("Removing it.") < told.index("Nothing is left.")
    assert ours(clients) == []
