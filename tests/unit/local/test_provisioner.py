"""The program that provisions the local lab."""

import json
from pathlib import Path

import pytest

from tests.unit.local import provisions
from wschat.local import provisioner

ENDPOINT = "http://127.0.0.1:1"


def said(provision: str, log: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> list[dict[str, object]]:
    """Run the program, and return what it says."""
    provisioner.main(f"{provisions.__name__}:{provision}", ENDPOINT, str(log))
    return [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]


def test_steps_and_the_url(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """It tells each step, and then the URL."""
    steps = [{"progress": "one step"}, {"progress": "another step"}]
    assert said("instant", tmp_path, capsysbinary) == [*steps, {"url": "ws://127.0.0.1:1/lab"}]


def test_errors(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """An error that people can read comes as it is, and a bug as one that names the log."""
    (refused,) = said("refused", tmp_path, capsysbinary)
    assert refused == {"failed": {"what": "AWS refused it", "where": "Task 1", "hint": "ask for less"}}
    (broken,) = said("broken", tmp_path / "log", capsysbinary)
    assert broken == {
        "failed": {
            "what": "the local lab failed: ValueError: a bug",
            "where": "",
            "hint": f"its log: {tmp_path / 'log'}",
        }
    }
