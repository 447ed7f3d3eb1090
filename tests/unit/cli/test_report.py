"""What status and --plan say of differences, to people and to programs."""

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from tests.support.terminal import wschat
from wschat.cli import report
from wschat.cli.app import app
from wschat.cli.console import stdout
from wschat.lab import engine, inventory
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.functions import Function
from wschat.lab.aws.routes import Integration
from wschat.lab.aws.tables import Table
from wschat.lab.aws.websocket_api import Api
from wschat.lab.blueprint import DESCRIPTIONS
from wschat.lab.model.actual import Actual
from wschat.lab.model.lab import OPEN, Lab
from wschat.lab.plan import Step, Verb

ANYONE = DESCRIPTIONS[OPEN]
ODD = "☃ [red]:smile: \x1b]0;mine\x07 'quoted' " + "long " * 100
NARROW = {"FORCE_COLOR": "1", "COLUMNS": "20"}  # as in a terminal


@pytest.fixture
def odd(cloud: Cloud) -> Cloud:
    """A lab of an API that has lost its own description, and a table that has another key."""
    name, tags = cloud.lab.name, cloud.lab.tags
    cloud.api.create_api(
        Name=name("chatroom-websocket"),
        ProtocolType="WEBSOCKET",
        RouteSelectionExpression="$request.body.action",
        Description=ODD,
        Tags=tags,
    )
    cloud.dynamodb.create_table(
        TableName=name("room-messages-users"),
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
    )
    return cloud


@pytest.mark.usefixtures("account")
def test_for_programs(odd: Cloud) -> None:
    """JSON alone on stdout, in ASCII, whatever the values and the terminal are; exit code 3."""
    prefix, name = odd.lab.prefix, odd.lab.name
    done = wschat("status", "--json", "--prefix", prefix, **NARROW)
    found = json.loads(done.stdout)
    status = wschat("status", "--prefix", prefix).stdout
    assert f"`wschat provision --prefix {prefix}` makes it so." in status
    assert f"differs: API {name('chatroom-websocket')}\n    description: is ☃" in status
    planned = CliRunner().invoke(app, ["provision", "--plan", "--json", "--prefix", prefix])
    assert json.loads(planned.stdout) == found
    assert (done.returncode, planned.exit_code, done.stdout.isascii()) == (3, 3, True)
    attributes = {each["name"]: each["attributes"] for each in found["changes"] if each["action"] == "update"}
    assert attributes == {
        name("chatroom-websocket"): {
            "description": {"wanted": ANYONE, "found": ODD, "fixed": False, "told": False}
        },
        name("room-messages-users"): {
            "partition_key": {"wanted": "room", "found": "id", "fixed": True, "told": False}
        },
    }
    assert {each["action"] for each in found["changes"]} == {"create", "update"}
    whole = next(each["attributes"] for each in found["changes"] if each["name"] == name("client-records"))
    assert whole["partition_key"] == {"wanted": "ID", "found": None, "fixed": False, "told": False}


def test_values_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    """What is and should be is told without Python's signs, steers nothing, and tells what can't change."""
    whole = engine.desired(Lab(account="0" * 12, region="us-east-1"), Actual())
    function = next(each for each in whole if isinstance(each, Function))
    table = next(each for each in whole if isinstance(each, Table))
    ping = next(each for each in whole if isinstance(each, Integration) and each.answer)
    api = next(each for each in whole if isinstance(each, Api))
    pairs = (
        (function, replace(function, environment=(("CLIENT_RECORDS", "theirs"), ("MORE", "1")))),
        (table, replace(table, ttl=None, partition_key="id")),
        (api, replace(api, description=ODD)),
        (ping, replace(ping, answer=("$default", None, "{}"))),
    )
    report.show_plan([Step(Verb.UPDATE, *pair) for pair in pairs], stdout())
    told = capsys.readouterr().out
    assert "environment: CLIENT_RECORDS is theirs, should be client-records\n" in told
    assert "environment: should not have MORE\n" in told
    assert "ttl: is nothing, should be expires" in told
    assert f"partition_key: is id, should be {table.partition_key}; it can't be changed in place" in told
    assert "description: is ☃ [red]:smile: " in told
    assert f"should be {ANYONE}\n" in told
    assert not any(character in told for character in "\x1b\x07")
    assert "answer: is $default, nothing, {}, should be $default, 200, {" in told


@pytest.mark.usefixtures("account")
def test_what_cannot_be_done_is_not_asked(odd: Cloud) -> None:
    """A plan that can't be carried out is refused when it has been shown, before the question."""
    done = wschat("provision", "--prefix", odd.lab.prefix)
    assert done.returncode == 1
    table = f"table {odd.lab.name('room-messages-users')}"
    assert f"Error: {table}, before the first step: partition_key is 'id', not 'room'" in done.stderr
    assert f"`wschat teardown --prefix {odd.lab.prefix}` deletes the whole lab" in done.stderr
    assert f"run `wschat provision --prefix {odd.lab.prefix}`" in done.stderr


@pytest.mark.usefixtures("account")
def test_strangers(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    """Provision names them on stderr and fails; status has them too, and does not call them missing."""
    group = f"/aws/lambda/{cloud.lab.name('Connect')}"
    cloud.logs.create_log_group(logGroupName=group)
    done = wschat("provision", "--yes", "--prefix", cloud.lab.prefix)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"Error: before the first step: somebody else has log group {group}" in done.stderr
    actual = inventory.look(cloud)
    steps = engine.drift(cloud, actual)
    report.show_json(cloud.lab, steps, actual, "", ())
    found = json.loads(capsys.readouterr().out)
    assert found["unmanaged"] == [{"kind": "log group", "name": group}]
    assert group not in {each["name"] for each in found["changes"]}
    report.show_status(engine.desired(cloud.lab, actual), steps, actual)
    assert f"unmanaged: log group {group} has no tag of this lab\n" in capsys.readouterr().out
