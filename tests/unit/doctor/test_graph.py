"""Any API of an account is read with what it leads to; what may not be looked at is a line."""

from typing import TYPE_CHECKING

import pytest

from tests.support.own_api import Own
from tests.support.refusing import refuse
from wschat.doctor import routed
from wschat.doctor.graph import read, read_log
from wschat.lab.aws.cloud import Cloud

if TYPE_CHECKING:
    from mypy_boto3_logs.type_defs import InputLogEventTypeDef

NOW_MS = 2_000_000_000_000


def test_what_is_read(own: Own) -> None:
    """All that it has is read, and nothing of it is suspected; so is what a function has logged."""
    graph, logs = own.graph(), own.clients.logs
    ((arn, function),) = graph.functions.items()
    assert (graph.id, function.name, function.posts, function.logs) == (own.id, own.function, False, True)
    assert {each["RouteKey"]: graph.two_way[each["RouteId"]] for each in graph.routes} == {
        "$connect": False,
        "say": True,
        "$disconnect": False,
    }
    assert [graph.function(each) for each in graph.routes] == [function] * 3
    assert arn.endswith(f":function:{own.function}")
    assert [*routed.suspicions(graph)] == []
    group = function.log_group
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="x")
    events: list[InputLogEventTypeDef] = [{"timestamp": at, "message": "it failed"} for at in (1000, NOW_MS)]
    logs.put_log_events(logGroupName=group, logStreamName="x", logEvents=events)
    lines = read_log(own.clients, function, NOW_MS - 1000, NOW_MS / 1000)
    logs.delete_log_group(logGroupName=group)
    assert [(line.time, line.function, line.text) for line in lines] == [(NOW_MS, own.function, "it failed")]
    assert read_log(own.clients, function, 0, NOW_MS / 1000) == []


def test_variables_of_the_stage(own: Own) -> None:
    """A function that a stage's variable names is the one that is looked at."""
    uri = own.clients.lab.invoke_arn(own.function)
    own.change("integration", IntegrationUri=uri.replace(own.function, "${stageVariables.which}"))
    own.change("stage", StageVariables={"which": own.function})
    assert [each.name for each in own.graph().functions.values()] == [own.function]


def test_what_may_not_be_looked_at(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is refused costs a line, and nothing is suspected of what nobody has seen."""
    clients = own.clients
    refused = {
        clients.api: ("get_route_responses", "get_authorizers"),
        clients.functions: ("get_policy",),
        clients.iam: ("get_role",),
    }
    for client, operations in refused.items():
        for operation in operations:
            refuse(monkeypatch, client, operation)
    assert [*routed.suspicions(own.graph())] == []
    refuse(monkeypatch, clients.functions, "get_function")
    assert [*routed.suspicions(own.graph())] == []
    assert all(note.startswith("could not look at ") for note in clients.notes)
    assert len(clients.notes) == 5


def test_where_there_is_none(cloud: Cloud) -> None:
    """A URL of no API of this account, or of no API at all, has no graph."""
    assert read(cloud, cloud.lab.url("nobody1234", "test")) is None
    assert read(cloud, "wss://chat.example.com/x") is None
    assert cloud.notes == {}
