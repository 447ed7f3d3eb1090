"""The clients with which a function may call AWS's hosts, and what comes of it in the local lab: a table."""

from collections.abc import Iterator
from typing import NamedTuple

HERE = "ends in the lab"
NOWHERE = "fails"
REFUSED = "is refused in the worker, and logged"
LEAVES = "**leaves the machine**"


class Client(NamedTuple):
    """A client in a language, and what a call by it comes to.

    Attributes:
        caller: its name in `others/main.py` or `main.js`; empty: no function of ours has it.
        error: what its failure says.
        package: what must be installed to try it, which the suite does not have.
    """

    language: str
    client: str
    comes_to: str
    caller: str = ""
    error: str = ""
    package: str = ""


CLIENTS = (
    Client("Python", "boto3 or botocore, with `endpoint_url=https://{domainName}/{stage}`", HERE, "boto3"),
    Client("Python", "… of another service, with AWS's endpoint URL or without one", HERE, "services"),
    Client(
        "Python",
        "… for `apigatewaymanagementapi` without one, which names no API (on AWS it fails, too)",
        NOWHERE,
        "boto3_alone",
        error="ClientError: .*PostToConnection",
    ),
    Client("Python", "urllib3", HERE, "urllib3"),
    Client("Python", "requests", HERE, "requests", package="requests"),
    Client("Python", "http.client", HERE, "http_client"),
    Client("Python", "urllib.request", HERE, "urllib_request"),
    Client("Python", "asyncio's streams", HERE, "asyncio"),
    Client("Python", "httpx", HERE, "httpx", package="httpx"),
    Client("Python", "httpx, asynchronous", HERE, "httpx_async", package="httpx"),
    Client("Python", "aiohttp, without aiodns", HERE, "aiohttp", package="aiohttp"),
    Client("Python", "a socket, by a name or by what gethostbyname told", HERE, "socket"),
    Client("Python", "… to a port but 80 and 443", REFUSED, "another_port", error="ConnectionRefusedError"),
    Client("Python", "what resolves names itself: aiodns, pycurl, gRPC", LEAVES),
    Client(
        "Python",
        "a program with such a host among its arguments, such as curl",
        REFUSED,
        "program",
        error="PermissionError: .*dynamodb.us-east-1.amazonaws.com",
    ),
    Client("Node", "aws-sdk 2, `@aws-sdk` 3", HERE, "sdk"),
    Client("Node", "node:https, and what uses it: axios, got, ws", HERE, "https"),
    Client("Node", "fetch, undici", HERE, "fetch"),
    Client("Node", "a WebSocket to an API", HERE, "websocket"),
    Client("Node", "a custom resource's answer to CloudFormation, by TLS to this machine", HERE, "stack"),
    Client("Node", "node:http2", NOWHERE, "http2", error="Error: .*"),
    Client("Node", "a socket, by node:net or node:tls", HERE, "socket"),
    Client("Node", "… to a port but 80 and 443", REFUSED, "another_port", error="Error: .*6379"),
    Client(
        "Node",
        "a program with such a host among its arguments, such as curl",
        REFUSED,
        "program",
        error="Error: .*dynamodb.us-east-1.amazonaws.com",
    ),
    Client("any", "a program that comes upon the host by itself; `aws` heeds AWS_ENDPOINT_URL", LEAVES),
)


def rows() -> Iterator[tuple[str, ...]]:
    """Return the rows of the table: which client, what a call comes to, and what tries it."""
    for each in CLIENTS:
        row = f"ends_here[{each.language}-{each.caller}]" if each.caller else ""
        yield each.language, each.client, each.comes_to, "`--clients`" if each.package else row
