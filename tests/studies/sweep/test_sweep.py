"""A sample of `python -m tests.studies.sweep`, always the same; and how a stopped one goes on."""

import subprocess
import sys
from pathlib import Path

from tests.studies.sweep.__main__ import Results, digest
from tests.studies.sweep.trials import Result


def test_a_sample(tmp_path: Path) -> None:
    """After a call that failed, provision makes good, and teardown leaves nothing."""
    options = ["--sample", "3", "--seed", "13", "--jobs", "2", "--results", str(tmp_path / "results")]
    command = [sys.executable, "-m", "tests.studies.sweep", *options]
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    assert tried.returncode == 0, f"{tried.stdout}{tried.stderr}"
    assert "| all |  | 3 |" in tried.stdout
    assert "| 3 |\n" in tried.stdout


def test_goes_on(tmp_path: Path) -> None:
    """What was tried is known to the next sweep, but for half a line, and what another code base did."""
    path, first, second = tmp_path / "results", Result("provision:3:THROTTLED"), Result("teardown:8:DENIED")
    Results(path).add(first)
    Results(path).add(second)
    path.write_text(path.read_text()[:-20])
    assert Results(path).by_case == {first.case: first}
    Results(path).add(second)
    assert Results(path).by_case == {first.case: first, second.case: second}
    path.write_text(path.read_text().replace(digest(), "another"))
    assert Results(path).by_case == {}
