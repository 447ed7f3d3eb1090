"""Any API of an account is read with what it leads to; what may not be looked at is a line."""

import pytest

from tests.support.own_api import NOW, Own
from tests.support.refusing import refuse
from wschat.doctor import routed
from wschat.doctor.findings import diagnose
from wschat.doctor.graph import read
from wschat.doctor.visit import Visit
from wschat.lab.aws.cloud import Cloud


def test_what_is_read(own: Own) -> None:
    """All that it has is read, and nothing of it is suspected; what a function logged lately is."""
    graph, logs = own.graph(), own.clients.logs
    ((arn, function),) = graph.functions.items()
    assert (graph.id, function.name, function.posts) == (own.id, own.function, False)
    assert {each["RouteKey"]: graph.two_way[each["RouteId"]] for each in graph.routes} == {
        "$connect": False,
        "say": True,
        "$disconnect": False,
    }
    assert [graph.function(each) for each in graph.routes] == [function] * 3
    assert arn.endswith(f":function:{own.function}")
    assert [*routed.suspicions(graph, NOW * 1000)] == []
    group, message = f"/aws/lambda/{own.function}", "Runtime.ImportModuleError: no module 'x'"
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="x")
    logs.put_log_events(
        logGroupName=group,
        logStreamName="x",
        logEvents=[{"timestamp": int(NOW * 1000) - 1000, "message": message}],
    )
    graph = own.graph()
    logs.delete_log_group(logGroupName=group)
    (found,) = diagnose(Visit(), routed.suspicions(graph, NOW * 1000))
    assert (found.cause.name, found.surely) == ("wrong-handler", "possible")


def test_what_may_not_be_looked_at(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is refused costs a line, and nothing is suspected of what nobody has seen."""
    clients = own.clients
    refused = {
        clients.api: ("get_route_responses", "get_authorizers"),
        clients.functions: ("get_policy",),
        clients.iam: ("get_role",),
        clients.logs: ("filter_log_events",),
    }
    for client, operations in refused.items():
        for operation in operations:
            refuse(monkeypatch, client, operation)
    assert [*routed.suspicions(own.graph(), NOW * 1000)] == []
    refuse(monkeypatch, clients.functions, "get_function")
    assert [*routed.suspicions(own.graph(), NOW * 1000)] == []
    assert all(note.startswith("could not look at ") for note in clients.notes)
    assert len(clients.notes) >= 6


def test_where_there_is_none(cloud: Cloud) -> None:
    """A URL of no API of this account, or of no API at all, has no graph."""
    assert read(cloud, cloud.lab.url("nobody1234", "test"), NOW) is None
    assert read(cloud, "wss://chat.example.com/x", NOW) is None
    assert cloud.notes == {}
