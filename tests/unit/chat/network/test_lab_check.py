"""Whether a lab works: what is waited for, what is said at once, and what remains."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.threaded import ThreadedServer
from tests.support.until import until
from wschat.chat.network.connection import Sign
from wschat.chat.network.lab_check import check, check_until_served
from wschat.errors import AccessError, AnswerError, ConnectError, LostError, WschatError
from wschat.retry import Failure

GATEWAY = '{"message": "%s", "connectionId": "c=", "requestId": "r="}'
FAILED, FORBIDDEN = GATEWAY % "Internal server error", GATEWAY % "Forbidden"
TIMED_OUT = GATEWAY % "Endpoint request timed out"
BUSY = '{"type": "error", "code": "busy", "message": "later"}'
FULL = '{"type": "error", "code": "full", "message": "full\\u001b[31m"}'
UNKNOWN = '{"type": "error", "code": "unknown-action", "message": "no such action"}'
DENIED = "An error occurred (AccessDeniedException) when calling the GetItem operation: no"
GOODBYE, UNPOSTED, REPEATED = "goodbye", "unposted", "repeated"
TAKEN = '{"type": "error", "code": "name-taken", "message": "somebody else has that name"}'
STEPS = ["register", "create", "join", "message", "leave"]
ALL = [*STEPS, "register"]
Late = int | str | tuple[str, str]


class LateLab(ThreadedServer):
    """A lab that works only after some tries, each of which fails by what comes next in its script.

    A status refuses its handshake; a text answers its first request, or the one that is named before it.
    GOODBYE ends the connection instead, UNPOSTED replies and posts nothing; REPEATED does so again and again.
    """

    def __init__(self, script: list[Late]) -> None:
        super().__init__()
        self.server.statuses = [late for late in script if isinstance(late, int)]
        self.server.tamper = self._instead
        self._script = [
            late if isinstance(late, tuple) else ("register", late)
            for late in script
            if not isinstance(late, int)
        ]
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def url(self) -> str:
        return self.server.url

    def _instead(self, request: dict[str, Any]) -> str | None:
        if not self._script or request["action"] != self._script[0][0]:
            return None
        _, instead = self._script.pop(0)
        kind = "multi-message" if request["action"] == "create" else "ack"
        reply = {"type": kind, "room": request.get("value"), "id": request["id"]}
        if instead == GOODBYE:
            self._tasks.append(asyncio.ensure_future(self.server.cut(1001)))
        elif instead == REPEATED:
            self._tasks.append(asyncio.ensure_future(self._repeat(reply)))
        else:
            return json.dumps(reply) if instead == UNPOSTED else instead or None
        return ""

    async def _repeat(self, reply: dict[str, Any]) -> None:
        while self.server.people:
            await self.server.tell(reply)
            await asyncio.sleep(0.01)

    def until(self, actions: list[str]) -> None:
        """Wait until just this has been asked: who hangs up does not wait for the last answer."""
        requests = self.server.requests
        until(lambda: [request["action"] for request in requests] == actions, lambda: requests)


@contextmanager
def late_lab(*script: Late) -> Iterator[LateLab]:
    """Serve on a free port of the loopback interface."""
    lab = LateLab([*script])
    try:
        yield lab
    finally:
        lab.stop()


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []
        self.told: list[tuple[str, float]] = []

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.pauses.append(seconds)

    def clock(self) -> float:
        return self.now

    def note(self, reason: str, seconds: float) -> None:
        self.told.append((reason, seconds))


def outcome(url: str, sign: Sign | None = None) -> tuple[WschatError | None, Time]:
    """Check a lab on virtual time; return what that ends with, and the time."""
    time = Time()
    try:
        check_until_served(url, sign, sleep=time.sleep, clock=time.clock, on_wait=time.note)
    except WschatError as error:
        return error, time
    return None, time


def works_after(url: str) -> Time:
    """Return the time in which a lab comes to work."""
    error, time = outcome(url)
    assert error is None
    return time


def test_what_works() -> None:
    """A lab that works is asked once: a name that nobody has is registered, and a room made and left."""
    with late_lab() as lab:
        assert works_after(lab.url).told == []
        assert works_after(lab.url).told == []
        lab.until(ALL * 2)
    names = {request["value"] for request in lab.server.requests}
    assert all(name.startswith("wschat-check-") and len(name) <= 32 for name in names)
    assert len(names) == 2


def test_a_lab_that_is_full() -> None:
    """Where no room can be made, what needs one is not tried, and that is no failure."""
    with late_lab(("create", FULL)) as lab:
        assert check_until_served(lab.url, None, on_wait=Time().note) == (
            "create",
            "join",
            "message",
            "leave",
        )
        lab.until(["register", "create", "register"])


def test_who_has_gone() -> None:
    """A name is free again a moment after its connection has closed: that is Disconnect's part."""
    with late_lab("", TAKEN) as lab:
        assert works_after(lab.url).told == []
        lab.until([*ALL, "register"])
    assert len({request["value"] for request in lab.server.requests}) == 1
    with late_lab("", TAKEN) as lab, pytest.raises(AnswerError, match="still taken") as caught:
        asyncio.run(check(lab.url, post_timeout=0.05))
    assert (caught.value.where, caught.value.failure) == ("disconnect", Failure.NOT_SERVED)
    assert "/aws/lambda/Disconnect" in caught.value.hint


