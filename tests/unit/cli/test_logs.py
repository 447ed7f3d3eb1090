"""`wschat logs`: lines for people and for programs."""

import json
import time

import pytest

from tests.support.terminal import wschat
from tests.unit.lab.test_logs import SPECS, write
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.log_groups import log_group_of
from wschat.lab.blueprint import FUNCTIONS

LINES = ('{"route": "join"}', "Traceback \x1b]0;mine\x07")


@pytest.fixture
def prefix(cloud: Cloud, account: None) -> str:  # noqa: ARG001
    """The prefix of a lab whose JoinRoom has just logged something."""
    for spec in FUNCTIONS:
        cloud.logs.create_log_group(logGroupName=log_group_of(cloud.lab.name(spec.name)))
    write(cloud, SPECS["JoinRoom"], *LINES, at=int(time.time() * 1000) - 2)
    return cloud.lab.prefix


def test_logs(prefix: str) -> None:
    """Lines come to stdout, of all functions or of one, as JSON on request; none steers the terminal."""
    done = wschat("logs", "--prefix", prefix)
    assert (done.returncode, len(done.stdout.splitlines()), "\x1b" in done.stdout) == (0, 2, False)
    lines = wschat("logs", "joinroom", "--json", "--prefix", prefix).stdout.splitlines()
    assert [json.loads(line)["function"] for line in lines] == ["JoinRoom", "JoinRoom"]
    assert json.loads(lines[0])["route"] == "join"
    done = wschat("logs", "SendMessage", "--minutes", "5", "--prefix", prefix)
    assert (done.returncode, done.stdout) == (0, "")
    assert "Nothing was logged in the last 5 minutes." in done.stderr
