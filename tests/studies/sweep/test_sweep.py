"""A sample of `python -m tests.studies.sweep`, always the same."""

import subprocess
import sys
from pathlib import Path


def test_a_sample(tmp_path: Path) -> None:
    """After a call that failed, provision makes good, and teardown leaves nothing."""
    options = ["--sample", "6", "--seed", "0", "--jobs", "2", "--results", str(tmp_path / "results")]
    command = [sys.executable, "-m", "tests.studies.sweep", *options]
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    assert tried.returncode == 0, f"{tried.stdout}{tried.stderr}"
    assert "| all |  | 6 |" in tried.stdout
    assert "| 6 |\n" in tried.stdout
