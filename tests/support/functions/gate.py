"""A gate before the AWS calls of functions: counts, delays, stops after so many, does things in between."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from wschat.functions.shared.dynamodb_client import DynamoDB
from wschat.functions.shared.management_api import ManagementApi
from wschat.functions.shared.workers import pool


class Stopped(BaseException):
    """The function was stopped, as Lambda does it: nothing in it can catch that."""


class Gate:
    """What each call passes, to DynamoDB and to connections alike."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.stop_after: int | None = None
        self.posted_at: list[float] = []
        self._delay = 0.0
        self._waiting: list[tuple[set[str], Callable[[], object]]] = []
        self._lock = threading.Lock()

    def let_pass(self, operation: str, *keys: str) -> None:
        with self._lock:
            if self.stop_after is not None and len(self.calls) >= self.stop_after:
                raise Stopped
            self.calls.append(operation)
            due = [each for each in self._waiting if each[0] <= {operation, *keys}]
            self._waiting = [each for each in self._waiting if each not in due]
        for _, what in due:
            what()
        time.sleep(self._delay)

    def meanwhile(self, call: str, what: Callable[[], object]) -> None:
        """Do something, once, just before a call: its operation and, if need be, keys of the items."""
        self._waiting.append((set(call.split()), what))

    def delays(self, seconds: float) -> list[float]:
        """Let each call take so much longer; return the list of when the posts from now on have arrived."""
        self._delay, self.posted_at = seconds, []
        return self.posted_at

    @contextmanager
    def stopping_after(self, calls: int) -> Iterator[None]:
        """Stop what is called in the block after so many calls; nothing passes any more then."""
        self.calls, self.stop_after = [], calls
        try:
            yield
        except Stopped:
            pass
        finally:
            pool().shutdown()  # a worker that was late meets the stop, too, and is none of the next block's
            pool.cache_clear()
            self.stop_after = None


def gated(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """Put a gate before all calls of functions in this process."""
    made = Gate()
    call, send = DynamoDB.call, ManagementApi.send

    def gated_call(self: DynamoDB, operation: str, **parameters: object) -> dict[str, Any]:
        made.let_pass(operation, *_keys(parameters))
        return call(self, operation, **parameters)

    def gated_send(self: ManagementApi, path: str, body: bytes) -> tuple[int, bytes]:
        made.let_pass("post")
        answer = send(self, path, body)
        made.posted_at.append(time.perf_counter())
        return answer

    monkeypatch.setattr(DynamoDB, "call", gated_call)
    # no connection is kept alive: each post has a thread, which waits at the gate
    monkeypatch.setattr(ManagementApi, "ask", lambda *_: None)
    monkeypatch.setattr(ManagementApi, "send", gated_send)
    return made


def _keys(request: dict[str, Any]) -> Iterator[str]:
    """Return the keys of the items that a request is about."""
    for operation in request.get("TransactItems", [{"": request}]):
        (about,) = operation.values()
        item = about.get("Key") or about.get("Item") or {}
        yield from (item[name]["S"] for name in ("ID", "room") if name in item)
