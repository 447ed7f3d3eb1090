"""What `wschat learn check` says of a drill."""

import pytest

from tests.support.labs import provision
from wschat.cli.learn.mended import check_drill
from wschat.lab import inventory
from wschat.lab.aws.cloud import Cloud
from wschat.learn.drills import work
from wschat.target import Target


def test_mended_by_hand(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    """It is not, then it is, though not as provision makes it; who found it is known to have."""
    api, statement = provision(cloud).split("/")[-2], "by-hand"
    work.begin(cloud, inventory.look(cloud), work.named("closed-door"))

    def check() -> int:
        actual = inventory.look(cloud)
        running = work.running(actual)
        assert running
        return check_drill(cloud, actual, running, Target(prefix=cloud.lab.prefix))

    assert check() == 3
    assert capsys.readouterr().out.startswith("Not mended yet: HTTP 500: ")
    source = cloud.lab.arn("execute-api", f"{api}/*/$connect")
    cloud.functions.add_permission(
        FunctionName=cloud.lab.name("Connect"),
        StatementId=statement,
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=source,
    )
    assert check() == 0
    told = capsys.readouterr()
    assert "Mended: the lab works.\nIt was this (drill 5, closed-door): " in told.out
    assert f"`wschat provision --prefix {cloud.lab.prefix}` does that" in told.err
    actual = inventory.look(cloud)
    assert (work.running(actual), work.done(actual)) == (None, {5})
