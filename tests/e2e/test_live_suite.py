"""The tests against a real account clean up after themselves, whatever happens; here on MiniStack."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live import __main__ as on_ministack
from tests.live.account import names
from tests.live.probe_api import Probe
from tests.live.probes import late, observe, one_way
from tests.support.labs import lab_of
from tests.support.terminal import Terminal
from wschat.lab.aws.cloud import Cloud
from wschat.local.join import LocalLab
from wschat.recording.recorder import VARIABLE

SUITE = Path(on_ministack.__file__).parent


def ours(cloud: Cloud) -> list[str]:
    return [name for name in names(cloud) if "wschat-live-" in name]


def test_interrupted(emulator: LocalLab, clients: Cloud, tmp_path: Path) -> None:
    """Ctrl-C in the middle of provision: what will be made was shown, and what was made is removed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = (sys.executable, "-m", "pytest", str(SUITE), "-n0", "-p", "no:cacheprovider")
    environment = kept | on_ministack.person(emulator, tmp_path) | {VARIABLE: str(tmp_path / "recording")}
    suite = Terminal(*command, env=environment)
    suite.until("Plan: ")
    suite.until(lambda _shown: ours(clients))
    suite.process.sendintr()
    assert suite.end() == pytest.ExitCode.INTERRUPTED, str(suite)
    told = str(suite)
    assert told.index("Plan: 66 to create.") < told.index("Removing it.") < told.index("Nothing is left.")
    assert ours(clients) == []


def test_some_probes(clients: Cloud) -> None:
    """A probe tells what it sees, or why it could not look; nothing of it stays."""

    def broken(_probe: Probe) -> Iterator[str]:
        """One that fails."""
        yield "so far"
        raise ValueError("oh")

    with Probe(lab_of(clients, prefix="wschat-live-probes-"), patience=0.5) as probe:
        told = list(observe(probe, (late, one_way, broken)))
    assert told[0] == f"1. {late.__doc__}"
    assert "Endpoint request timed out" in told[1]
    assert 'raises: {"message": "Internal server error"' in told[3]
    assert "malformed: nothing" in told[4]
    assert told[6:] == ["   so far", "   the probe failed: ValueError: oh"]
    assert ours(clients) == []
