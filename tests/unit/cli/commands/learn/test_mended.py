"""What `wschat learn check` says of a drill."""

import pytest

from tests.support.labs import lab_of, provision
from wschat.cli.commands.learn.mended import check_drill
from wschat.cli.commands.learn.place import Place
from wschat.lab import inventory
from wschat.lab.aws.cloud import Cloud
from wschat.lab.model.lab import TAG
from wschat.learn.drills import work
from wschat.target import Target


def test_mended_by_hand(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    """It is not, then it is, though not as provision makes it; who found it is known to have.

    What was made anew and has no tag is told of.
    """
    api, statement = provision(cloud).split("/")[-2], "by-hand"
    work.begin(cloud, inventory.look(cloud), work.named("closed-door"))

    def check() -> int:
        actual = inventory.look(lab_of(cloud, adopts=True))
        running = work.running(actual)
        assert running
        return check_drill(cloud, actual, running, Place(Target(prefix=cloud.lab.prefix)))

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
    table = cloud.lab.arn("dynamodb", f"table/{cloud.lab.name('client-records')}")
    cloud.dynamodb.untag_resource(ResourceArn=table, TagKeys=[TAG])
    assert check() == 0
    told = capsys.readouterr()
    assert "Mended: the lab works.\nIt was this (drill 5, closed-door): " in told.out
    assert f"`wschat learn check --prefix {cloud.lab.prefix}` takes it over" in told.err
    assert f"`wschat provision --prefix {cloud.lab.prefix}` does that" in told.err
    actual = inventory.look(cloud)
    assert (work.running(actual), work.done(actual)) == (None, {5})
