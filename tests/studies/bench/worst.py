"""What an open URL can cost in a day: who has it asks for all that the throttles let through, at its dearest.

Every route is taken as often as its own token bucket lets it; AWS does not say whether those without one
share the stage's, which would cost less. Throttles are targets, "on a best-effort basis"; quotas are AWS's
defaults: https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-protect.html and
limits.html beside it. List prices as in `units`; besides, $0.25 for a million connection minutes, $0.09 for a
GB sent out (https://aws.amazon.com/api-gateway/pricing/), and $0.50 for a GB of logs taken in
(https://aws.amazon.com/cloudwatch/pricing/).
"""

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from math import ceil

from tests.studies.bench.units import GB_SECOND, KB, MESSAGE, READ, REQUEST, WRITE
from wschat.functions.shared.invocation import LIFETIME
from wschat.lab.blueprint import FUNCTIONS, MOCKS, Spec
from wschat.lab.chosen.throttle import DEFAULT, Throttle
from wschat.protocol.limits import KEY_LIMIT, LOG_LENGTH, MEMBER_LIMIT, MESSAGE_LIMIT, NAME_LIMIT, ROOM_LIMIT

MINUTE, GB_OUT, GB_LOGGED = 0.25, 0.09, 0.50  # dollars: for a million minutes, for a GB, for a GB
DAY = 86_400
MILLION, GB = 1e6, 1e9
LIVES = 120  # minutes that a connection may live
LOGGED = 700  # bytes of log of a call: the function's line, and START, END and REPORT
CHARACTER = 4  # bytes of the longest one in UTF-8
LIST = ROOM_LIMIT * (KEY_LIMIT + NAME_LIMIT * CHARACTER)  # bytes of the item of all rooms: keys and names
ROOM = MEMBER_LIMIT * (NAME_LIMIT * CHARACTER + 16)  # bytes of a full room's item, with connection ids
TEXT = MESSAGE_LIMIT * CHARACTER
RECORD = 200  # bytes of a connection's record
REPLY = 128 * KB  # bytes, the most that API Gateway sends: four messages of 32 KB on the bill
WRITTEN, READ_AT_ONCE = KB, 4 * KB  # bytes of a unit
POSTED_S = 0.001  # seconds at 512 MB for each post: 500 take half a second
WAITED_S = 0.1  # seconds of a call for all else
POSTING_S = 20  # seconds after which a function posts no more


@dataclass(frozen=True)
class Use:
    """What is billed: API Gateway's messages and minutes, bytes out, Lambda's calls, DynamoDB's units."""

    messages: float = 0
    minutes: float = 0
    out: float = 0
    calls: float = 0
    gb_seconds: float = 0
    reads: float = 0
    writes: float = 0

    def dollars_a_day(self) -> dict[str, float]:
        """Return what it costs, by service, if it is used so much every second."""
        return {
            "messages": self.messages * MESSAGE / MILLION * DAY,
            "sent out": self.out * GB_OUT / GB * DAY,
            "connections": self.minutes * MINUTE / MILLION * DAY,
            "Lambda": (self.calls * REQUEST + self.gb_seconds * GB_SECOND) / MILLION * DAY,
            "DynamoDB": (self.reads * READ + self.writes * WRITE) / MILLION * DAY,
            "logs": self.calls * LOGGED * GB_LOGGED / GB * DAY,
        }


def total(uses: Iterable[tuple[float, Use]]) -> Use:
    """Return so many times each of them, together."""
    columns = zip(*([times * each for each in astuple(use)] for times, use in uses), strict=True)
    return Use(*map(sum, columns))


QUOTAS = Use(
    messages=10_000 * (1 + REPLY / (32 * KB)),
    minutes=500 * LIVES,
    out=10_000 * REPLY,
    calls=10_000,
    gb_seconds=1_000 * 0.5,
    reads=2 * 40_000,
    writes=2 * 40_000,
)
"""The most in a second of an account: 10,000 requests and 500 new connections; 1,000 functions at once; in
each table 40,000 units either way. It is a bound: nobody gets all of them at once."""


def requests(names: float) -> dict[str, Use]:
    """Return what a request of each function takes at its dearest, while so many connections have a name."""

    def posting(posts: float, size: int, **more: float) -> Use:
        posts = min(posts, POSTING_S / POSTED_S)
        waited = (WAITED_S + posts * POSTED_S) * 0.5
        more["messages"] = more.get("messages", 2) + posts
        return Use(calls=1, gb_seconds=waited, **{**more, "out": more.get("out", 0) + posts * size})

    notice, of_room, of_list = 4 * NAME_LIMIT * CHARACTER, ceil(ROOM / WRITTEN), ceil(LIST / WRITTEN)
    reply = {"messages": 1 + REPLY / (32 * KB), "out": REPLY}
    read_room, read_list = ceil(ROOM / READ_AT_ONCE), ceil(LIST / READ_AT_ONCE)
    seat, sought = 2 * (1 + of_list), 1 + read_list  # cut off as the only one in a room, or back there
    connected = {"messages": 1, "minutes": LIVES, "calls": 2, "gb_seconds": 2 * WAITED_S * 0.25}
    return {
        # with its $disconnect, which keeps its name and its place
        "Connect": Use(**connected, reads=3 + sought, writes=1 + 2 * 3 + seat),
        "RegisterUser": Use(
            calls=1, gb_seconds=WAITED_S * 0.25, reads=4 + sought + read_list, writes=2 * 5 + seat, **reply
        ),
        # told to all who have a name, as is the death of the room that it leaves
        "CreateRoom": posting(
            2 * names,
            notice,
            reads=4 + read_list + 2 * names * RECORD / READ_AT_ONCE,
            writes=2 * (of_list + 5),
        ),
        # out of one full room, into another
        "JoinRoom": posting(
            2 * MEMBER_LIMIT,
            notice,
            reads=2 + 3 * read_room + LOG_LENGTH * ceil(TEXT / READ_AT_ONCE),
            writes=2 * (2 * of_room + 1),
            **reply,
        ),
        # stored, and deleted or overwritten later
        "SendMessage": posting(
            MEMBER_LIMIT, TEXT + notice, reads=1 + read_room, writes=1 + 2 * ceil(TEXT / WRITTEN)
        ),
        # what it tells, JoinRoom and CreateRoom have paid for: nobody leaves more often than they enter
        "LeaveRoom": posting(0, 0, reads=2 + read_room, writes=2 * (of_room + 1)),
    }


def throttled(throttle: Throttle) -> Use:
    """Return what a second takes at worst with a throttle."""

    def rate(spec: Spec) -> float:
        return throttle.rate * spec.share

    registers = next(rate(spec) for spec in FUNCTIONS if spec.name == "RegisterUser")
    dearest = requests(names=registers * LIFETIME + throttle.burst)
    of_functions = [(rate(spec), dearest[spec.name]) for spec in FUNCTIONS if spec.name in dearest]
    return total([*of_functions, (throttle.rate * len(MOCKS), Use(messages=2))])


def rows() -> Iterator[tuple[str, ...]]:
    """Yield a row for no throttle, the default one, and one for a big class: dollars a day, rounded."""
    for what, use in (
        ("none: AWS's quotas alone", QUOTAS),
        (f"{DEFAULT}, the default", throttled(DEFAULT)),
        ("20/1000", throttled(Throttle(20, 1000))),
    ):
        costs = use.dollars_a_day()
        yield what, *(f"{cost:,.0f}" for cost in (*costs.values(), sum(costs.values())))


HEADS = ("throttle", *Use().dollars_a_day(), "$ a day")
