"""How MiniStack waits for a function, in code that knows of no event loop: in a greenlet, or in a thread.

The event loop goes on meanwhile, as the function asks it for things. A thread for each call would take turns
with the event loop, which has to do with each message that is posted: of greenlets it gets on a fifth faster.
"""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from typing import Any, TypeVar

from greenlet import getcurrent, greenlet

THREADS = ThreadPoolExecutor(1000, "function")
"""As many calls may run at once, of functions that call each other too, as AWS lets an account have."""
T = TypeVar("T")


class Waiting(greenlet):
    """Code of MiniStack's that runs in the event loop, and leaves it while it waits."""


async def in_greenlet(work: Callable[..., T], *args: object) -> T:
    """Run work in this event loop, which goes on while the work is in `wait_for`; nothing else may block."""
    return await _to_its_end(asyncio.create_task(_run(work, *args)))


async def in_kept_thread(work: Callable[..., T], *args: object) -> T:
    """Run work in a thread, which is kept: MiniStack starts one for each call, and waits until that runs."""
    loop = asyncio.get_running_loop()
    return await _to_its_end(loop.run_in_executor(THREADS, copy_context().run, work, *args))


def wait_for(work: Coroutine[object, object, T], loop: asyncio.AbstractEventLoop) -> T:
    """Wait until an event loop has done work, in this context; here is a greenlet of it, or another thread.

    Raises:
        RuntimeError: the event loop itself would wait here, and so for ever.
    """
    here = getcurrent()
    if isinstance(here, Waiting) and here.parent:
        done: T = here.parent.switch(loop.create_task(work))
        return done
    if _is_in(loop):
        work.close()
        raise RuntimeError("the event loop can't wait for a function that asks it for something")
    return asyncio.run_coroutine_threadsafe(work, loop).result()


def in_this_loop(work: Callable[..., object]) -> Callable[..., None]:
    """Return what has this event loop do work, before what the caller returns is seen there.

    MiniStack writes a call's log where it waits for it, into what the event loop reads and writes as well.
    """
    loop = asyncio.get_running_loop()

    def begin(*args: object, **more: object) -> None:
        if _is_in(loop):
            work(*args, **more)
            return
        with suppress(RuntimeError):  # it is closed: the lab has ended
            loop.call_soon_threadsafe(partial(copy_context().run, work, *args, **more))

    return begin


async def _run(work: Callable[..., T], *args: object) -> T:
    """Run work that switches here with what it waits for."""
    running = Waiting(work)
    running.gr_context = copy_context()
    came: Any = running.switch(*args)
    while not running.dead:
        try:
            result = await came
        except BaseException as error:  # noqa: BLE001  the work's, which has waited for it
            came = running.throw(error)
        else:
            came = running.switch(result)
    return came  # type: ignore[no-any-return]


async def _to_its_end(done: asyncio.Future[T]) -> T:
    """Return what comes of it; whoever asked and is cancelled waits to its end, too."""
    try:
        return await asyncio.shield(done)
    except asyncio.CancelledError:
        while not done.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([done])
        raise


def _is_in(loop: asyncio.AbstractEventLoop) -> bool:
    """Tell whether this is the thread of an event loop, and that runs."""
    with suppress(RuntimeError):
        return asyncio.get_running_loop() is loop
    return False
