"""Counts the AWS calls of functions, stops a function after so many, and makes each take longer."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from wschat.functions import _tables
from wschat.functions._post import Gateway


class Stopped(BaseException):
    """The function was stopped, as Lambda does it: nothing in it can catch that."""


class Gate:
    """What each call passes, to DynamoDB and to connections alike."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.stop_after: int | None = None
        self.posted_at: list[float] = []
        self._delay = 0.0
        self._lock = threading.Lock()

    def let_pass(self, call: str) -> None:
        with self._lock:
            if self.stop_after is not None and len(self.calls) >= self.stop_after:
                raise Stopped
            self.calls.append(call)
        time.sleep(self._delay)

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
            self.stop_after = None


@contextmanager
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """Put a gate before all calls of functions in this process."""
    made = Gate()
    send = Gateway.send

    def dynamodb(model: Any, **_: object) -> None:  # noqa: ANN401
        made.let_pass(model.name)

    def post(self: Gateway, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        made.let_pass("post")
        answer = send(self, path, body, headers)
        made.posted_at.append(time.perf_counter())
        return answer

    events = _tables.dynamodb().meta.events
    events.register("before-call.dynamodb", dynamodb, "gate")
    monkeypatch.setattr(Gateway, "send", post)
    try:
        yield made
    finally:
        events.unregister("before-call.dynamodb", unique_id="gate")
