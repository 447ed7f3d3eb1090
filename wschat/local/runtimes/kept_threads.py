"""Threads that wait for functions, and are kept from one call to the next."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from typing import TypeVar

THREADS = ThreadPoolExecutor(1000, "function")
"""As many calls may run at once, of functions that call each other too, as AWS lets an account have."""
T = TypeVar("T")


async def in_kept_thread(work: Callable[..., T], *args: object, thread_name: str = "") -> T:  # noqa: ARG001
    """Let a thread wait for a function, and keep it; whoever asked and is cancelled waits to its end, too.

    MiniStack starts a thread for each call, and the event loop waits until that runs.
    """
    done = asyncio.get_running_loop().run_in_executor(THREADS, copy_context().run, work, *args)
    try:
        return await asyncio.shield(done)
    except asyncio.CancelledError:
        while not done.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([done])
        raise
