"""What a refused handshake, or a closed connection, means and what to do about it, as tables."""

import json
import re
from contextlib import suppress
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, urljoin, urlsplit

from wschat.chat.machine.advice import Advice, Fault
from wschat.errors import LOG_IN, AccessError, AwsError, ConnectError, LostError, WschatError
from wschat.protocol.symptoms import Symptom
from wschat.retry import Failure
from wschat.text import safe

BODY_SHOWN = 300  # characters of a refusal's body
ECHO = "The Canonical String"  # begins what API Gateway shows of a wrong signature: all that was signed
SECRET = re.compile(r"((?:x-amz-[a-z-]+|credential|signature)[=:])[^&,\s'\"<>]+", re.IGNORECASE)

AGAIN = "try again in a moment"
COMPARE = "compare the URL with the one that `wschat status` shows"
NOTHING_THERE = Advice("there is no WebSocket API at this address", COMPARE, Symptom.NO_WEBSOCKET)

HANDSHAKE: dict[int, Advice] = {
    200: NOTHING_THERE,
    401: Advice(
        "the API wants to know who is connecting",
        "its $connect route has an authorizer; `wschat provision` takes it away",
        Symptom.UNAUTHORIZED,
    ),
    403: Advice(
        "no such stage, nothing deployed on it, or the API does not let you in",
        COMPARE,
        Symptom.REFUSED,
    ),
    404: NOTHING_THERE,
    429: Advice(
        "API Gateway throttles this stage or account",
        "wait a few seconds",
        Symptom.THROTTLED,
    ),
    500: Advice(
        "API Gateway could not call the $connect function",
        "`wschat provision` mends what keeps it from that",
        Symptom.CANNOT_CALL,
    ),
    502: Advice(
        "the $connect function failed",
        "`wschat logs` shows what Connect raised",
        Symptom.CONNECT_FAILED,
    ),
    503: Advice("the service is not available now", AGAIN, Symptom.UNAVAILABLE),
}
FAILED = Advice("the server failed", AGAIN, Symptom.UNAVAILABLE)
TURNED_AWAY = Advice("the server refused the connection", COMPARE, Symptom.TURNED_AWAY)

REDIRECTS = {300, 301, 302, 303, 307, 308}
REDIRECTED = Advice(
    "the server sends handshakes on to {target}; that is not followed, since it may be somebody else's",
    "if the lab has moved there, give that URL; a network that wants you to log in does this, too",
    Symptom.REDIRECTED,
)

LATE_STATUS = {403, 429, 500, 502, 503}
"""What API Gateway says while a stage, a permission or a policy is not known everywhere, or it is busy."""
NO_SIGNATURE = "Missing Authentication Token"
SIGN = Advice(
    "the API lets in only who signs (AWS_IAM), or there is nothing at this address",
    "sign with your AWS credentials: `wschat chat --sign`; or compare the URL with that of `wschat status`",
    Symptom.UNSIGNED,
)
NOT_ALLOWED = "is not authorized to perform: execute-api:Invoke"

LOGIN = f"{LOG_IN}, or give another --profile"

# What AWS says of a signature that it does not take, and what that means.
SIGNATURE: dict[str, Advice] = {
    "Signature expired": Advice(
        "the signature is older than 5 minutes",
        "set this machine's clock; then sign anew, with --sign",
        Symptom.CLOCK,
    ),
    "Signature not yet current": Advice(
        "the signature is of the future", "set this machine's clock", Symptom.CLOCK
    ),
    "security token included in the request is expired": Advice("the AWS login has expired", LOGIN),
    "security token included in the request is invalid": Advice("AWS does not know these credentials", LOGIN),
    "signature we calculated does not match": Advice(
        "the secret key is wrong, or the signature is for another address",
        "check your keys; behind a domain of your own, give the API's --region",
    ),
    "Credential should be scoped to": Advice(
        "the signature is for another region or service", "give the API's --region"
    ),
}
CLOCK_MATTERS = re.compile("Signature expired|Signature not yet current|is expired")
CLOCK_LIMIT = 5 * 60
"""Seconds that a signature's time may be off."""


def refused(where: str, status: int, body: bytes, date: str, now: float) -> ConnectError | AccessError:
    """Return the error that a refused handshake is, by its status, body and Date, in the second `now`."""
    message = whole = body.decode(errors="replace")
    with suppress(ValueError, TypeError, KeyError, RecursionError):
        own = json.loads(message)["message"]
        message = own if isinstance(own, str) else message
    told, shown = _harmless(message), _harmless(whole)
    clock_ahead = 0.0
    with suppress(ValueError, TypeError):
        clock_ahead = now - parsedate_to_datetime(date).timestamp()
    unknown = _signature(message, clock_ahead)
    what, hint, symptom = unknown or _handshake(status, message)
    what = f"HTTP {status}: {what}" + (f" ({told})" if told else "")
    if unknown:
        return AccessError(what, where=where, hint=safe(hint), symptom=symptom or Symptom.SIGNATURE)
    failure = Failure.NOT_SERVED if status in LATE_STATUS else Failure.PERMANENT
    hint = safe(hint)
    return ConnectError(
        what, where=where, hint=hint, symptom=symptom, status=status, body=shown, failure=failure
    )