@pytest.mark.parametrize(
    ("late", "says"),
    [
        (403, "HTTP 403: no such stage"),
        (429, "HTTP 429: API Gateway throttles"),
        (500, "HTTP 500: API Gateway may not invoke the $connect function"),
        (502, "HTTP 502: the $connect function failed"),
        (503, "HTTP 503"),
        (FAILED, "Internal server error: the function failed"),
        (FORBIDDEN, "Forbidden: API Gateway has no route"),
        (DENIED, "AccessDeniedException"),
        (BUSY, "later (busy)"),
        (UNKNOWN, "no such action (unknown-action)"),
        (GOODBYE, "the connection is lost"),
        (("create", FAILED), "Internal server error: the function failed"),
        (("leave", GOODBYE), "the connection is lost"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_passes(late: Late, says: str) -> None:
    """What AWS says while it has not caught up is waited for, and said, at growing intervals."""
    with late_lab(*[late] * 6) as lab:
        time = works_after(lab.url)
    assert len(time.told) == 6
    assert all(reason.startswith(says) or says in reason for reason, _ in time.told)
    assert [seconds for _, seconds in time.told] == [sum(time.pauses[:n]) for n in range(6)]
    assert 0.5 <= time.pauses[0] <= 1
    assert 2.5 <= time.pauses[5] <= 5


@pytest.mark.parametrize(
    ("late", "kind", "says", "hint"),
    [
        (403, ConnectError, "HTTP 403: no such stage", "compare the URL"),
        (DENIED, AnswerError, "AccessDeniedException", "/aws/lambda/RegisterUser"),
        (("message", FAILED), AnswerError, "the function failed", "/aws/lambda/SendMessage"),
        (GOODBYE, LostError, "1001", "try again"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_outcome(late: Late, kind: type[WschatError], says: str, hint: str) -> None:
    """What does not pass is named after two minutes, with where to look."""
    with late_lab(*[late] * 99) as lab:
        error, time = outcome(lab.url)
    assert type(error) is kind
    assert says in error.what
    assert "still so after 12" in error.what
    assert hint in error.hint
    assert "try `wschat chat` in a few minutes" in error.hint
    assert 120 <= time.now <= 125
    assert len(time.told) == len(time.pauses)


def test_unknown_host() -> None:
    """A name that is not known yet is waited for."""
    error, time = outcome("ws://nowhere.invalid/development")
    assert isinstance(error, ConnectError)
    assert "there is no host nowhere.invalid; still so after" in error.what
    assert len(time.told) >= 2


@pytest.mark.parametrize(
    ("script", "kind", "says"),
    [
        ([404], ConnectError, "HTTP 404"),
        ([TIMED_OUT], AnswerError, "Endpoint request timed out"),
        ([FULL], AnswerError, "full␛[31m (full)"),
        ([("join", FULL)], AnswerError, "full␛[31m (full)"),
        (["\x1b[31mrubbish"], AnswerError, "something else: ␛[31mrubbish"),
    ],
    ids=["404", "timeout", "full", "full later", "rubbish"],
)
def test_what_does_not_pass(script: list[Late], kind: type[WschatError], says: str) -> None:
    """What waiting does not help is raised at once."""
    with late_lab(*script) as lab:
        error, time = outcome(lab.url)
    assert type(error) is kind
    assert says in error.what
    assert time.told == []


def test_nobody_answers() -> None:
    """A lab that answers only somebody else is not waited for for ever; but it may just be late."""
    with (
        late_lab('{"type": "signup", "name": "x", "id": "another"}') as lab,
        pytest.raises(AnswerError, match="no answer within") as caught,
    ):
        asyncio.run(check(lab.url, reply_timeout=0.05))
    assert caught.value.where == "register"
    assert caught.value.failure is Failure.NOT_SERVED


@pytest.mark.parametrize("step", STEPS)
def test_the_step_that_fails(step: str) -> None:
    """What fails is named by its step; then the room is left."""
    with late_lab((step, FAILED)) as lab:
        with pytest.raises(AnswerError) as caught:
            asyncio.run(check(lab.url))
        lab.until([*STEPS[: STEPS.index(step) + 1], "leave"])
    assert caught.value.where == step
    with late_lab((step, GOODBYE)) as lab, pytest.raises(LostError) as lost:
        asyncio.run(check(lab.url))
    assert lost.value.where == f"{step}, at {lab.url}"


@pytest.mark.parametrize(
    ("step", "instead"),
    [("create", UNPOSTED), ("message", UNPOSTED), ("leave", UNPOSTED), ("create", REPEATED)],
)
def test_what_is_not_posted(step: str, instead: str) -> None:
    """A function that replies, however often, and may not post yet, has not done what it should."""
    with late_lab((step, instead)) as lab, pytest.raises(AnswerError, match="nothing was posted") as caught:
        asyncio.run(check(lab.url, post_timeout=0.1))
    assert caught.value.where == step
    assert caught.value.failure is Failure.NOT_SERVED


def test_who_can_not_sign() -> None:
    """An expired login does not pass by itself, whoever notices it."""

    def sign() -> Any:  # noqa: ANN401
        raise AccessError("the AWS login has expired")

    with late_lab() as lab:
        error, time = outcome(lab.url, sign)
    assert isinstance(error, AccessError)
    assert time.told == []
