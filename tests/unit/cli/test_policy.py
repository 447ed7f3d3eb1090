"""`wschat policy`."""

import json

import pytest

from tests.support.terminal import wschat
from wschat.lab.model import Lab
from wschat.lab.user_policy import user_policy


@pytest.mark.usefixtures("account")
def test_policy() -> None:
    """`wschat policy` writes a policy to stdout, and nothing else, for a lab of this prefix, here."""
    done = wschat("policy", "--prefix", "anna-", "--region", "eu-west-1")
    lab = Lab(account="000000000000", region="eu-west-1", prefix="anna-")
    assert (done.returncode, json.loads(done.stdout)) == (0, user_policy(lab))
    done = wschat("policy", "--prefix", "x" * 48, "--region", "ap-southeast-7")
    assert (done.returncode, done.stdout, "IAM takes 6144" in done.stderr) == (2, "", True)
