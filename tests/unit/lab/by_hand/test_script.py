"""The script: what it says of what it meets, and when it ends; the whole of it is a study."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.unit.lab.by_hand.labs import LAB, whole
from wschat.lab.by_hand.commands import Shell
from wschat.lab.by_hand.script import WHY, script
from wschat.lab.model.lab import Lab
from wschat.lab.plan import Step, Verb

AWS = """#!/bin/bash
echo "$*" >> calls
case "$*" in
    sts*) echo {account} ;;
    *get-apis*) echo {found} ;;
    *{refused}*)
        [ "$(grep -c '{refused}' calls)" -gt {times} ] || {{ echo '{error}' >&2; exit 254; }} ;;
    *) echo new ;;
esac
"""
"""In the place of `aws`: it notes each call, and refuses one kind of them so many times."""


class Run:
    """A script that was run: how it ended, and what it called."""

    def __init__(self, folder: Path, *kinds: str, verb: Verb = Verb.CREATE, **told: str) -> None:
        usual = {"account": LAB.account, "found": "", "refused": "nothing", "times": "99", "error": ""}
        steps = [Step(verb, step.resource, step.resource) for step in whole(LAB, *kinds)]
        for name, text in {
            "aws": AWS.format(**usual | told),
            "sleep": "#!/bin/sh",
            "wschat": "#!/bin/sh",
        }.items():
            (folder / name).write_text(text)
            (folder / name).chmod(0o755)
        path = {"PATH": f"{folder}:{os.environ['PATH']}"}
        typed = script(steps, Shell(LAB), "wschat status")
        bash = ("/usr/bin/env", "bash", "-c", typed)
        done = subprocess.run(bash, check=False, capture_output=True, text=True, cwd=folder, env=path)
        self.code, self.said, self.error = done.returncode, done.stdout.splitlines(), done.stderr
        self.calls = (folder / "calls").read_text().splitlines()


def test_what_it_says() -> None:
    """Each kind is explained where it first comes, once; documents stand a part a line, if not on one."""
    typed = script(whole(LAB), Shell(LAB), "wschat status")
    assert {step.resource.kind for step in whole(LAB)} == WHY.keys()
    for kind, why in WHY.items():
        _, *after = typed.split(f"# {why}.\n")
        names = tuple(step.resource.name for step in whole(LAB) if step.resource.kind == kind)
        made = [part.partition("make '")[2].partition("'")[0] for part in after]
        assert [one.endswith(names) for one in made] == [True], made
    assert (
        """--policy-document '{
        "Statement": [
          {
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Effect": "Allow",
"""
        in typed
    )


def test_made(tmp_path: Path) -> None:
    """It says what it has done, and ends with the command that looks at all."""
    run = Run(tmp_path, "API")
    assert (run.code, run.error) == (0, "")
    assert run.said == ["create api anna-chatroom-websocket: done", "What there is now: wschat status"]


def test_what_exists(tmp_path: Path) -> None:
    """It says so where AWS does, or where it finds it, and makes nothing twice."""
    run = Run(tmp_path, "API", "table", found="a1", refused="create-table", error="Table already exists: x")
    assert run.code == 0
    assert [line for line in run.said if "exists" in line] == [
        "create table anna-client-records: exists",
        "create table anna-room-messages-users: exists",
        "create api anna-chatroom-websocket: exists",
    ]
    assert not any("create-api" in call for call in run.calls)


def test_refused(tmp_path: Path) -> None:
    """Any other error ends it, with what AWS says."""
    run = Run(tmp_path, "table", refused="create-table", error="An error (AccessDenied): no")
    assert (run.code, run.error) == (1, "An error (AccessDenied): no\n")
    assert len([call for call in run.calls if "create-table" in call]) == 1


def test_a_new_role(tmp_path: Path) -> None:
    """Lambda is asked again as long as it does not know the role."""
    error = "The role defined for the function cannot be assumed by Lambda."
    run = Run(tmp_path, "function", refused="create-function", times="3", error=error)
    assert run.code == 0
    assert len([call for call in run.calls if "create-function" in call]) == 7 + 3


def test_what_is_gone(tmp_path: Path) -> None:
    """What it would delete and is not there is gone."""
    error = "An error occurred (ResourceNotFoundException)"
    run = Run(tmp_path, "table", verb=Verb.DELETE, refused="delete-table", error=error)
    assert run.code == 0
    assert run.said[0] == "delete table anna-client-records: gone"
    refused = Run(tmp_path, "table", verb=Verb.DELETE, refused="delete-table", error="no")
    assert (refused.code, refused.error) == (1, "no\n")


def test_another_account(tmp_path: Path) -> None:
    """Credentials of another account end it before it changes anything."""
    run = Run(tmp_path, "table", account="999999999999")
    assert run.code == 1
    assert "of account 999999999999, the lab is in 123456789012" in run.error
    assert len(run.calls) == 1


@pytest.mark.parametrize("lab", [LAB, Lab(account="123456789012", region="us-east-1")])
def test_its_shell(lab: Lab) -> None:
    """It is of one lab, with nothing in it that is a credential, and needs nothing of its shell."""
    typed = script(whole(lab), Shell(lab), "wschat status")
    assert "AWS_ACCESS" not in typed
    assert "export AWS_PAGER='' " in typed
    assert typed.count("aws ") == typed.count(f"--region {lab.region}")
