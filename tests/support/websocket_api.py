"""APIs of one function, for tests: the function does what it is told, and prints each event that it gets."""

import io
import json
import socket
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import boto3
from websockets.datastructures import HeadersLike
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.http11 import Response
from websockets.sync.client import ClientConnection, connect

from tests.support.until import until
from wschat.lab.aws.cloud import Cloud
from wschat.local.gateway.responses import Close

if TYPE_CHECKING:
    from mypy_boto3_apigatewaymanagementapi import ApiGatewayManagementApiClient

STAGE = "test"
SELECTION = "$request.body.action"
PATIENCE_S = 10
ERROR = r'\{"message": "%s", "connectionId":"[\w-]{18}==", "requestId":"([\w-]{15}=)"\}'
FENCE = {"action": "mock"}

MIRROR = """
import json, os, time

def handler(event, context):
    print(json.dumps(event))
    told = event.get("queryStringParameters") or json.loads(event.get("body") or "{}")
    if "wait" in told:
        with open(told["wait"], "a") as file:
            print(event["requestContext"]["connectionId"], file=file)
        while not os.path.exists(told["wait"] + ".go"):
            time.sleep(0.01)
    if "raise" in told:
        raise ValueError("boom")
    if "returns" in told:
        return json.loads(told["returns"])
    return {"statusCode": 200, "body": json.dumps(event)}
"""
Files = Mapping[str, str | bytes]
"""The files of a function, by their paths."""
MIRRORING: Files = {"main.py": MIRROR}
TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}


class TestApi:
    """A WebSocket API in the emulator, made step by step.

    Attributes:
        id: the API's.
        url: of the stage `test`.
    """

    __test__ = False

    def __init__(self, clients: Cloud) -> None:
        self._clients = clients
        self._api = clients.api
        self.id = self._api.create_api(
            Name="t", ProtocolType="WEBSOCKET", RouteSelectionExpression=SELECTION
        )["ApiId"]
        self.url = clients.lab.url(self.id, STAGE)

    def proxy(self, function: str, *, timeout_ms: int = 29000, **settings: Any) -> str:  # noqa: ANN401
        """Make an integration with a function; return its id. Settings are boto3's."""
        return self._api.create_integration(
            ApiId=self.id,
            IntegrationType="AWS_PROXY",
            IntegrationMethod="POST",
            IntegrationUri=self._clients.lab.invoke_arn(function),
            TimeoutInMillis=timeout_ms,
            **settings,
        )["IntegrationId"]

    def mock(self, request: str = '{"statusCode": 200}', answer: str = "mocked") -> str:
        """Make an integration without a function; return its id."""
        made = self._api.create_integration(
            ApiId=self.id, IntegrationType="MOCK", RequestTemplates={"$default": request}
        )["IntegrationId"]
        self._api.create_integration_response(
            ApiId=self.id,
            IntegrationId=made,
            IntegrationResponseKey="$default",
            ResponseTemplates={"$default": answer},
        )
        return made

    def route(
        self,
        key: str,
        integration: str,
        *,
        expression: bool = True,
        response: bool = True,
        **settings: Any,  # noqa: ANN401  as boto3 has them
    ) -> None:
        """Make a route, two-way unless told otherwise."""
        if expression:
            settings["RouteResponseSelectionExpression"] = "$default"
        route = {"ApiId": self.id, "RouteKey": key, "Target": f"integrations/{integration}", **settings}
        made = self._api.create_route(**route)["RouteId"]
        if response:
            self._api.create_route_response(ApiId=self.id, RouteId=made, RouteResponseKey="$default")

    def permit(self, function: str, route_key: str) -> None:
        """Let a route invoke a function."""
        self._clients.functions.add_permission(
            FunctionName=function,
            StatementId=f"{self.id}-{route_key.strip('$')}",
            Action="lambda:InvokeFunction",
            Principal="apigateway.amazonaws.com",
            SourceArn=f"arn:aws:execute-api:us-east-1:000000000000:{self.id}/*/{route_key}",
        )

    def deploy(self) -> str:
        """Make a deployment; return its id."""
        return self._api.create_deployment(ApiId=self.id)["DeploymentId"]

    def stage(self, deployment: str | None, **settings: Any) -> None:  # noqa: ANN401  as boto3 has them
        """Make the stage `test`."""
        if deployment:
            settings["DeploymentId"] = deployment
        self._api.create_stage(ApiId=self.id, StageName=STAGE, **settings)


