"""Tests that are coroutines, each in an event loop of its own."""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec

from tests.support.until import PATIENCE

P = ParamSpec("P")


def asynchronous(
    test: Callable[P, Coroutine[Any, Any, None]], patience: float = PATIENCE
) -> Callable[P, None]:
    """Let a coroutine be a test, which fails if it takes longer than any person would wait."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(asyncio.wait_for(test(*args, **kwargs), patience))

    return run
