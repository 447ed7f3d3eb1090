"""The regions that botocore knows."""

from wschat.lab.aws.setup.regions import regions


def test_regions() -> None:
    """Those of all partitions, and nothing that stands for all of one."""
    known = regions()
    assert known >= {"us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1"}
    assert not any("global" in each for each in known)
    assert "us-esat-1" not in known
