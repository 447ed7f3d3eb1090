"""The ids of connections, messages and requests, in AWS's forms (recorded, us-east-1, 2026-09)."""

import base64
import secrets
import time

TIME_BYTES, OWN_BYTES, REQUEST_BYTES = 8, 5, 11


def connection_id() -> str:
    """Make a connection's id: 20 characters that end in `==`, which a URL needs encoded.

    Its 13 bytes are when it was made, and 5 of its own.
    """
    return _at_this_time(secrets.token_bytes(OWN_BYTES))


def message_id(connection: str) -> str:
    """Make the id of a message, in the form of its connection's id, whose last 5 bytes it shares."""
    return _at_this_time(base64.urlsafe_b64decode(connection)[-OWN_BYTES:])


def request_id() -> str:
    """Make a request's id: 16 characters that end in `=`."""
    return _encode(secrets.token_bytes(REQUEST_BYTES))


def trace_id() -> str:
    """Make the trace that the header `X-Amzn-Trace-Id` of a handshake names."""
    return f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)}"


def _at_this_time(own: bytes) -> str:
    return _encode(time.time_ns().to_bytes(TIME_BYTES) + own)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()
