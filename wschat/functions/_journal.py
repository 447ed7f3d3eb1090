"""What came in, and the one line of JSON that each invocation writes into its log."""

import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

ID = r"[!-\"$-~]{1,128}"  # what a connection's id may be made of: never `#`, which marks other items
_facts: ContextVar[dict[str, Any]] = ContextVar("facts")


@dataclass(frozen=True)
class Call:
    """One invocation, as far as API Gateway's event tells; what it does not tell is empty.

    `connected` is in milliseconds since 1970, `began` in seconds of the monotonic clock.
    """

    route: str
    kind: str
    connection: str
    connected: int
    api: str
    stage: str
    began: float


@contextmanager
def journal(event: object) -> Iterator[Call]:
    """Read the event; write the line when the invocation ends, however it does.

    The line tells how many, how long and why not: never a message's text, never a token.
    """
    call = _read(event)
    facts: dict[str, Any] = {"route": call.route, "connection": call.connection}
    token = _facts.set(facts)
    try:
        yield call
    except Exception as error:
        note(error=type(error).__name__, why=str(error))
        raise
    finally:
        _facts.reset(token)
        lasted = {"all": time.monotonic() - call.began, **facts.pop("ms", {})}
        facts["ms"] = {part: round(seconds * 1000) for part, seconds in lasted.items()}
        print(json.dumps({name: value for name, value in facts.items() if value is not None}))  # noqa: T201


def note(**facts: object) -> None:
    """Add facts to the line; those that are None stay away."""
    _facts.get().update(facts)


def count(numbers: Mapping[str, int]) -> None:
    """Add numbers to those that the line has."""
    facts = _facts.get()
    facts.update({name: facts.get(name, 0) + number for name, number in numbers.items()})


@contextmanager
def timed(part: str) -> Iterator[None]:
    """Add what this takes to the milliseconds of a part."""
    start = time.monotonic()
    try:
        yield
    finally:
        parts = _facts.get().setdefault("ms", {})
        parts[part] = parts.get(part, 0.0) + time.monotonic() - start


def _read(event: object) -> Call:
    context = event.get("requestContext") if isinstance(event, dict) else None
    told: dict[str, Any] = context if isinstance(context, dict) else {}

    def text(name: str) -> str:
        return value if isinstance(value := told.get(name), str) else ""

    connected = told.get("connectedAt")
    return Call(
        route=text("routeKey"),
        kind=text("eventType"),
        connection=text("connectionId") if re.fullmatch(ID, text("connectionId")) else "",
        connected=connected if type(connected) is int else int(time.time() * 1000),
        api=text("apiId"),
        stage=text("stage"),
        began=time.monotonic(),
    )
