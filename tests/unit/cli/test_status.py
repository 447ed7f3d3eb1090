"""`wschat status`: which lab it looks for, and how to go on."""

import pytest

from tests.support.terminal import wschat
from tests.unit.lab.conftest import make
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.roles import Role


@pytest.mark.usefixtures("account")
def test_a_lab_in_another_region(cloud: Cloud) -> None:
    """Roles are the whole account's: who takes the wrong region is told that the lab may be elsewhere."""
    make(cloud, Role)
    there = ("--prefix", cloud.lab.prefix, "--region", "eu-west-1")
    assert "or of a lab in another --region: take another --prefix." in wschat("status", *there).stdout
    left = "has no tag of this lab, so it is somebody else's, or of a lab in another --region."
    assert left in wschat("teardown", *there).stderr
