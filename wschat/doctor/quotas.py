"""How near a lab and its account are to what they may have: quotas of AWS, and the limits of the lab."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from wschat.doctor.causes import BY_NAME
from wschat.doctor.findings import Suspicion
from wschat.doctor.metrics import CONCURRENT, MINUTE_S, Counts
from wschat.lab import engine
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.errors import translated
from wschat.lab.blueprint import CLIENTS, FUNCTIONS, ROOMS
from wschat.protocol.limits import MEMBER_LIMIT, ROOM_LIMIT

NEAR = 0.8
"""The share of a quota from which on it is told."""
CONNECTIONS_S, REQUESTS_S = 500, 10_000
"""New connections and requests, with the posts, that API Gateway takes a second of an account and region.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html;
https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
"""
THROTTLED = 0.6
"""How much it says that functions were throttled, or that few may run at once."""


@dataclass(frozen=True)
class Crowd:
    """Who is in a lab: how many connections and rooms it knows, and the room with most members."""

    connected: int = 0
    rooms: int = 0
    fullest: str = ""
    members: int = 0


class Used(NamedTuple):
    """How much is used of what there may be; the routes that fail when there is no more, none for all."""

    what: str
    used: float
    limit: float
    routes: tuple[str, ...] = ()


def crowd(cloud: Cloud) -> Crowd | None:
    """Return who is in a lab, by the first page of each table; None if that can't be seen.

    Raises:
        WschatError: AWS could not be asked.
    """
    what, lab, names = "who is connected", cloud.lab, {"#id": "ID", "#at": "connected", "#rooms": "rooms"}
    ask: Any = cloud.ask
    scan = partial(ask, what, cloud.dynamodb.scan)
    with translated(what):
        clients, rooms = cloud.clock.run_all(
            [
                partial(
                    scan,
                    TableName=lab.name(CLIENTS),
                    ProjectionExpression=", ".join(names),
                    FilterExpression="attribute_exists(#at) OR attribute_exists(#rooms)",
                    ExpressionAttributeNames=names,
                ),
                partial(
                    scan,
                    TableName=lab.name(ROOMS),
                    ProjectionExpression="#room, #users",
                    FilterExpression="attribute_exists(#users)",
                    ExpressionAttributeNames={"#room": "room", "#users": "users"},
                ),
            ]
        )
    if not clients:
        return None
    items: Any = clients["Items"]
    members = {
        each["room"]["S"]: len(each["users"].get("M", ())) for each in (rooms["Items"] if rooms else ())
    }
    fullest = max(members, key=members.__getitem__, default="")
    return Crowd(
        connected=sum("connected" in each for each in items),
        rooms=max((len(each["rooms"].get("M", ())) for each in items if "rooms" in each), default=0),
        fullest=fullest,
        members=members.get(fullest, 0),
    )


def suspicions(cloud: Cloud, counts: Counts, crowd: Crowd) -> Iterator[Suspicion]:
    """Yield what is nearly used up, and what was throttled; what others reserve is left to nobody else.

    Raises:
        WschatError: AWS could not be asked.
    """
    account = engine.account_settings(cloud)
    few = account["AccountLimit"].get("UnreservedConcurrentExecutions") if account else None
    for spec in FUNCTIONS:
        if throttled := counts.sums.get((cloud.lab.name(spec.name), "Throttles")):
            evidence = f"metric Throttles of {spec.name}: {throttled:.0f} in the last hour"
            cause = BY_NAME["account-concurrency"]
            yield Suspicion(cause, frozenset(spec.routes), (evidence,), THROTTLED, alone=False)
    if isinstance(few, int) and few <= engine.FEW:
        evidence = f"the account runs at most {few} functions at once that reserve nothing"
        yield Suspicion(BY_NAME["account-concurrency"], frozenset(), (evidence,), THROTTLED, alone=False)
    for what, used, limit, routes in (*_of_the_lab(crowd), *_of_the_account(cloud, counts, account)):
        if limit and used >= limit * NEAR:
            evidence = f"{what}: {used:,.0f} of {limit:,.0f}"
            yield Suspicion(BY_NAME["full-quota"], frozenset(routes), (evidence,))


def _of_the_lab(crowd: Crowd) -> Iterable[Used]:
    yield Used("rooms in the lab's list", crowd.rooms, ROOM_LIMIT, ("create", "new-room"))
    yield Used(f"members of the room {crowd.fullest}", crowd.members, MEMBER_LIMIT, ("join", "join-room"))


def _of_the_account(cloud: Cloud, counts: Counts, account: Any) -> Iterable[Used]:  # noqa: ANN401  AWS's
    most = counts.most
    connections, messages = most.get(("", "ConnectCount"), 0), most.get(("", "MessageCount"), 0)
    yield Used("new connections in a minute", connections, CONNECTIONS_S * MINUTE_S, ("$connect",))
    yield Used("messages and posts in a minute", messages, REQUESTS_S * MINUTE_S)
    if account:
        limits, used = account["AccountLimit"], account["AccountUsage"]
        at_once = limits["ConcurrentExecutions"]
        yield Used("functions that ran at once", most.get(("", CONCURRENT), 0), _number(at_once))
        stored = _number(used["TotalCodeSize"])
        yield Used("bytes of code of all functions", stored, _number(limits["TotalCodeSize"]))
    with translated("the account's limits"):
        ask = partial(cloud.ask, "how many roles there may be", cloud.iam.get_account_summary)
        (found,) = cloud.clock.run_all([ask])
    summary: Any = found["SummaryMap"] if found else {}
    yield Used("roles in the account", _number(summary.get("Roles")), _number(summary.get("RolesQuota")))


def _number(value: object) -> float:
    return value if isinstance(value, int | float) else 0.0
