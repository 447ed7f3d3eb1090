"""Talking to connections: a request in, its reply out, and events to others."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from botocore.exceptions import BotoCoreError, ClientError

from wschat.functions._journal import Call, count, journal, note, timed
from wschat.functions._post import Gateway
from wschat.functions._room import Leaving, Notice, forget
from wschat.functions._tables import CLIENTS, Json, credentials, dynamodb
from wschat.protocol.events import Error, Event
from wschat.protocol.refusals import Refused
from wschat.protocol.requests import Request, decode_request

PATIENCE = 20.0  # seconds of an invocation, whose limit is 25: what is not told by then is left


def answer(event: Json, act: Callable[[Call, Request], Event]) -> Json:
    """Do what a MESSAGE event asks for; return what API Gateway sends back on the connection.

    `act` takes the call and the request, and returns the reply or raises `Refused`, which becomes an
    error event. The status is always 200: of any other, API Gateway drops the body.
    """
    request, said = Request(""), Event()
    with journal(event) as call:
        try:
            request = decode_request(event.get("body") if call.connection else None)
            said = act(call, request)
        except Refused as problem:
            said = Error(problem.code, problem.message, id=request.id)
            note(error=problem.code)
    return {"statusCode": 200, "body": said.encode()}


@cache
def gateway(api: str, stage: str) -> Gateway:
    """Return what posts to the connections of an API's stage.

    `MANAGEMENT_URL` has the API's own address with `{api}` in it. The event's domainName would not do:
    it may be a custom domain, whose path has no stage.
    """
    url = f"{os.environ['MANAGEMENT_URL']}/{stage}".replace("{api}", api)
    return Gateway(url, credentials(), os.environ["AWS_REGION"])


def tell(call: Call, notices: Iterable[Notice]) -> None:
    """Post each notice to all its people at once; then forget who is gone, and tell that as well."""
    until = call.began + PATIENCE
    waiting, ghosts, met = list(notices), dict[str, str | None](), set[str]()
    while waiting or (ghosts and time.monotonic() < until):
        if waiting:
            notice = waiting.pop(0)
            gone = _post(call, notice, met, until)
            met.update(gone)
            ghosts.update(dict.fromkeys(gone, notice.room))
        else:
            left = _forget(*ghosts.popitem())
            waiting += left.notices
            left.clear()
    if ghosts:
        count({"not forgotten": len(ghosts)})  # the next post to them will try again


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


def _post(call: Call, notice: Notice, met: set[str], until: float) -> list[str]:
    """Post one notice to all its people but those that were met gone; return who else is gone."""
    people = everybody() if notice.people is None else notice.people
    body = notice.event.encode().encode()
    with timed("posts"):
        target = gateway(call.api, call.stage)
        outcomes = target.post((each for each in people if each not in met), body, until)
    told = [outcome.partition(": ") for outcome in outcomes.values()]
    count({"members": len(outcomes), **Counter(word for word, _, _ in told)})
    if whys := [why for _, _, why in told if why]:
        note(why=whys[0])
    if notice.room:
        note(room=notice.room)
    return [connection for connection, outcome in outcomes.items() if outcome == "gone"]


def _forget(connection: str, room: str | None) -> Leaving:
    try:
        with timed("forget"):
            return forget(connection, room, closed=False)
    except (Refused, BotoCoreError, ClientError) as error:
        count({"not forgotten": 1})
        note(why=str(error))
        return Leaving()
