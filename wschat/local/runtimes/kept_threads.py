"""Threads that wait for functions, are kept from one call to the next, and leave what is shared alone."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from functools import partial
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


def in_this_loop(work: Callable[..., object]) -> Callable[..., None]:
    """Return what has this event loop do work, before what the calling thread returns is seen there.

    MiniStack writes a call's log in the thread, into what the event loop reads and writes as well.
    """
    loop = asyncio.get_running_loop()

    def begin(*args: object, **more: object) -> None:
        with suppress(RuntimeError):  # it is closed: the lab has ended
            loop.call_soon_threadsafe(partial(copy_context().run, work, *args, **more))

    return begin
