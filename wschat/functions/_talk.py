"""Talking to connections: a request in, its reply out, and events to others."""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from wschat.functions._room import Notice, forget
from wschat.functions._tables import AT_ONCE, CLIENTS, Json, at_once, dynamodb
from wschat.protocol import Error, Event, Refused, Request, decode_request

if TYPE_CHECKING:
    from mypy_boto3_apigatewaymanagementapi import ApiGatewayManagementApiClient


def answer(event: Json, act: Callable[[Json, str, Request], Event]) -> Json:
    """Do what a MESSAGE event asks for; return what API Gateway sends back on the connection.

    `act` takes the event, the connection and the request, and returns the reply or raises `Refused`,
    which becomes an error event. The status is always 200: of any other, API Gateway drops the body.
    """
    request = Request("")
    try:
        request = decode_request(event.get("body"))
        said = act(event, event["requestContext"]["connectionId"], request)
    except Refused as problem:
        said = Error(problem.code, problem.message, id=request.id)
    log(event, reply=said.type, error=said.code if isinstance(said, Error) else None)
    return {"statusCode": 200, "body": said.encode()}


def log(event: Json, **facts: object) -> None:
    """Write one line of JSON to the function's log: never a message's text, never a token."""
    context = event["requestContext"]
    line = {"route": context.get("routeKey"), "connection": context.get("connectionId"), **facts}
    print(json.dumps({name: value for name, value in line.items() if value is not None}))  # noqa: T201


@cache
def management(api_id: str, stage: str) -> "ApiGatewayManagementApiClient":
    """Return the client that posts to the connections of an API's stage.

    `MANAGEMENT_URL` has the API's own address with `{api}` in it. The event's domainName would not do:
    it may be a custom domain, whose path has no stage.
    """
    url = f"{os.environ['MANAGEMENT_URL']}/{stage}".replace("{api}", api_id)
    patience = Config(
        connect_timeout=2,
        read_timeout=5,
        retries={"mode": "standard", "total_max_attempts": 2},
        max_pool_connections=AT_ONCE,
    )
    return boto3.client("apigatewaymanagementapi", endpoint_url=url, config=patience)


def tell(event: Json, notices: Iterable[Notice]) -> None:
    """Post each notice to all its people at once; forget who is gone, and tell that as well."""
    context = event["requestContext"]
    gateway = management(context["apiId"], context["stage"])
    waiting = list(notices)
    while waiting:
        notice = waiting.pop(0)
        people = everybody() if notice.people is None else notice.people
        for gone in _post(gateway, people, notice.event.encode().encode()):
            log(event, gone=gone)
            try:
                left = forget(gone, notice.room, closed=False)
            except (Refused, BotoCoreError, ClientError) as error:
                log(event, not_forgotten=gone, why=str(error))  # the next post to it will try again
                continue
            waiting += left.notices
            left.clear()


def everybody() -> Iterator[str]:
    """Find all connections, by a scan: only the birth and the death of a room are worth it."""
    pages = (
        dynamodb()
        .get_paginator("scan")
        .paginate(
            TableName=CLIENTS,
            ProjectionExpression="#id",
            FilterExpression="attribute_exists(#connected)",
            ConsistentRead=True,  # who has just connected shall hear it too
            ExpressionAttributeNames={"#id": "ID", "#connected": "connected"},
        )
    )
    return (item["ID"]["S"] for page in pages for item in page["Items"])


def _post(gateway: "ApiGatewayManagementApiClient", people: Iterable[str], data: bytes) -> list[str]:
    def post(connection: str) -> str | None:
        try:
            gateway.post_to_connection(ConnectionId=connection, Data=data)
        except gateway.exceptions.GoneException:
            return connection
        except (BotoCoreError, ClientError) as error:
            print(json.dumps({"connection": connection, "not_posted": str(error)}))  # noqa: T201
        return None

    return [gone for gone in at_once(post, people) if gone]
