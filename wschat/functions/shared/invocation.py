"""What came in, and the structured log: one line of JSON for each invocation."""

import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

ID = r"[!-\"$-~]{1,128}"  # what a connection's id may be made of: never `#`, which marks other items
LIFETIME = 2 * 60 * 60 + 600  # seconds: API Gateway ends a connection after 2 hours; and a margin
GOODBYE = 1000
_fields: ContextVar[dict[str, Any]] = ContextVar("fields")


@dataclass(frozen=True)
class Call:
    """One invocation, as far as API Gateway's event tells; what it does not tell is empty.

    `connected` is in milliseconds since 1970, `began` in seconds of the monotonic clock; `source` is the
    client's IP address, and `signer` the ARN of who signed the handshake, where the API asks for AWS_IAM;
    `ended` is the close code that $disconnect is told.
    """

    route: str
    kind: str
    connection: str
    connected: int
    api: str
    stage: str
    source: str
    signer: str
    began: float
    ended: int | None = None

    @property
    def expires(self) -> int:
        """When the connection can't live any more: seconds since 1970."""
        return self.connected // 1000 + LIFETIME

    @property
    def goodbye(self) -> bool:
        """Tell whether who has gone said so.

        Close code 1000 is what a client sends that is ended on purpose. All others are none: API Gateway
        tells 1001 of a connection that was idle, 1005 where the close frame had no code, and 1006, by its
        documents, where there was none. Of DeleteConnection it tells 1000 (recorded, us-east-1, 2026-09).
        """
        return self.ended == GOODBYE


@contextmanager
def invocation(event: object) -> Iterator[Call]:
    """Read the event; write the log's line when the invocation ends, however it does.

    The line tells how many, how long and why not: never a message's text, never a token.
    """
    call = _read(event)
    fields: dict[str, Any] = {"route": call.route, "connection": call.connection}
    fields |= {"source": call.source or None, "signer": call.signer or None}
    token = _fields.set(fields)
    try:
        yield call
    except Exception as error:
        add_fields(error=type(error).__name__, why=str(error))
        raise
    finally:
        _fields.reset(token)
        lasted = {"all": time.monotonic() - call.began, **fields.pop("ms", {})}
        fields["ms"] = {part: round(seconds * 1000) for part, seconds in lasted.items()}
        print(json.dumps({name: value for name, value in fields.items() if value is not None}))  # noqa: T201


def add_fields(**fields: object) -> None:
    """Add fields to the line; those that are None stay away."""
    _fields.get().update(fields)


def add_counts(counts: Mapping[str, int]) -> None:
    """Add to the line's counts."""
    fields = _fields.get()
    fields.update({name: fields.get(name, 0) + number for name, number in counts.items()})


@contextmanager
def timed(part: str) -> Iterator[None]:
    """Add what this takes to the milliseconds of a part."""
    start = time.monotonic()
    try:
        yield
    finally:
        parts = _fields.get().setdefault("ms", {})
        parts[part] = parts.get(part, 0.0) + time.monotonic() - start


def _read(event: object) -> Call:
    told = _map(event, "requestContext")
    identity = _map(told, "identity")

    def text(name: str, told: dict[str, Any] = told) -> str:
        return value if isinstance(value := told.get(name), str) else ""

    connected, ended = told.get("connectedAt"), told.get("disconnectStatusCode")
    return Call(
        route=text("routeKey"),
        kind=text("eventType"),
        connection=text("connectionId") if re.fullmatch(ID, text("connectionId")) else "",
        connected=connected if type(connected) is int else int(time.time() * 1000),
        api=text("apiId"),
        stage=text("stage"),
        source=text("sourceIp", identity),
        signer=text("userArn", identity),
        began=time.monotonic(),
        ended=ended if type(ended) is int else None,
    )


def _map(value: object, key: str) -> dict[str, Any]:
    held = value.get(key) if isinstance(value, dict) else None
    return held if isinstance(held, dict) else {}
