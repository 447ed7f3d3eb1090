"""`wschat learn do`: one lesson, with its calls; and one that comes too early."""

import pytest

from tests.support.terminal import wschat
from wschat.lab.aws.cloud import Cloud

RIGHT = "✓ 03 rooms-table: all of it is right.\nNot done before it: 02 connections-table.\n"


@pytest.mark.usefixtures("account")
def test_do(cloud: Cloud) -> None:
    """Each call that changes something is shown; what is done already asks nothing."""
    typed = ("learn", "do", "rooms-table", "--prefix", cloud.lab.prefix)
    done = wschat(*typed, "--yes")
    assert (done.returncode, done.stdout) == (0, RIGHT)
    assert f"\n  dynamodb CreateTable {cloud.lab.prefix}room-messages-users\n" in done.stderr
    assert wschat(*typed).stdout == done.stdout


@pytest.mark.usefixtures("account")
def test_too_early(cloud: Cloud) -> None:
    """It is said what is missing, and what to type for it, in the same lab."""
    early = wschat("learn", "do", "connect-function", "--prefix", cloud.lab.prefix)
    assert (early.returncode, early.stdout) == (2, "")
    assert "lesson 04 (role) comes before it" in early.stderr
    assert f"`wschat learn do role --prefix {cloud.lab.prefix}`" in early.stderr
