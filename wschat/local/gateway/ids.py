"""The ids of connections, messages and requests, in AWS's forms (recorded, us-east-1, 2026-09).

Those of requests are nobody's secret, and are made for each post: not by the system's slow random numbers.
"""

import base64
import hmac
import random
import re
import secrets
import time
from uuid import UUID

TIME_BYTES, OWN_BYTES, REQUEST_BYTES = 8, 5, 11
KEY = secrets.token_bytes(16)
CONNECTION = re.compile(r"[\w-]{18}==", re.ASCII)


def connection_id() -> str:
    """Make a connection's id: 20 characters that end in `==`, which a URL needs encoded.

    Its 13 bytes are when it was made, and 5 of its own, which nobody else can make of the others.
    """
    return _made_at(_now())


def message_id(connection: str) -> str:
    """Make the id of a message, in the form of its connection's id, whose last 5 bytes it shares."""
    return _encode(_now() + base64.urlsafe_b64decode(connection)[-OWN_BYTES:])


def is_issued(connection: str) -> bool:
    """Tell whether this is the id of a connection that was ever made here, be it open or closed."""
    if not CONNECTION.fullmatch(connection):
        return False
    return hmac.compare_digest(connection, _made_at(base64.urlsafe_b64decode(connection)[:TIME_BYTES]))


def request_id() -> str:
    """Make a request's id: 16 characters that end in `=`."""
    return _encode(random.randbytes(REQUEST_BYTES))  # noqa: S311


def uuid() -> str:
    """Make the id that AWS's services give each request, and Lambda each invocation."""
    return str(UUID(int=random.getrandbits(128), version=4))


def trace_id() -> str:
    """Make the trace that the header `X-Amzn-Trace-Id` of a handshake names."""
    return f"Root=1-{int(time.time()):08x}-{random.getrandbits(96):024x}"


def _now() -> bytes:
    return time.time_ns().to_bytes(TIME_BYTES)


def _made_at(when: bytes) -> str:
    return _encode(when + hmac.digest(KEY, when, "sha256")[:OWN_BYTES])


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()
