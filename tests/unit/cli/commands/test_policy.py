"""`wschat policy`."""

import json
from dataclasses import replace

import pytest

from tests.support.terminal import wschat
from wschat.lab.chosen.choices import Choices
from wschat.lab.model.lab import Lab
from wschat.lab.permissions.user_policy import boundary, user_policy

BOUNDARY = "arn:aws:iam::000000000000:policy/wschat-boundary"


@pytest.mark.usefixtures("account")
def test_policy() -> None:
    """`wschat policy` writes a policy to stdout, and nothing else, for a lab of this prefix, here."""
    done = wschat("policy", "--prefix", "anna-", "--region", "eu-west-1")
    lab = Lab(account="000000000000", region="eu-west-1", prefix="anna-")
    assert (done.returncode, json.loads(done.stdout)) == (0, user_policy(lab))
    assert "provisions with" not in wschat("policy", "--permissions-boundary", "").stderr
    done = wschat("policy", "--class", "--principal-tag", "x" * 100, "--region", "ap-southeast-7")
    assert (done.returncode, done.stdout, "IAM takes 6144" in done.stderr) == (2, "", True)


@pytest.mark.usefixtures("account")
def test_policy_of_a_class() -> None:
    """It is one for all, and says on stderr with which options each of them provisions; so of a boundary."""
    lab = Lab(account="000000000000", region="us-east-1")
    done = wschat("policy", "--class")
    assert json.loads(done.stdout) == user_policy(replace(lab, prefix="${aws:username}-"))
    assert "provisions with `--prefix NAME-`. NAME is the name of their IAM user" in done.stderr
    done = wschat("policy", "--class", "--principal-tag", "student", "--permissions-boundary", BOUNDARY)
    bounded = Choices(boundary=BOUNDARY, path="/wschat/")
    tagged = replace(lab, prefix="${aws:PrincipalTag/student}-", choices=bounded)
    assert json.loads(done.stdout) == user_policy(tagged)
    options = f"--prefix NAME- --permissions-boundary {BOUNDARY} --role-path /wschat/"
    assert f"`{options}`. NAME is the value of their tag student" in done.stderr
    done = wschat("policy", "--boundary", "--prefix", "anna-")
    assert json.loads(done.stdout) == boundary(replace(lab, prefix="anna-"))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--class", "--prefix", "a-"], "--class and --prefix exclude each other"),
        (["--principal-tag", "x"], "--principal-tag needs --class"),
        (["--class", "--principal-tag", "${x}"], "'${x}' is no key of a tag"),
        (["--class", "--principal-tag", "aws:x"], "'aws:x' is no key of a tag"),
        (["--class", "--boundary"], "--boundary is of roles"),
        (["--boundary", "--role-path", "/x/"], "--boundary is of roles"),
        (["--permissions-boundary", "mine"], "--permissions-boundary: 'mine' is no ARN of a policy"),
        (["--role-path", "x"], "--role-path: 'x' is no path"),
    ],
)
def test_what_cannot_be(arguments: list[str], says: str) -> None:
    """Options that have no use or can't be are refused before anybody logs in."""
    done = wschat("policy", *arguments)
    assert (done.returncode, says in done.stderr, done.stdout) == (2, True, ""), done.stderr
