"""Whether a lab works: what is waited for, what is said at once, and what remains."""

import asyncio
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.threaded import ThreadedServer
from tests.support.until import until
from wschat.chat.machine.advice import FUNCTIONS
from wschat.chat.network.lab_check import Timeouts, check, check_until_served
from wschat.errors import AnswerError, ConnectError, WschatError
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

    def __init__(self, script: Sequence[Late]) -> None:
        super().__init__()
        self.url = self.server.url
        self.server.statuses = [late for late in script if isinstance(late, int)]
        self.server.tamper = self._instead
        answers = [late for late in script if not isinstance(late, int)]
        self._script = [late if isinstance(late, tuple) else ("register", late) for late in answers]
        self._tasks: list[asyncio.Task[None]] = []

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
    lab = LateLab(script)
    try:
        yield lab
    finally:
        lab.stop()


class Outcome:
    """What checking a lab on virtual time ends with, after which pauses, and what was told before each."""

    def __init__(self, url: str) -> None:
        self.error: WschatError | None = None
        self.pauses: list[float] = []
        self.told: list[tuple[str, float]] = []
        try:
            check_until_served(
                url,
                None,
                on_wait=lambda *told: self.told.append(told),
                sleep=self.pauses.append,
                clock=lambda: sum(self.pauses),
            )
        except WschatError as error:
            self.error = error


def failure(lab: LateLab, **timeouts: float) -> WschatError:
    """Return the error of one check."""
    with pytest.raises(WschatError) as caught:
        asyncio.run(check(lab.url, timeouts=Timeouts(**timeouts)))
    return caught.value


def test_what_works() -> None:
    """A lab that works is asked once: a name that nobody has is registered, and a room made and left."""
    with late_lab() as lab:
        for _ in range(2):
            outcome = Outcome(lab.url)
            assert (outcome.error, outcome.told) == (None, [])
        lab.until(ALL * 2)
    names = {request["value"] for request in lab.server.requests}
    assert all(name.startswith("wschat-check-") and len(name) <= 32 for name in names)
    assert len(names) == 2


def test_a_lab_that_is_full() -> None:
    """Where no room can be made, what needs one is not tried, and that is no failure."""
    with late_lab(("create", FULL)) as lab:
        assert asyncio.run(check(lab.url)) == ("create", "join", "message", "leave")
        lab.until(["register", "create", "register"])


def test_who_has_gone() -> None:
    """A name is free again a moment after its connection has closed: that is Disconnect's part."""
    with late_lab("", TAKEN) as lab:
        assert asyncio.run(check(lab.url)) == ()
        lab.until([*ALL, "register"])
    assert len({request["value"] for request in lab.server.requests}) == 1


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
        (("leave", GOODBYE), "the connection is lost"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_passes(late: Late, says: str) -> None:
    """What AWS says while it has not caught up is waited for, and said, at growing intervals."""
    with late_lab(*[late] * 6) as lab:
        outcome = Outcome(lab.url)
    assert (outcome.error, len(outcome.told)) == (None, 6)
    assert all(says in reason for reason, _ in outcome.told)
    assert [seconds for _, seconds in outcome.told] == [sum(outcome.pauses[:n]) for n in range(6)]
    assert 0.5 <= outcome.pauses[0] <= 1
    assert 2.5 <= outcome.pauses[5] <= 5


@pytest.mark.parametrize("is_known", [True, False])
def test_what_remains(*, is_known: bool) -> None:
    """What does not pass is named after two minutes, with what to do; so is a host that is not known yet."""
    with late_lab(*[GOODBYE] * 99) as lab:
        outcome = Outcome(lab.url if is_known else "ws://nowhere.invalid/x")
    assert outcome.error
    assert ("(1001)" if is_known else "no host nowhere.invalid") in outcome.error.what
    assert "; still so after 12" in outcome.error.what
    assert re.match("AWS may need longer: try `wschat chat` in a few minutes; else .", outcome.error.hint)
    assert 120 <= sum(outcome.pauses) <= 125
    assert len(outcome.told) == len(outcome.pauses)


@pytest.mark.parametrize(
    ("late", "kind", "says"),
    [
        (404, ConnectError, "HTTP 404"),
        (TIMED_OUT, AnswerError, "Endpoint request timed out"),
        (FULL, AnswerError, "full␛[31m (full)"),
        (("join", FULL), AnswerError, "full␛[31m (full)"),
        ("\x1b[31mrubbish", AnswerError, "something else: ␛[31mrubbish"),
    ],
    ids=["404", "timeout", "full", "full later", "rubbish"],
)
def test_what_does_not_pass(late: Late, kind: type[WschatError], says: str) -> None:
    """What waiting does not help is raised at once."""
    with late_lab(late) as lab:
        outcome = Outcome(lab.url)
    assert type(outcome.error) is kind
    assert says in outcome.error.what
    assert outcome.told == []


@pytest.mark.parametrize("step", STEPS)
def test_the_step_that_fails(step: str) -> None:
    """What fails is named by its step; then the room is left."""
    with late_lab((step, FAILED)) as lab:
        error = failure(lab)
        assert (error.where, f"/aws/lambda/{FUNCTIONS[step]} " in error.hint) == (step, True)
        lab.until([*STEPS[: STEPS.index(step) + 1], "leave"])
    with late_lab((step, GOODBYE)) as lab:
        assert failure(lab).where == f"{step}, at {lab.url}"


@pytest.mark.parametrize(
    ("step", "instead", "reply", "says"),
    [
        ("register", '{"type": "signup", "name": "x", "id": "another"}', 0.05, "no answer within"),
        ("create", UNPOSTED, 30, "nothing was posted"),
        ("message", UNPOSTED, 30, "nothing was posted"),
        ("leave", UNPOSTED, 30, "nothing was posted"),
        ("create", REPEATED, 30, "nothing was posted"),
    ],
)
def test_what_does_not_come(step: str, instead: str, reply: float, says: str) -> None:
    """A lab that answers only somebody else, or replies, often even, and posts nothing, may just be late."""
    with late_lab((step, instead)) as lab:
        error = failure(lab, reply=reply, post=0.1)
    assert isinstance(error, AnswerError)
    assert says in error.what
    assert (error.where, error.failure) == (step, Failure.NOT_SERVED)