def package(files: Files = MIRRORING) -> bytes:
    """Return a zipped function."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def make_function(clients: Cloud, name: str, zipped: bytes = package(), **settings: Any) -> None:  # noqa: ANN401
    """Make a function with a role of its own, and wait until it is there; settings are boto3's."""
    begin_function(clients, name, zipped, **settings)
    until_active(clients, name)


def begin_function(clients: Cloud, name: str, zipped: bytes, **settings: Any) -> None:  # noqa: ANN401
    """Make a function with a role of its own, which can't be called at once."""
    role = clients.iam.create_role(
        RoleName=f"{name}Role", AssumeRolePolicyDocument=json.dumps({"Statement": [TRUST]})
    )
    settings = {"Runtime": "python3.13", "Timeout": 25, "Handler": "main.handler", **settings}
    clients.functions.create_function(
        FunctionName=name, Role=role["Role"]["Arn"], Code={"ZipFile": zipped}, **settings
    )


def until_active(clients: Cloud, name: str) -> None:
    """Wait until a function can be called."""
    look = clients.functions.get_function_configuration
    until(lambda: look(FunctionName=name)["State"] == "Active")


def management_of(root: boto3.Session, clients: Cloud, api: str) -> "ApiGatewayManagementApiClient":
    """Make boto3's client for the connections of an API."""
    url = clients.lab.callbacks.replace("{api}", api) + f"/{STAGE}"
    return root.client("apigatewaymanagementapi", endpoint_url=url)


def event_of(clients: Cloud, function: str, connection: str, event_type: str) -> dict[str, Any]:
    """Wait for the one event of a kind that a function prints into CloudWatch Logs, and return it.

    The emulator writes down a line that comes late when it calls the function again.
    """
    wanted = {"connectionId": connection, "eventType": event_type}

    def logged() -> list[dict[str, Any]]:
        with suppress(clients.logs.exceptions.ResourceNotFoundException):
            lines = clients.logs.filter_log_events(logGroupName=f"/aws/lambda/{function}")["events"]
            events = [json.loads(line["message"]) for line in lines if line["message"].startswith('{"')]
            if found := [event for event in events if wanted.items() <= event["requestContext"].items()]:
                return found
        clients.functions.invoke(FunctionName=function, Payload=b'{"requestContext": {}}')
        return []

    until(logged, lambda: f"no {event_type} of {connection}")
    (event,) = logged()
    return event


def refusal(url: str, headers: HeadersLike | None = None, sock: socket.socket | None = None) -> Response:
    """Return the answer to a handshake that is refused."""
    try:
        with connect(url, additional_headers=headers, sock=sock):
            raise AssertionError("the handshake was accepted")
    except InvalidStatus as refused:
        return refused.response


def refused(
    url: str, headers: dict[str, str] | None = None, sock: socket.socket | None = None
) -> tuple[int, dict[str, Any]]:
    """Return the status and the body of a handshake that is refused by API Gateway itself."""
    response = refusal(url, headers, sock)
    return response.status_code, json.loads(response.body)


def closed(client: ClientConnection) -> Close:
    """Wait until the server closes a connection; return how."""
    with suppress(ConnectionClosed):
        while True:
            client.recv(PATIENCE_S)
    end = client.protocol.close_rcvd
    assert end
    return Close(end.code, end.reason)


def ask(client: ClientConnection, message: str | dict[str, Any]) -> Any:  # noqa: ANN401  any JSON
    """Send a message, and return what comes back, parsed if it is JSON."""
    client.send(message if isinstance(message, str) else json.dumps(message))
    text = str(client.recv(PATIENCE_S))
    return json.loads(text) if text.startswith("{") else text


opened = partial(connect, close_timeout=1)
"""Connect, without a close handshake that takes long."""


def answers(client: ClientConnection, *messages: dict[str, Any]) -> list[str]:
    """Send messages, one after the other, and return all that came back, up to the answer of a fence."""
    found: list[str] = []
    for message in messages:
        client.send(json.dumps(message))
    if messages:
        client.send(json.dumps({"action": "echo", "last": 1}))
    while True:
        text = str(client.recv(PATIENCE_S))
        if '\\"last\\": 1' in text:
            return found
        found.append(text)


def id_of(client: ClientConnection) -> str:
    """Return a connection's id."""
    connection: str = ask(client, {"action": "echo"})["requestContext"]["connectionId"]
    return connection
