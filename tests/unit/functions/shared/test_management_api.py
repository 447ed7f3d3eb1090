"""The management API: what comes of a post."""

import socket
import time

import pytest

from tests.support.functions.answering import PATIENT, answered, answering, give_role, reply
from tests.support.functions.post_sink import PostSink
from wschat.functions.shared import management_api
from wschat.functions.shared.management_api import ManagementApi, _Posting

PONG = b'{"type":"pong"}'


@pytest.fixture(autouse=True)
def _role(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the function a role, as Lambda does; and each post the time that it takes on a busy machine."""
    give_role(monkeypatch)
    monkeypatch.setattr(ManagementApi, "READ_TIMEOUT", PATIENT)


def post(*answers: bytes | None, until: float = PATIENT) -> tuple[str, list[bytes]]:
    """Post to a connection of the stage `dev`; return what came of it, and what was asked."""
    with answering(*([each] for each in answers)) as (url, asked):
        api = ManagementApi(f"{url}/dev")
        (outcome,) = api.post(["L0SM="], PONG, time.monotonic() + until).values()
        api.close()
    return outcome, asked


def test_a_post() -> None:
    """It goes to the connection's path, signed for the service by the name that it has in policies."""
    outcome, (asked,) = post(reply())
    assert outcome == "posted"
    assert asked.startswith(b"POST /dev/@connections/L0SM%3D HTTP/1.1\r\n")
    assert b"/us-east-1/execute-api/aws4_request" in asked
    assert asked.endswith(b'\r\n\r\n{"type":"pong"}')


@pytest.mark.parametrize(
    ("status", "said", "outcome"),
    [
        (410, b"", "gone"),
        (429, b"", "slow"),
        (400, b'{"message":"Invalid connectionId: L0SM="}', "invalid"),
        (400, b'{"message":"Another reason"}', "status 400: Another reason"),
        (413, b"", "status 413: "),
        (403, b'{"Message":"User: arn is not authorized"}', "status 403: User: arn is not authorized"),
        (403, b"<html>", "status 403: "),
    ],
)
def test_outcomes(status: int, said: bytes, outcome: str) -> None:
    """What AWS says of a refusal is told."""
    assert post(reply(status, said))[0] == outcome


def test_no_answer() -> None:
    """What the network says is told, in a word that can be counted, and a sentence."""
    assert post(None)[0].startswith("RemoteDisconnected: ")
    assert post(b"what?\r\n\r\n")[0].startswith("BadStatusLine: ")
    (outcome,) = ManagementApi("http://127.0.0.1:1").post(["L0SM="], b"", time.monotonic() + PATIENT).values()
    assert outcome.startswith("ConnectionRefusedError: ")


def test_too_late() -> None:
    """What has no time left is not sent."""
    assert post(until=-1) == ("late", [])


def refuse() -> None:
    """Stand for the pool where no worker is needed."""
    raise AssertionError("a worker was asked for")


def test_over_connections_that_are_kept_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    """One thread posts to all, however many they are, and whatever comes of each."""
    sink, people = PostSink(), [f"L0SM{number:02}=" for number in range(20)]
    monkeypatch.setattr(management_api, "WORKERS", 3)
    sink.gone, sink.throttled, sink.never_issued = {people[0]}, {people[7]}, {people[19]}
    outcomes = dict.fromkeys(people, "posted")
    outcomes |= {people[0]: "gone", people[7]: "slow", people[19]: "invalid"}
    with sink.listening() as url:
        api = ManagementApi(url)
        for _ in range(3):  # each time one connection more is needed, at least
            assert api.post(people, PONG, time.monotonic() + PATIENT) == outcomes
        assert len(api._idle) == 3
        monkeypatch.setattr(management_api, "pool", refuse)
        assert api.post(people, PONG, time.monotonic() + PATIENT) == outcomes
        assert len(api._idle) == 3
        assert set(api.post(people, PONG, time.monotonic() - 1).values()) == {"late"}
        api.close()
    assert len(sink.order) == 4 * 17


@pytest.mark.parametrize(
    "connections",
    [[[reply(), None], [reply(), reply()]], [[reply(), reply(more=b"Connection: close\r\n")], [reply()]]],
    ids=["lost", "closed"],
)
def test_a_connection_that_ends(connections: list[list[bytes]], monkeypatch: pytest.MonkeyPatch) -> None:
    """In an answer's place, or with it: who was posted to without one, and who comes next, has a new one."""
    monkeypatch.setattr(management_api, "WORKERS", 1)
    with answered(ManagementApi, *connections) as (api, asked):
        for people in (["one"], ["two", "three"]):
            outcomes = api.post(people, PONG, time.monotonic() + PATIENT)
            assert outcomes == dict.fromkeys(people, "posted")
    assert len(asked) == sum(map(len, connections))


def test_half_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is waited for as long as one that does not come; its connection is no good for another."""
    with answered(ManagementApi, [reply(), reply()[:9], None]) as (api, _):
        assert api.post(["one"], PONG, time.monotonic() + PATIENT) == {"one": "posted"}
        monkeypatch.setattr(ManagementApi, "READ_TIMEOUT", 0.1)
        assert api.post(["one"], PONG, time.monotonic() + PATIENT) == {"one": "timeout"}
        assert api._idle == []


class Full(socket.socket):
    """A socket whose other side does not read."""

    def sendall(self, _data: bytes) -> None:  # type: ignore[override]
        raise TimeoutError("timed out")


def test_what_can_not_be_sent() -> None:
    """It is tried once; who is next has another connection."""
    with answered(ManagementApi, [reply(), None], [reply()]) as (api, asked):
        assert api.post(["one"], PONG, time.monotonic() + PATIENT) == {"one": "posted"}
        ((_, connection),) = api._idle
        connection.sock = Full(fileno=connection.sock.detach())
        outcomes = api.post(["one", "two"], PONG, time.monotonic() + PATIENT)
    assert outcomes == {"one": "timeout", "two": "posted"}
    assert len(asked) == 2


def test_a_connection_that_ends_too_late_to_ask_again() -> None:
    """What is known of the post is told: it may have arrived."""
    with answered(ManagementApi, [reply(), None]) as (api, _):
        api.post(["one"], PONG, time.monotonic() + PATIENT)
        posting = _Posting(api, ["one"], PONG, time.monotonic() + PATIENT)
        posting._post_next()
        posting._until = 0
        posting.run()
    assert posting.outcomes["one"].startswith("RemoteDisconnected: ")
