"""`wschat teardown`, where there is nothing to remove."""

import pytest

from tests.support.terminal import wschat
from wschat.lab.aws.cloud import Cloud


@pytest.mark.usefixtures("account")
def test_nothing_there(cloud: Cloud) -> None:
    """It is said, without a question; what has the name of a part and is not managed stays."""
    group = f"/aws/lambda/{cloud.lab.name('Connect')}"
    cloud.logs.create_log_group(logGroupName=group)
    done = wschat("teardown", "--prefix", cloud.lab.prefix)
    assert (done.returncode, f"Left alone: log group {group} has no tag" in done.stderr) == (0, True)
    assert "Nothing to remove: there is no such lab here." in done.stderr
    assert cloud.logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
