"""What AWS is asked: items, a function's answer and log, its role's policy."""

import json
import time
from dataclasses import replace

import pytest

from tests.support.plane.clock import VirtualClock
from tests.unit.lab.logs.test_cloudwatch import SPECS, write
from tests.unit.learn.observe.seen import refused, seen
from wschat.lab.aws.cloud import AWS_PACING, Cloud
from wschat.lab.aws.functions import Function
from wschat.lab.aws.log_groups import LogGroup
from wschat.lab.aws.roles import Policy, Role
from wschat.lab.aws.tables import Table
from wschat.lab.blueprint import blueprint
from wschat.lab.bundle import bundle
from wschat.learn.observe.account import example_event
from wschat.learn.resources import PLAIN


def make(cloud: Cloud, *kinds: type, of: str = "Connect") -> None:
    """Create what a function needs, or the tables: all of these kinds with its name in theirs."""
    wanted = blueprint(cloud.lab, {"connect": bundle("connect")})
    for each in wanted:
        if isinstance(each, kinds) and (of in each.name or isinstance(each, Table)):
            each.create(cloud)


def test_a_function_and_what_it_leaves(cloud: Cloud) -> None:
    """Connect, invoked by hand, answers, logs, and puts an item into the table; its log stays."""
    make(cloud, Table, Role, Policy, LogGroup, Function)
    assert seen(cloud, "items client-records") == [("", "the table client-records is empty")]
    (_, event), (_, answer), (_, log) = seen(cloud, "invoke Connect")
    context = json.loads(event)["requestContext"]
    assert (context["routeKey"], context["eventType"]) == ("$connect", "CONNECT")
    assert (answer, context["connectionId"] in log) == ('{"statusCode": 200}', True)
    ((_, item),) = seen(cloud, "items client-records")
    assert json.loads(item)["ID"] == {"S": context["connectionId"]}
    assert any(context["connectionId"] in text for who, text in seen(cloud, "log Connect"))
    (_, trust), (_, policy) = seen(cloud, "policy Connect")
    assert json.loads(trust)["Statement"][0]["Principal"] == {"Service": "lambda.amazonaws.com"}
    assert "dynamodb:PutItem" in policy
    cloud.iam.delete_role_policy(RoleName=f"{cloud.lab.prefix}ConnectRole", PolicyName="access")
    assert "there is no policy ConnectRole yet" in refused(cloud, "policy Connect")
    late = replace(cloud, pacing=AWS_PACING)
    _, (_, answer), _, (_, remark) = seen(late, "invoke Connect")
    assert answer.endswith("Unhandled")
    assert "AWS lets it take effect late" in remark


@pytest.mark.parametrize(
    ("name", "route", "kind"),
    [
        ("Connect", "$connect", "CONNECT"),
        ("RegisterUser", "register", "MESSAGE"),
        ("Disconnect", "$disconnect", "DISCONNECT"),
    ],
)
def test_the_event_of_each(name: str, route: str, kind: str) -> None:
    """A function gets the event of its own first route; no headers make it long."""
    event = example_event(PLAIN, SPECS[name])
    assert (event["requestContext"]["routeKey"], event["requestContext"]["eventType"]) == (route, kind)
    assert event.keys() == {"requestContext", "isBase64Encoded", *(["body"] if kind == "MESSAGE" else [])}


def test_many_items(cloud: Cloud) -> None:
    """Of many items ten are shown; what a stranger put there is harmless."""
    make(cloud, Table)
    for number in range(12):
        item = {"ID": {"S": f"{number}\x1b[2J"}}
        cloud.dynamodb.put_item(TableName=cloud.lab.name("client-records"), Item=item)
    *items, (who, remark) = seen(cloud, "items client-records")
    assert (len(items), who, remark) == (10, "", "these are 10 of them")
    assert not any("\x1b" in text for _, text in items)


def test_a_log_that_comes_late(cloud: Cloud) -> None:
    """The last lines are shown, in order; in AWS the first is waited for, and what may be missing is told."""
    make(cloud, LogGroup)
    waits = list[str]()
    clock = VirtualClock()
    late = replace(cloud, clock=clock, pacing=AWS_PACING, on_wait=lambda why, _: waits.append(why))
    ((_, remark),) = seen(late, "log Connect")
    assert "has logged nothing in the last 15 min; what it logged in the last 10 s may be missing" in remark
    assert clock.now() >= 10
    assert set(waits) == {"AWS shows log lines some seconds late"}
    write(cloud, SPECS["Connect"], *map(str, range(20)), at=int(time.time() * 1000) - 100)
    *lines, (_, remark) = seen(late, "log Connect")
    assert [text for _, text in lines] == [str(number) for number in range(8, 20)]
    assert remark.startswith("these are the last lines")
