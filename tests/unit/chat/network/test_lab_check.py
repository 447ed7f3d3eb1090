"""Whether a lab works: what is waited for, what is said at once, and what remains."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request as HttpRequest
from websockets.http11 import Response
from websockets.sync.server import ServerConnection, serve

from tests.support.until import until
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


@dataclass
class LateLab:
    """A lab that works only after some tries.

    A status refuses one; a text is what its first request is answered with, or the request that is named
    before it. GOODBYE ends the connection instead, UNPOSTED answers and posts nothing; REPEATED does so again
    and again.
    """

    script: list[Late]
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, connection: ServerConnection, _request: HttpRequest) -> Response | None:
        """Refuse a handshake if that is what comes next."""
        if self.script and isinstance(status := self.script[0], int):
            del self.script[0]
            return connection.respond(HTTPStatus(status), '{"message": "no"}')
        return None

    def answer(self, connection: ServerConnection) -> None:
        """Answer the requests of a connection."""
        late = self.script.pop(0) if self.script else ""
        action, instead = late if isinstance(late, tuple) else ("register", late)
        for frame in connection:
            request = json.loads(frame)
            self.requests.append(request)
            if request["action"] != action or not instead:
                self.do(connection, request)
            elif instead == GOODBYE:
                connection.close(1001)
            elif instead == UNPOSTED:
                self.do(connection, request, posts=False)
            elif instead == REPEATED:
                with suppress(ConnectionClosed):
                    while True:
                        self.do(connection, request, posts=False)
            else:
                connection.send(str(instead))
                instead = ""

    @staticmethod
    def do(connection: ServerConnection, request: dict[str, Any], *, posts: bool = True) -> None:
        """Do what is asked, as the functions do: post first, then reply."""
        which, value = request.get("id"), request.get("value")
        reply = {"type": "multi-message", "room": value}
        events: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
            "register": ({"type": "single-room", "message": "theirs"}, {"type": "signup", "name": value}),
            "create": ({"type": "single-room", "message": value}, reply),
            "join": ({"type": "single-room", "message": "theirs"}, reply),
            "message": (
                {"type": "client-message", "user": "x", "message": "x", "id": which},
                {"type": "ack"},
            ),
            "leave": ({"type": "delete-room", "room": value}, {"type": "ack"}),
        }
        post, reply = events[request["action"]]
        for event in (post, {**reply, "id": which})[not posts :]:
            connection.send(json.dumps(event))

    def until(self, actions: list[str]) -> None:
        """Wait until just this has been asked: who hangs up does not wait for the last answer."""
        until(lambda: [request["action"] for request in self.requests] == actions, lambda: self.requests)


@contextmanager
def late_lab(*script: Late) -> Iterator[LateLab]:
    """Serve on a free port of the loopback interface."""
    lab = LateLab(list(script))
    with serve(lab.answer, "127.0.0.1", 0, process_request=lab.refuse) as server:
        lab.url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}/development"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield lab
        server.shutdown()
    thread.join()


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


def checked(url: str) -> Time:
    """Verify on virtual time; return it."""
    times = Time()
    check_until_served(url, None, sleep=times.sleep, clock=times.clock, on_wait=times.note)
    return times


def remains(url: str) -> tuple[WschatError, Time]:
    """Return what a verification ends with, and its time."""
    time = Time()
    with pytest.raises(WschatError) as caught:
        check_until_served(url, None, sleep=time.sleep, clock=time.clock, on_wait=time.note)
    return caught.value, time


def test_what_works() -> None:
    """A lab that works is asked once: a name that nobody has is registered, and a room made and left."""
    with late_lab() as lab:
        assert checked(lab.url).told == []
        assert checked(lab.url).told == []
        lab.until(ALL * 2)
    names = {request["value"] for request in lab.requests}
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
        assert checked(lab.url).told == []
        lab.until([*ALL, "register"])
    assert len({request["value"] for request in lab.requests}) == 1
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
        time = checked(lab.url)
    assert len(time.told) == 6
    assert all(reason.startswith(says) or says in reason for reason, _ in time.told)
    assert [seconds for _, seconds in time.told] == [sum(time.pauses[:n]) for n in range(6)]
    assert 0.5 <= time.pauses[0] <= 1
    assert 2.5 <= time.pauses[5] <= 5


def test_several_things_pass() -> None:
    """One after the other may be late."""
    with late_lab(403, 403, 500, 502, FAILED) as lab:
        assert len(checked(lab.url).told) == 5


@pytest.mark.parametrize(
    ("late", "kind", "says", "hint"),
    [
        (403, ConnectError, "HTTP 403: no such stage", "compare the URL"),
        (500, ConnectError, "may not invoke the $connect function", "grants it"),
        (502, ConnectError, "the $connect function failed", "/aws/lambda/Connect"),
        (FAILED, AnswerError, "the function failed", "/aws/lambda/RegisterUser"),
        (FORBIDDEN, AnswerError, "no route", "wschat provision"),
        (DENIED, AnswerError, "AccessDeniedException", "/aws/lambda/RegisterUser"),
        (("message", FAILED), AnswerError, "the function failed", "/aws/lambda/SendMessage"),
        (GOODBYE, LostError, "1001", "try again"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_remains(late: Late, kind: type[WschatError], says: str, hint: str) -> None:
    """What does not pass is named after two minutes, with where to look."""
    with late_lab(*[late] * 99) as lab:
        error, time = remains(lab.url)
    assert type(error) is kind
    assert says in error.what
    assert "still so after 12" in error.what
    assert hint in error.hint
    assert "try `wschat chat` in a few minutes" in error.hint
    assert 120 <= time.now <= 125
    assert len(time.told) == len(time.pauses)


def test_unknown_host() -> None:
    """A name that is not known yet is waited for."""
    error, time = remains("ws://nowhere.invalid/development")
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
        error, time = remains(lab.url)
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
        asyncio.run(check(lab.url, post_timeout=0.05))
    assert caught.value.where == step
    assert caught.value.failure is Failure.NOT_SERVED


def test_who_can_not_sign() -> None:
    """An expired login does not pass by itself, whoever notices it."""

    def sign() -> Any:  # noqa: ANN401
        raise AccessError("the AWS login has expired")

    time = Time()
    with late_lab() as lab, pytest.raises(AccessError):
        check_until_served(lab.url, sign, sleep=time.sleep, clock=time.clock, on_wait=time.note)
    assert time.told == []
