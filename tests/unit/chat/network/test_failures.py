"""What a refused handshake says: each status, and each text of AWS about a signature."""

import asyncio
import json
import time
from collections.abc import Callable
from http import HTTPStatus

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request as HttpRequest
from websockets.http11 import Response

from wschat.chat.machine.events import Fault
from wschat.chat.network import failures
from wschat.chat.network.connection import open_session
from wschat.errors import AccessError, ConnectError, WschatError

ARN = "arn:aws:execute-api:eu-west-1:********1234:a1/development/$connect"
TOKEN = "The security token included in the request is"
OLD = "Signature expired: 20261123T120000Z is now earlier than 20261123T121200Z"
EARLY = "Signature not yet current: x is still later than y"
DENIED = "User: u is not authorized to perform: execute-api:Invoke"
Refuse = Callable[[ServerConnection, HttpRequest], Response]


def forbid(message: str) -> Refuse:
    """Refuse as API Gateway does."""
    return lambda connection, _request: connection.respond(
        HTTPStatus.FORBIDDEN, json.dumps({"message": message})
    )


def refused_by(refuse: Refuse, clock: Callable[[], float] = time.time) -> WschatError:
    """Return the error of a handshake that is refused."""

    async def connect() -> None:
        async with serve(ServerConnection.wait_closed, "127.0.0.1", 0, process_request=refuse) as server:
            url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/x"
            async with open_session(url, clock=clock):
                pass

    with pytest.raises(WschatError) as caught:
        asyncio.run(connect())
    return caught.value


@pytest.mark.parametrize(
    ("status", "what", "fault", "hint"),
    [
        (200, "there is no WebSocket API", Fault.PERMANENT, "`wschat status`"),
        (401, "who is connecting", Fault.PERMANENT, "wschat provision"),
        (403, "no such stage", Fault.PERMANENT, "compare the URL"),
        (404, "no WebSocket API", Fault.PERMANENT, "compare the URL"),
        (408, "refused the connection", Fault.BUSY, "compare the URL"),
        (418, "refused the connection", Fault.PERMANENT, "compare the URL"),
        (425, "refused the connection", Fault.BUSY, "compare the URL"),
        (429, "throttles", Fault.BUSY, "wait a few seconds"),
        (500, "may not invoke the $connect function", Fault.TRANSIENT, "wschat provision"),
        (502, "$connect function failed", Fault.TRANSIENT, "log group"),
        (503, "not available", Fault.BUSY, "try again"),
        (504, "the server failed", Fault.TRANSIENT, "try again"),
    ],
)
def test_refused_handshakes(status: int, what: str, fault: Fault, hint: str) -> None:
    """Each status has its meaning, and what to do then; the body is shown safely."""

    def refuse(connection: ServerConnection, _request: HttpRequest) -> Response:
        return connection.respond(HTTPStatus(status), '{"message": "no\\u001b[31m"}')

    error = refused_by(refuse)
    assert isinstance(error, ConnectError)
    assert error.status == status
    assert failures.fault(error) is fault
    assert hint in error.hint
    assert error.what.startswith(f"HTTP {status}: ")
    assert what in error.what
    assert "(no␛[31m)" in error.what


def test_refused_handshake_with_any_body() -> None:
    """A body that is no JSON object is shown as it is, its beginning."""
    error = refused_by(
        lambda connection, _request: connection.respond(HTTPStatus.FORBIDDEN, "<p>" + "x" * 999)
    )
    assert "(<p>xxx" in error.what
    assert len(error.what) < 400


@pytest.mark.parametrize(
    ("message", "ahead", "kind", "what", "hint"),
    [
        ("Missing Authentication Token", 0, ConnectError, "only who signs (AWS_IAM)", "`wschat chat --sign`"),
        (f"{TOKEN} invalid.", 0, AccessError, "does not know", "log in"),
        (f"{TOKEN} invalid.", 9999, AccessError, "does not", "log in"),
        (f"{TOKEN} expired", 0, AccessError, "has expired", "log in"),
        (f"{TOKEN} expired", -3 * 3600, AccessError, "clock is 3 hours behind", "set the clock"),
        (f"{OLD} (… - 5 min.)", -1000, AccessError, "clock is 17 minutes behind", "set the clock"),
        (OLD, -200, AccessError, "older than 5 minutes", "--sign"),
        (EARLY, 40 * 86400, AccessError, "clock is 40 days ahead", "set the clock"),
        (EARLY, 0, AccessError, "of the future", "clock"),
        ("Credential should be scoped to a valid region.", 0, AccessError, "another region", "--region"),
        (f"{DENIED} on resource: {ARN} by a deny", 9999, ConnectError, f"not connect ({DENIED}", f"on {ARN}"),
        (f"not here: {DENIED}", 0, ConnectError, "may not connect", "$connect"),
        ("Forbidden", 9999, ConnectError, "no such stage", "compare the URL"),
    ],
)
def test_refused_signatures(
    message: str, ahead: float, kind: type[WschatError], what: str, hint: str
) -> None:
    """What AWS says about who is asking becomes what to do; a wrong clock is named where it matters."""
    error = refused_by(forbid(message), clock=lambda: time.time() + ahead)
    assert type(error) is kind
    assert what in error.what
    assert hint in error.hint


def test_refused_signatures_are_not_shown() -> None:
    """API Gateway shows all that was signed when a signature is wrong; we do not, nor what others echo."""
    canonical = "'GET\n/development\nX-Amz-Credential=KEY&X-Amz-Security-Token=TOKEN\nhost:x"
    error = refused_by(
        forbid(
            "The request signature we calculated does not match the signature you provided.\n\n"
            f"The Canonical String for this request should have been\n{canonical}"
        )
    )
    assert "the secret key is wrong" in error.what
    assert "you provided." in error.what
    assert "Canonical" not in error.what
    error = refused_by(
        forbid(
            "<a href='/x?X-Amz-Security-Token=TOKEN&a=1'> Credential=KEY/1, Signature=SIGNED, x-amz-y:TOKEN"
        )
    )
    assert "a=1" in error.what
    for secret in ("KEY", "TOKEN", "SIGNED"):
        assert secret not in error.what
