"""The whole program against the emulator with IAM enforced: provision, chat, status, teardown."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.replay.__main__ import replay
from tests.replay.recorded import load
from tests.support import starter
from wschat.cli.provisioned import Provisioned
from wschat.lab.aws.cloud import Cloud
from wschat.local.join import LocalLab
from wschat.protocol.limits import ROOM_LIMIT

Wschat = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all commands are recorded."""
    return tmp_path_factory.mktemp("recordings")


@pytest.fixture(scope="module")
def wschat(emulator: LocalLab, tmp_path_factory: pytest.TempPathFactory, recordings: Path) -> Wschat:
    """Run commands as somebody who has an account there, and one state directory for all of them."""
    known = {
        "PATH": os.environ["PATH"],
        **emulator.environment,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "WSCHAT_STATE_DIR": str(tmp_path_factory.mktemp("state")),
        "WSCHAT_RECORD": str(recordings),
    }

    def run(*arguments: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        return starter.run([*arguments], known | more, stdin)

    return run


@pytest.fixture(scope="module")
def url(wschat: Wschat) -> str:
    """The URL of a lab, as a script gets it."""
    done = wschat("provision", "--yes", "--prefix", "e2e-")
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


def test_provision_again(wschat: Wschat, url: str, home: Path) -> None:
    """A second run finds nothing to do, says so, and prints the same URL alone; though it can't be kept.

    Where a lab on AWS is what `wschat chat` means, it says how to chat in this one.
    """
    (home / "state").mkdir(parents=True)
    (home / "state" / "labs").touch()
    kept = {"WSCHAT_STATE_DIR": str(home / "state"), "WSCHAT_RECORD": ""}  # stand-ins would be others there
    done = wschat("provision", "--prefix", "e2e-", **kept)
    assert (done.returncode, done.stdout) == (0, f"{url}\n")
    assert "Nothing to do" in done.stderr
    assert "could not be kept" in done.stderr
    assert f"wschat chat --url {url} --name" in done.stderr
    (home / "state" / "labs").unlink()
    Provisioned(url="wss://aws", account="1" * 12).keep()
    done = wschat("provision", "--no-verify", "--prefix", "e2e-", **kept)
    assert (done.returncode, f"wschat chat --url {url} --name" in done.stderr) == (0, True), done.stderr
    done = wschat("provision", "--plan", "--prefix", "e2e-", **kept)
    assert (done.returncode, done.stdout) == (0, "Plan: nothing to do.\n")
    done = wschat("status", "--json", "--prefix", "e2e-", **kept)
    report = json.loads(done.stdout)
    assert (done.returncode, report["url"], report["changes"], report["unmanaged"]) == (0, url, [], [])


def test_a_full_lab(wschat: Wschat, url: str, clients: Cloud) -> None:
    """A lab that has as many rooms as it can have works: what needs one more is not tried, and named."""
    rooms = {f"room {number}": {"S": f"Room {number}"} for number in range(ROOM_LIMIT)}
    item = {"ID": {"S": "#rooms"}, "rooms": {"M": rooms}}
    clients.dynamodb.put_item(TableName="e2e-client-records", Item=item)  # type: ignore[arg-type]
    done = wschat("provision", "--prefix", "e2e-")
    assert (done.returncode, done.stdout) == (0, f"{url}\n")
    assert "Not tried: create, join, message, leave." in done.stderr
    assert "it works" not in done.stderr


def without_tags(clients: Cloud) -> dict[str, str]:
    """Return the credentials of somebody who may do all but look at the tags of tables."""
    user = clients.iam.create_user(UserName="e2e-blind")["User"]["UserName"]
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    no_tags = {"Effect": "Deny", "Action": "dynamodb:ListTagsOfResource", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [everything, no_tags]})
    clients.iam.put_user_policy(UserName=user, PolicyName="blind", PolicyDocument=policy)
    key = clients.iam.create_access_key(UserName=user)["AccessKey"]
    return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}


def test_what_is_mended_and_what_is_left(wschat: Wschat, url: str, clients: Cloud) -> None:
    """AdministratorAccess is named and taken away; a boundary, which is somebody's decision, only named."""
    role, managed = "e2e-ConnectRole", "arn:aws:iam::aws:policy"
    clients.iam.attach_role_policy(RoleName=role, PolicyArn=f"{managed}/AdministratorAccess")
    clients.iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=f"{managed}/PowerUserAccess")
    done = wschat("status", "--prefix", "e2e-")
    assert (done.returncode, "AdministratorAccess" in done.stdout) == (3, True)
    assert "`wschat provision --prefix e2e-` makes it so, but for what is left as it is." in done.stdout
    done = wschat("provision", "--yes", "--prefix", "e2e-")
    assert (done.returncode, done.stdout) == (3, f"{url}\n")
    told, _, tried = done.stderr.partition("This is not as it should be, and is left as it is:\n")
    assert ("tried" in told.casefold(), "tried" in tried.casefold()) == (False, True), (
        "it may be why it would not work"
    )
    done = wschat("status", "--prefix", "e2e-")
    assert (done.returncode, "AdministratorAccess" in done.stdout) == (3, False)
    assert "not for `wschat provision --prefix e2e-` to change" in done.stdout
    blind = {"WSCHAT_RECORD": "", **without_tags(clients)}
    done = wschat("provision", "--yes", "--prefix", "e2e-", **blind)
    assert "could not look at the tags of table e2e-client-records" in done.stderr
    assert (done.returncode, "is left as it is:" in done.stderr, "once more" in done.stderr) == (
        3,
        True,
        False,
    )
    clients.iam.delete_role_permissions_boundary(RoleName=role)
    assert wschat("status", "--prefix", "e2e-").returncode == 0


def test_teardown(wschat: Wschat, url: str) -> None:
    """Teardown removes it all, looks again, and has nothing to do the second time."""
    done = wschat("teardown", "--prefix", "e2e-")
    assert done.returncode == 2, "without a terminal and --yes it asks nobody"
    done = wschat("teardown", "--yes", "--prefix", "e2e-")
    assert (done.returncode, "nothing is left" in done.stderr) == (0, True)
    done = wschat("teardown", "--prefix", "e2e-")
    assert (done.returncode, "Nothing to remove" in done.stderr) == (0, True)
    assert wschat("status", "--prefix", "e2e-").returncode == 3
    done = wschat("chat", "--url", url, stdin="x\n")
    assert done.returncode == 5
    done = wschat("chat")
    assert (done.returncode, "no URL to chat at" in done.stderr) == (2, True), "the URL is forgotten"


@pytest.mark.usefixtures("url")
def test_recorded(recordings: Path) -> None:
    """What was recorded of all this is what the readers expect, and what the gateway does again."""
    compared, differs = replay(load(recordings))
    assert differs == []
    assert {"handshake", "answer", "end"} <= {each.rpartition(": ")[2] for each in compared}
