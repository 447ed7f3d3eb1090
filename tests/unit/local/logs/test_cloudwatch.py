"""Where API Gateway's logs are read: with boto3, as on AWS."""

from contextlib import suppress
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlsplit

import boto3
from botocore.exceptions import ClientError

from tests.support.until import until
from tests.support.websocket_api import TestApi, ask, id_of, management_of, opened, refused
from wschat.lab.aws.cloud import Cloud


def log_access(clients: Cloud, api: TestApi, layout: str, **settings: Any) -> str:  # noqa: ANN401
    """Let a stage have an access log, and other settings of boto3's; return its group."""
    group = f"access-{api.id}"
    clients.logs.create_log_group(logGroupName=group)
    arn = clients.lab.arn("logs", f"log-group:{group}")
    settings["AccessLogSettings"] = {"DestinationArn": arn, "Format": layout}
    clients.api.update_stage(ApiId=api.id, StageName="test", **settings)
    return group


def test_where_it_is_logged(clients: Cloud) -> None:
    """Each request has a stream of the stage's log group, and of the group that its access log names."""
    api, logs = TestApi(clients), clients.logs
    api.route("$default", api.mock())
    api.stage(api.deploy())
    with opened(api.url) as client:
        ask(client, "quiet")
        group = f"/aws/apigateway/{api.id}/test"
        assert not logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        traced = {"LoggingLevel": "INFO", "DataTraceEnabled": True}
        access = log_access(clients, api, "$context.routeKey $context.status", DefaultRouteSettings=traced)
        for text in ("one", "two"):
            ask(client, text)
    until(lambda: len(logs.describe_log_streams(logGroupName=group)["logStreams"]) == 2)
    events = logs.filter_log_events(logGroupName=group)["events"]
    assert ["Message: [" in each["message"] for each in events].count(True) == 2
    assert len({each["logStreamName"] for each in events}) == 2
    rows = logs.filter_log_events(logGroupName=access)["events"]
    assert [each["message"] for each in rows] == ["$default 200"] * 2


def test_calls_of_the_management_api(
    clients: Cloud, root: boto3.Session, api: TestApi, plain: HTTPConnection
) -> None:
    """The access log has the calls that were allowed, with who called; those that were refused it has not."""
    layout = "$context.routeKey $context.status $context.eventType $context.identity.userArn"
    manage = management_of(root, clients, api.id)
    with opened(api.url) as client:
        connection = id_of(client)
        access = log_access(clients, api, layout)
        manage.post_to_connection(ConnectionId=connection, Data=b"x")
        manage.delete_connection(ConnectionId=connection)
        plain.request("GET", f"{urlsplit(api.url).path}/@connections/{quote(connection, safe='')}")
        plain.getresponse().read()
        for gone in (connection, "AAAAAAAAAAAAAAA="):
            with suppress(ClientError):
                manage.get_connection(ConnectionId=gone)
    rows = [each["message"] for each in clients.logs.filter_log_events(logGroupName=access)["events"]]
    about, root_arn = "/@connections/{connectionId}", "arn:aws:iam::000000000000:root"
    told = {"POST": 200, "DELETE": 204, "GET": 410}
    assert [row for row in rows if "CONNECTION_API" in row] == [
        f"{method} {about} {status} CONNECTION_API {root_arn}" for method, status in told.items()
    ]


def test_what_is_in_no_log(clients: Cloud) -> None:
    """A handshake that is refused before `$connect`, and a message without a route, are in neither log."""
    api, logs = TestApi(clients), clients.logs
    api.route("known", api.mock())
    api.stage(api.deploy())
    access = log_access(clients, api, "$context.status", DefaultRouteSettings={"LoggingLevel": "INFO"})
    with opened(api.url) as client:
        assert "Forbidden" in str(ask(client, "x"))
        clients.api.create_route(ApiId=api.id, RouteKey="$connect", AuthorizationType="AWS_IAM")
        clients.api.update_stage(ApiId=api.id, StageName="test", DeploymentId=api.deploy())
        assert refused(api.url)[0] == 403
    assert not logs.filter_log_events(logGroupName=access)["events"]
    assert not logs.describe_log_groups(logGroupNamePrefix=f"/aws/apigateway/{api.id}")["logGroups"]
