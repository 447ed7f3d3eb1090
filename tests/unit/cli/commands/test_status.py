"""`wschat status`: which lab it looks for, and how to go on; and every lab of an account."""

import json

import boto3
import pytest

from tests.support.terminal import wschat
from tests.unit.lab.conftest import make
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.roles import Role
from wschat.lab.aws.session import connect
from wschat.lab.aws.tables import Table
from wschat.local.join import LocalLab
from wschat.target import Target


@pytest.mark.usefixtures("account")
def test_a_lab_in_another_region(cloud: Cloud) -> None:
    """Roles are the whole account's: who takes the wrong region is told that the lab may be elsewhere."""
    make(cloud, Role)
    there = ("--prefix", cloud.lab.prefix, "--region", "eu-west-1")
    assert "or of a lab in another --region: take another --prefix." in wschat("status", *there).stdout
    left = "has no tag of this lab, so it is somebody else's, or of a lab in another --region."
    assert left in wschat("teardown", *there).stderr


@pytest.mark.usefixtures("account")
def test_every_lab(emulator: LocalLab, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of the region are shown, for people and programs; exit code 3 if one is not as it should be."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", region := "eu-status-1")
    assert "There is no lab here." in wschat("status", "--all").stderr
    make(
        connect(Target(endpoint_url=emulator.endpoint), boto3.Session(region_name=region)), Table, prefix="s-"
    )
    done = wschat("status", "--all")
    assert (done.returncode, "s-      03 rooms-table" in done.stdout) == (3, True), done.stdout
    assert done.stderr.endswith("\n1 lab.\n")
    (lab,) = json.loads(wschat("status", "--all", "--json").stdout)["labs"]
    assert (lab["prefix"], lab["task"], lab["made"]) == ("s-", "Task 1: DynamoDB tables", 1)
