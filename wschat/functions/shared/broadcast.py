"""Broadcast: posting events to many connections, and removing those that are gone."""

import os
import time
from collections import Counter
from functools import cache

from wschat.functions.shared.aws import ClientError
from wschat.functions.shared.dynamodb import CLIENTS, scan
from wschat.functions.shared.invocation import Call, add_counts, add_fields, timed
from wschat.functions.shared.management_api import POSTED, STALE, ManagementApi
from wschat.functions.shared.membership import Leaving, Post, prune
from wschat.protocol.refusals import Refused

POSTING_TIME = 20.0  # seconds of an invocation, whose limit is 25: what is not posted by then is left


@cache
def management_api(api: str, stage: str) -> ManagementApi:
    """Return what posts to the connections of an API's stage.

    `MANAGEMENT_URL` has the API's own address with `{api}` in it. The event's domainName would not do:
    it may be a custom domain, whose path has no stage.
    """
    return ManagementApi(f"{os.environ['MANAGEMENT_URL']}/{stage}".replace("{api}", api))


def broadcast(call: Call, *notices: Post, left: Leaving | None = None) -> tuple[int, int]:
    """Post each notice to all its connections at once, first those about one who has `left` a room.

    Then remove connections that are stale, and tell of that as well. Stale is one whose post meets 410 Gone:
    it has closed, and no $disconnect has run for it yet; or 400, as it never was one.

    Returns:
        How many posts of the `notices` were taken, and how many there were but those to stale connections.
    """
    until = call.began + POSTING_TIME
    waiting = [*left.notices, *notices] if left else [*notices]
    stale, met, told = dict[str, str | None](), set[str](), list[str]()
    while waiting or (stale and time.monotonic() < until):
        if waiting:
            notice = waiting.pop(0)
            outcomes = _post(call, notice, met, until)
            gone = [connection for connection, outcome in outcomes.items() if outcome in STALE]
            met.update(gone)
            stale.update(dict.fromkeys(gone, notice.room))
            if notice in notices:
                told += [outcome for outcome in outcomes.values() if outcome not in STALE]
        else:
            removed = _prune(*stale.popitem())
            waiting += removed.notices
            removed.clear()
    if stale:
        add_counts({"not forgotten": len(stale)})  # the next post to them will try again
    if left:
        left.clear()
    return told.count(POSTED), len(told)


def _post(call: Call, notice: Post, met: set[str], until: float) -> dict[str, str]:
    """Post to all connections but those known as stale (`met`); return the outcome of each."""
    people = notice.connections
    if people is None:  # only the birth and the death of a room are worth a scan
        people = scan(CLIENTS, "#ID", "attribute_exists(#connected) AND attribute_exists(#name)")
    body = notice.event.encode().encode()
    with timed("posts"):
        api = management_api(call.api, call.stage)
        outcomes = api.post((each for each in people if each not in met), body, until)
    told = [outcome.partition(": ") for outcome in outcomes.values()]
    add_counts({"members": len(outcomes), **Counter(word for word, _, _ in told)})
    if whys := [why for _, _, why in told if why]:
        add_fields(why=whys[0])
    if notice.room:
        add_fields(room=notice.room)
    return outcomes


def _prune(connection: str, room: str | None) -> Leaving:
    try:
        with timed("forget"):
            return prune(connection, room)
    except (Refused, ClientError) as error:
        add_counts({"not forgotten": 1})
        add_fields(why=str(error))
        return Leaving()
