"""`wschat logs`: lines for people and for programs."""

import json
import re
import time

import pytest

from tests.support.plane.embedded import Embedded
from tests.support.plane.plane import Plane
from tests.support.plane.rates import NO_DELAY
from tests.support.terminal import terminal, wschat
from tests.unit.lab.logs.test_cloudwatch import SPECS, write
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.log_groups import log_group_of
from wschat.lab.aws.session import connect
from wschat.lab.blueprint import FUNCTIONS
from wschat.lab.clock import Clock
from wschat.target import Target

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
    assert "Nothing was logged in the last 5 min." in done.stderr
    assert "may be missing" not in done.stderr


def test_of_any_function(cloud: Cloud, prefix: str) -> None:
    """`--function` takes any function's name; together with one of the lab's it means nothing."""
    done = wschat("logs", "--function", cloud.lab.name("JoinRoom"))
    assert (done.returncode, [line.split()[2] for line in done.stdout.splitlines()]) == (
        0,
        [f"{prefix}JoinRoom"] * 2,
    )
    done = wschat("logs", "JoinRoom", "--function", "mine")
    assert (done.returncode, "there are two functions" in done.stderr) == (2, True)
    done = wschat("logs", "--function", "mine")
    assert (done.returncode, "there is no log group /aws/lambda/mine" in done.stderr) == (1, True)


def test_too_much_to_show(cloud: Cloud, prefix: str) -> None:
    """Of a function that was called very often the newest is shown, and it is said since when."""
    now = int(time.time() * 1000)
    calls = [f"START RequestId: {number}" if number % 100 else f"{number}" for number in range(16_000)]
    write(cloud, SPECS["JoinRoom"], *calls, at=now - 600_000, apart=30)
    done = wschat("logs", "JoinRoom", "--prefix", prefix)
    lines = done.stdout.splitlines()
    shown = [int(line.split()[-1]) for line in lines[: -len(LINES)]]
    assert shown == list(range(shown[0], 16_000, 100))
    assert (done.returncode, 30 < len(shown) < 160) == (0, True)
    begun = re.search(r"JoinRoom has logged too much .* since (\S+ \S+) UTC", done.stderr)
    assert begun
    assert begun[1] <= lines[0][:19]


def test_the_newest_may_be_missing(embedded: Embedded) -> None:
    """Where AWS shows logs late, a line on stderr says so; with `--follow`, that lines are held back."""
    embedded.empty()
    plane = Plane(embedded, Clock(), times=NO_DELAY)
    cloud = connect(Target(prefix="late-", endpoint_url=embedded.endpoint), plane.session())
    cloud.logs.create_log_group(logGroupName=log_group_of("late-JoinRoom"))
    write(cloud, SPECS["JoinRoom"], *LINES, at=int(time.time() * 1000) - 2)
    write(cloud, SPECS["JoinRoom"], "long ago", at=int(time.time() * 1000) - 60_000)
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
    with plane.listening() as url:
        elsewhere = url.replace("127.0.0.1", "127.1")  # so written it is no address of this machine to wschat
        options = ("logs", "JoinRoom", "--prefix", "late-", "--endpoint-url", elsewhere)
        done = wschat(*options, **keys)
        assert (len(done.stdout.splitlines()), done.stderr.count("last 10 s may be missing")) == (3, 1)
        with terminal(*options, "--follow", env=keys) as person:
            person.until("Lines come 10 s late")
            person.until("long ago")
            person.type("\x03")
            told = person.until("Stopped. What was logged in the last 10 s may be missing")
            assert "Traceback" in told  # it was held back
