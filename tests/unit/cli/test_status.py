"""`wschat status`: which lab it looks for, and how to go on."""

import pytest

from tests.support.terminal import wschat
from wschat.lab import engine
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.roles import Role
from wschat.lab.executor import execute
from wschat.lab.model import Actual


@pytest.mark.usefixtures("account")
def test_a_lab_in_another_region(cloud: Cloud) -> None:
    """Roles are the whole account's: who takes the wrong region is told that the lab may be elsewhere."""
    role = next(step for step in engine.plan_up(cloud, Actual()) if isinstance(step.resource, Role))
    for _ in execute(cloud, [role], Actual()):
        pass
    there = ("--prefix", cloud.lab.prefix, "--region", "eu-west-1")
    assert "or of a lab in another --region: take another --prefix." in wschat("status", *there).stdout
    left = "has no tag of this lab, so it is somebody else's, or of a lab in another --region."
    assert left in wschat("teardown", *there).stderr
