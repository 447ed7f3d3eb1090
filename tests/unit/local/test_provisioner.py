"""The program that provisions the local lab."""

import json
from pathlib import Path

import pytest

from tests.unit.local import provisions
from wschat.local import provisioner
from wschat.local.access.root import make_key, write_key
from wschat.local.join import join
from wschat.local.shared import LabFiles


def test_errors(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """An error that people can read comes as it is, and a bug as one that names the log; each is one line."""
    files = LabFiles(tmp_path)
    files.temporary.mkdir(mode=0o700)
    write_key(files.temporary, make_key())
    bug = {
        "what": "the local lab failed: ValueError: a bug",
        "where": "",
        "hint": f"its log: {files.log}",
    }
    readable = {"what": "AWS refused it", "where": "Task 1", "hint": "ask for less"}
    for provision, told in (("refused", readable), ("broken", bug)):
        provisioner.main(f"{provisions.__name__}:{provision}", "http://127.0.0.1:1", str(tmp_path))
        assert json.loads(capsysbinary.readouterr().out) == {"failed": told}


def test_end(state_dir: Path) -> None:
    """It ends as soon as it has told how it went, and tidies nothing up: the lab waits for it."""
    with join(state_dir, "provisions:leaving_a_thread") as lab:
        assert lab.started
