"""The tests against a real account clean up after themselves, whatever happens; here on MiniStack."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.live import __main__ as on_ministack
from tests.live.account import names
from wschat.lab.aws.cloud import Cloud
from wschat.local.join import LocalLab

SUITE = Path(on_ministack.__file__).parent


def ours(cloud: Cloud) -> list[str]:
    return [name for name in names(cloud) if "wschat-live-" in name]


def test_interrupted(emulator: LocalLab, clients: Cloud, tmp_path: Path) -> None:
    """Ctrl-C in the middle of provision: what will be made was shown, and what was made is removed."""
    config = tmp_path / "config"
    config.write_text(on_ministack.CONFIG)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    person = {
        "AWS_CONFIG_FILE": str(config),
        "WSCHAT_LIVE_PROFILE": "live",
        "WSCHAT_LIVE_ENDPOINT": emulator.endpoint,
    }
    with subprocess.Popen(
        [sys.executable, "-m", "pytest", str(SUITE), "-n0", "-p", "no:cacheprovider"],
        env=kept | person,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as suite:
        assert suite.stdout
        told = ""
        while "Plan: " not in told:
            told += suite.stdout.readline() or pytest.fail(told)
        while not ours(clients) and suite.poll() is None:
            time.sleep(0.05)
        os.killpg(suite.pid, signal.SIGINT)
        told += suite.communicate()[0]
    assert suite.returncode == pytest.ExitCode.INTERRUPTED, told
    assert told.index("Plan: 66 to create.") < told.index("Removing it.") < told.index("Nothing is left.")
    assert ours(clients) == []
