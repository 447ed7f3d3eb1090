"""A sample of `python -m tests.studies.sweep`, another one each day."""

import subprocess
import sys
from datetime import date
from pathlib import Path

SEED = date.today().toordinal()  # noqa: DTZ011  any day will do


def test_what_fails_today(tmp_path: Path) -> None:
    """After a call that failed, provision makes good, and teardown leaves nothing."""
    options = ["--sample", "6", "--seed", str(SEED), "--jobs", "2", "--results", str(tmp_path / "results")]
    command = [sys.executable, "-m", "tests.studies.sweep", *options]
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    assert tried.returncode == 0, f"seed {SEED}\n{tried.stdout}{tried.stderr}"
    cases, *_, held = next(line for line in tried.stdout.splitlines() if line.startswith("all")).split()[1:]
    assert (cases, held) == ("6", "6")
