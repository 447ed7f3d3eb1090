"""The whole program against the emulator with IAM enforced: provision, chat, status, teardown."""

import json
import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support import starter
from tests.support.terminal import terminal
from wschat.local.join import LocalLab
from wschat.protocol.limits import ROOM_LIMIT


@pytest.fixture(scope="module")
def aws(emulator: LocalLab) -> dict[str, str]:
    """The environment of somebody who has an account there."""
    return {
        "PATH": os.environ["PATH"],
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": emulator.endpoint,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A state directory that the module's commands share."""
    return {"WSCHAT_STATE_DIR": str(tmp_path_factory.mktemp("state"))}


def wschat(*arguments: str, env: Mapping[str, str], stdin: str = "") -> subprocess.CompletedProcess[str]:
    return starter.run([*arguments], env, stdin)


@pytest.fixture(scope="module")
def url(aws: dict[str, str], state: dict[str, str]) -> str:
    """The URL of a lab, as a script gets it."""
    done = wschat("provision", "--yes", "--prefix", "e2e-", env=aws | state)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("ws://127.0.0.1:")
    assert done.stdout.count("\n") == 1
    headings = [line for line in done.stderr.splitlines() if line.startswith("Task") and ":" in line[:7]]
    assert [heading[:6] for heading in headings] == ["Task 1", "Task 2", "Task 3"]
    steps = [line for line in done.stderr.splitlines() if " ✓ create " in line]
    assert len(steps) == len(set(steps)) == 66
    assert "Tried it: it works." in done.stderr
    assert "Anyone who has this URL can connect" in done.stderr
    assert "`wschat teardown --prefix e2e-` removes it all." in done.stderr
    return done.stdout.strip()


def test_provision_again(aws: dict[str, str], url: str, home: Path) -> None:
    """A second run finds nothing to do, says so, and prints the same URL alone; though it can't be kept."""
    (home / "state" / "last-url").mkdir(parents=True)
    env = aws | {"WSCHAT_STATE_DIR": str(home / "state")}
    done = wschat("provision", "--prefix", "e2e-", env=env)
    assert (done.returncode, done.stdout) == (0, f"{url}\n")
    assert "Nothing to do" in done.stderr
    assert "could not be kept" in done.stderr
    assert f"wschat chat --url {url} --name" in done.stderr
    done = wschat("provision", "--plan", "--prefix", "e2e-", env=env)
    assert (done.returncode, done.stdout) == (0, "Plan: nothing to do.\n")
    done = wschat("status", "--json", "--prefix", "e2e-", env=env)
    report = json.loads(done.stdout)
    assert (done.returncode, report["url"], report["changes"], report["unmanaged"]) == (0, url, [], [])


def test_two_people(aws: dict[str, str], state: dict[str, str], url: str) -> None:
    """Two people in two terminals register, create, join, talk and leave; a third is killed and forgotten."""
    with terminal("chat", "--url", url, env=state) as ann, terminal("chat", env=state) as bob:
        ann.until("/register")
        ann.type("/register ann")
        ann.until("you are ann")
        ann.type("/create lobby")
        ann.until("you are in lobby")
        bob.until("/register")
        bob.type("/register bob")
        bob.until("you are bob")
        bob.type("/join lobby")
        ann.until("bob joined")
        ann.type("hi bob")
        bob.until("hi bob")
        with terminal("chat", "--name", "eve", "--room", "lobby", env=state) as eve:
            bob.until("eve joined")
            eve.until("you are in lobby")
            eve.process.kill(signal.SIGKILL)
            bob.until("eve left")
        bob.type("/leave")
        ann.until("bob left")
        ann.type("/quit")
        assert ann.end() == 0
        bob.until("lobby is gone")
        bob.type("/quit")
        assert bob.end() == 0
    clients = wschat("status", "--prefix", "e2e-", env=aws | state)
    assert (clients.returncode, "All is as it should be" in clients.stdout) == (0, True)


def test_a_pipe(state: dict[str, str], url: str) -> None:
    """Lines in, lines out: a script registers, joins, speaks and reads."""
    lines = "first\nsecond\n/users\n"
    done = wschat("chat", "--url", url, "--name", "bot", "--room", "ops", env=state, stdin=lines)
    assert done.returncode == 0, done.stderr
    assert [line.split(">")[-1].strip() for line in done.stdout.splitlines() if "<bot>" in line] == [
        "first",
        "second",
    ]


def test_a_full_lab(aws: dict[str, str], state: dict[str, str], url: str) -> None:
    """A lab that has as many rooms as it can have works: what needs one more is not tried, and named."""
    import boto3

    tables = boto3.Session("test", "test", region_name="us-east-1").client(
        "dynamodb", endpoint_url=aws["AWS_ENDPOINT_URL"]
    )
    rooms = {f"room {number}": {"S": f"Room {number}"} for number in range(ROOM_LIMIT)}
    item = {"ID": {"S": "#rooms"}, "rooms": {"M": rooms}}
    tables.put_item(TableName="e2e-client-records", Item=item)  # type: ignore[arg-type]
    done = wschat("provision", "--prefix", "e2e-", env=aws | state)
    assert (done.returncode, done.stdout) == (0, f"{url}\n")
    assert "Not tried: create, join, message, leave." in done.stderr
    assert "it works" not in done.stderr


def test_teardown(aws: dict[str, str], state: dict[str, str], url: str) -> None:
    """Teardown removes it all, looks again, and has nothing to do the second time."""
    done = wschat("teardown", "--prefix", "e2e-", env=aws | state)
    assert done.returncode == 2, "without a terminal and --yes it asks nobody"
    done = wschat("teardown", "--yes", "--prefix", "e2e-", env=aws | state)
    assert (done.returncode, "nothing is left" in done.stderr) == (0, True)
    done = wschat("teardown", "--prefix", "e2e-", env=aws | state)
    assert (done.returncode, "Nothing to remove" in done.stderr) == (0, True)
    assert wschat("status", "--prefix", "e2e-", env=aws | state).returncode == 3
    done = wschat("chat", "--url", url, env=state, stdin="x\n")
    assert done.returncode == 5
    done = wschat("chat", env=state)
    assert (done.returncode, "no URL to chat at" in done.stderr) == (2, True), "the URL is forgotten"