def redirected(url: str, location: str, status: int) -> ConnectError:
    """Return the error that it is if the handshake at a URL is answered with another location."""
    target = "an invalid URL"
    with suppress(ValueError):
        parts = urlsplit(urljoin(url, location))
        secret = "?…" if parts.query or parts.fragment else ""
        target = without_secrets(parts) + secret
    what = f"HTTP {status}: {REDIRECTED.what.format(target=_harmless(target))}"
    where = without_secrets(urlsplit(url))
    return ConnectError(what, where=where, hint=REDIRECTED.hint, symptom=REDIRECTED.symptom, status=status)


def without_secrets(parts: SplitResult) -> str:
    """Return what may be shown of a URL: neither who connects nor the query, which may be secret."""
    return safe(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}")


def _harmless(text: str) -> str:
    return safe(SECRET.sub(r"\1…", text.partition(ECHO)[0].strip())[:BODY_SHOWN])


def _signature(message: str, clock_ahead: float) -> Advice | None:
    if abs(clock_ahead) > CLOCK_LIMIT and CLOCK_MATTERS.search(message):
        which_way = "ahead" if clock_ahead > 0 else "behind"
        what = f"this machine's clock is {_roughly(abs(clock_ahead))} {which_way}"
        return Advice(what, "set the clock, best by a time server, then try again", Symptom.CLOCK)
    return next((advice for text, advice in SIGNATURE.items() if text in message), None)


def _handshake(status: int, message: str) -> Advice:
    if message.startswith(NO_SIGNATURE):
        return SIGN
    if NOT_ALLOWED in message:
        found = re.search(r"on resource: (\S{1,300})", message)
        arn = found[1] if found else "the $connect route of this API"
        hint = f"ask for execute-api:Invoke on {arn}"
        return Advice("AWS knows you, but you may not connect", hint, Symptom.NOT_ALLOWED)
    return HANDSHAKE.get(status, FAILED if status >= SERVER_FAULT else TURNED_AWAY)


def _roughly(seconds: float) -> str:
    for unit, size in (("days", 86400), ("hours", 3600)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 60:.0f} minutes"


def lost(where: str, code: int, reason: str, *, by_us: bool = False) -> LostError:
    """Return the error that the end of a connection is, by its close code and reason, and who closed it."""
    closed = TOO_BIG_FOR_US if by_us else CLOSED.get(code, Advice("the server closed the connection", AGAIN))
    what, hint, *_ = closed
    reason = f" {safe(reason)}" if reason else ""
    what = f"the connection is lost: {what} ({code}{reason})"
    return LostError(what, where=where, hint=hint, symptom=Symptom.LOST, code=code)


REPORT = "start the chat again, and please report what you did"

# The chat reconnects by itself after what is transient; the check of a lab shows the advice on that too.
CLOSED: dict[int, Advice] = {
    1000: Advice(
        "the server ended the connection on purpose", "ask who runs the lab; then start the chat again"
    ),
    1001: Advice("the server ended it, as API Gateway does after 10 idle minutes or 2 hours", AGAIN),
    1002: Advice("the server does not understand this client", REPORT),
    1003: Advice("the server does not take this kind of data", REPORT),
    1006: Advice("the network or the server went away", "check the network, then try again"),
    1007: Advice("the server can't read what this client sends", REPORT),
    1008: Advice("too many requests from this client", "wait a minute, then try again"),
    1009: Advice(
        "a message of ours was bigger than the server takes", "start the chat again, and send less at once"
    ),
    1010: Advice("the server does not speak as this client does", REPORT),
    1011: Advice("the server failed", AGAIN),
    1012: Advice("the service restarts", AGAIN),
}
TOO_BIG_FOR_US = Advice(
    "the server sent a message of more than 1 MB, which no API Gateway does",
    "ask who runs the server; then start the chat again",
)

SERVER_FAULT = 500
FAULTS = {
    **dict.fromkeys((408, 425, 429, 503), Fault.BUSY),
    **dict.fromkeys((1000, 1002, 1003, 1007, 1009, 1010), Fault.PERMANENT),
    1008: Fault.THROTTLED,
}
"""What a status, or a close code, means for the next try."""


def fault(error: WschatError) -> Fault:
    """Return what the end of a connection, or of a try to open one, means for the next try."""
    match error:
        case ConnectError(failure=Failure.OFFLINE):
            return Fault.OFFLINE
        case ConnectError(status=int(status)) if status < SERVER_FAULT:
            return FAULTS.get(status, Fault.PERMANENT)
        case ConnectError(status=int(code)) | LostError(code=code):
            return FAULTS.get(code, Fault.TRANSIENT)
        case ConnectError() | AwsError():
            return Fault.TRANSIENT
    return Fault.PERMANENT
