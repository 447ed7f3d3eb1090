"""What a refused handshake, or a closed connection, means: each status, text of AWS, and close code."""

import json
from email.utils import formatdate

import pytest

from wschat.chat.machine.advice import Fault
from wschat.chat.network.failures import fault, lost, refused
from wschat.errors import AccessError, ConnectError, WschatError

NOW = 1_800_000_000
ARN = "arn:aws:execute-api:eu-west-1:********1234:a1/development/$connect"
TOKEN = "The security token included in the request is"
OLD = "Signature expired: 20261123T120000Z is now earlier than 20261123T121200Z"
EARLY = "Signature not yet current: x is still later than y"
DENIED = "User: u is not authorized to perform: execute-api:Invoke"


def forbidden(message: str, ahead: float = 0) -> WschatError:
    """Return the error of a handshake that API Gateway refuses; our clock is so many seconds ahead of its."""
    return refused("ws://x", 403, json.dumps({"message": message}).encode(), formatdate(NOW), NOW + ahead)


@pytest.mark.parametrize(
    ("status", "what", "meant", "hint"),
    [
        (200, "there is no WebSocket API", Fault.PERMANENT, "`wschat status`"),
        (401, "who is connecting", Fault.PERMANENT, "wschat provision"),
        (403, "no such stage", Fault.PERMANENT, "compare the URL"),
        (404, "no WebSocket API", Fault.PERMANENT, "compare the URL"),
        (408, "refused the connection", Fault.BUSY, "compare the URL"),
        (418, "refused the connection", Fault.PERMANENT, "compare the URL"),
        (425, "refused the connection", Fault.BUSY, "compare the URL"),
        (429, "throttles", Fault.BUSY, "wait a few seconds"),
        (500, "could not call the $connect function", Fault.TRANSIENT, "wschat provision"),
        (502, "$connect function failed", Fault.TRANSIENT, "`wschat logs`"),
        (503, "not available", Fault.BUSY, "try again"),
        (504, "the server failed", Fault.TRANSIENT, "try again"),
    ],
)
def test_refused_handshakes(status: int, what: str, meant: Fault, hint: str) -> None:
    """Each status has its meaning, and what to do then; the body is shown safely."""
    error = refused("ws://x", status, b'{"message": "no\\u001b[31m"}', "", NOW)
    assert isinstance(error, ConnectError)
    assert (error.status, error.where, fault(error)) == (status, "ws://x", meant)
    assert hint in error.hint
    assert error.what.startswith(f"HTTP {status}: ")
    assert what in error.what
    assert "(no␛[31m)" in error.what
    assert error.body == r'{"message": "no\u001b[31m"}'


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"reason" : "no"}', '({"reason" : "no"})'),
        (b'{"message": {"why": "no"}}', '({"message": {"why": "no"}})'),
        (b'["no"]', '(["no"])'),
        (b'"no"', '("no")'),
        (b"[" * 5000, f"({'[' * 300})"),
        (b"\xff", "(\ufffd)"),
        (b"", "`wschat logs` shows what Connect raised"),
    ],
)
def test_refusals_of_a_function(body: bytes, told: str) -> None:
    """A `$connect` may refuse with any body, which is shown as it is."""
    error = refused("ws://x", 502, body, "", NOW)
    assert told in f"{error.what}; {error.hint}"


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
    error = forbidden(message, ahead)
    assert type(error) is kind
    assert what in error.what
    assert hint in error.hint


def test_refused_signatures_are_not_shown() -> None:
    """API Gateway shows all that was signed when a signature is wrong; we do not, nor what others echo."""
    canonical = "'GET\n/development\nX-Amz-Credential=KEY&X-Amz-Security-Token=TOKEN\nhost:x"
    error = forbidden(
        "The request signature we calculated does not match the signature you provided.\n\n"
        f"The Canonical String for this request should have been\n{canonical}"
    )
    assert "the secret key is wrong" in error.what
    assert "you provided." in error.what
    assert "Canonical" not in error.what
    error = forbidden(
        "<a href='/x?X-Amz-Security-Token=TOKEN&a=1'> Credential=KEY/1, Signature=SIGNED, x-amz-y:TOKEN"
    )
    assert "a=1" in error.what
    assert isinstance(error, ConnectError)
    for secret in ("KEY", "TOKEN", "SIGNED"):
        assert secret not in error.what + error.body


@pytest.mark.parametrize(
    ("code", "what", "meant", "hint"),
    [
        (1000, "on purpose (1000 by\\u{9b}e)", Fault.PERMANENT, "start the chat again"),
        (1001, "10 idle minutes", Fault.TRANSIENT, "try again"),
        (1002, "does not understand", Fault.PERMANENT, "start the chat again"),
        (1003, "kind of data", Fault.PERMANENT, "start the chat again"),
        (1007, "can't read", Fault.PERMANENT, "start the chat again"),
        (1008, "too many requests", Fault.THROTTLED, "wait a minute"),
        (1009, "ours was bigger", Fault.PERMANENT, "send less at once"),
        (1010, "as this client does", Fault.PERMANENT, "start the chat again"),
        (1011, "the server failed", Fault.TRANSIENT, "try again"),
        (1012, "restarts", Fault.TRANSIENT, "try again"),
        (4000, "closed the connection (4000", Fault.TRANSIENT, "try again"),
        (1006, "went away (1006", Fault.TRANSIENT, "check the network"),
    ],
)
def test_lost_connections(code: int, what: str, meant: Fault, hint: str) -> None:
    """Each close code has its meaning, and what to do then; the reason is shown safely."""
    error = lost("ws://x", code, "by\x9be")
    assert (error.code, error.where, fault(error)) == (code, "ws://x", meant)
    assert what in error.what
    assert hint in error.hint
