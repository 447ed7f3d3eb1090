"""What somebody sees: told in words, each once, and each by what shows it."""

import asyncio

import pytest

from tests.support.late_lab import FAILED, FORBIDDEN, TIMED_OUT
from wschat.chat.machine.advice import GATEWAY
from wschat.chat.network.connection import open_session
from wschat.chat.network.failures import redirected, refused
from wschat.errors import ConnectError
from wschat.protocol.reader import GatewayError, decode_event
from wschat.protocol.symptoms import DOCTOR, PASSING, Symptom, with_doctor

DATE = "Sun, 29 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("status", "message", "symptom"),
    [
        (403, "Forbidden", Symptom.REFUSED),
        (403, "Missing Authentication Token", Symptom.UNSIGNED),
        (403, "Signature expired: now", Symptom.CLOCK),
        (403, "The security token included in the request is invalid", Symptom.SIGNATURE),
        (
            403,
            "User: x is not authorized to perform: execute-api:Invoke on resource: arn",
            Symptom.NOT_ALLOWED,
        ),
        (401, "Unauthorized", Symptom.UNAUTHORIZED),
        (404, "", Symptom.NO_WEBSOCKET),
        (418, "I am a teapot", Symptom.TURNED_AWAY),
        (429, "Too Many Requests", Symptom.THROTTLED),
        (500, "Internal server error", Symptom.CANNOT_CALL),
        (502, "Internal server error", Symptom.CONNECT_FAILED),
        (504, "", Symptom.UNAVAILABLE),
    ],
)
def test_handshakes(status: int, message: str, symptom: Symptom) -> None:
    """Each refusal of a handshake is one symptom."""
    body = f'{{"message": "{message}"}}'.encode()
    error = refused("wss://x", status, body, DATE, 0.0)
    assert error.symptom is symptom
    assert error.hint.endswith(DOCTOR) is (symptom not in PASSING)
    assert redirected("wss://x", "wss://y", 307).symptom is Symptom.REDIRECTED


@pytest.mark.parametrize(
    ("frame", "symptom"),
    [(FORBIDDEN, Symptom.FORBIDDEN), (FAILED, Symptom.FAILED), (TIMED_OUT, Symptom.TIMED_OUT)],
)
def test_frames(frame: str, symptom: Symptom) -> None:
    """So is each frame that API Gateway makes itself."""
    event = decode_event(frame)
    assert isinstance(event, GatewayError)
    advice = GATEWAY[event.message].about("join")
    assert advice.symptom is symptom
    assert advice.hint.endswith(DOCTOR)


@pytest.mark.usefixtures("_offline")
@pytest.mark.parametrize(
    ("url", "symptom"),
    [("ws://127.0.0.1:1/x", Symptom.NOTHING_LISTENS), ("wss://nowhere.example/x", Symptom.NO_HOST)],
)
def test_no_connection(url: str, symptom: Symptom) -> None:
    """And what keeps a connection from being opened."""

    async def connect() -> None:
        async with open_session(url):
            raise AssertionError

    with pytest.raises(ConnectError) as caught:
        asyncio.run(connect())
    assert caught.value.symptom is symptom
    assert caught.value.hint.endswith(DOCTOR)


def test_what_finds_the_cause() -> None:
    """Advice on a symptom ends with the command that finds its cause; what passes by itself has none."""
    assert with_doctor("look", Symptom.SILENT) == f"look; {DOCTOR}"
    assert with_doctor("", Symptom.SILENT) == DOCTOR
    assert with_doctor("try again", Symptom.LOST) == with_doctor("try again", None) == "try again"
