"""`wschat provision`: what it writes where, and what it says before."""

import json
from pathlib import Path

import pytest

from tests.support.terminal import wschat
from wschat.cli.report import warn_of_quota

HERE = "ws://127.0.0.1:9/"


@pytest.mark.usefixtures("account")
def test_the_url_comes_first(home: Path) -> None:
    """A URL that can't be kept is printed all the same; all is as it should be then."""
    (home / "state" / "last-url").mkdir(parents=True)
    done = wschat("provision", "--yes", "--prefix", "kept-")
    assert (done.returncode, done.stdout[:5]) == (0, "ws://")
    assert "could not be kept" in done.stderr
    assert f"wschat chat --url {done.stdout.strip()} --name" in done.stderr
    status = wschat("status", "--json", "--prefix", "kept-")
    report = json.loads(status.stdout)
    assert (status.returncode, report["url"]) == (0, done.stdout.strip())
    assert (report["changes"], report["unmanaged"]) == ([], [])
    assert wschat("teardown", "--yes", "--prefix", "kept-").returncode == 0


@pytest.mark.usefixtures("account")
def test_plan_writes_nothing() -> None:
    """--plan shows what would be done, and nothing of it is done."""
    done = wschat("provision", "--plan", "--prefix", "plan-")
    assert done.returncode == 3
    assert "Plan: 66 to create." in done.stdout
    assert "Task 3: the WebSocket API" in done.stdout
    assert wschat("teardown", "--prefix", "plan-").stderr.count("Nothing to remove") == 1


@pytest.mark.parametrize(("functions", "noted"), [(10, True), (11, False)])
def test_a_new_account(capsys: pytest.CaptureFixture[str], functions: int, *, noted: bool) -> None:
    """An account that runs ten functions at once, as new ones do, is told so before anything is made."""
    warn_of_quota(functions)
    assert ("Service Quotas" in capsys.readouterr().err) is noted
