"""A thread that waits for a function is kept, waits to the end, and has the event loop write the log."""

import asyncio
import threading
from collections.abc import Callable
from contextvars import ContextVar

import pytest

from tests.support.asynchronous import asynchronous
from wschat.local.runtimes.kept_threads import in_kept_thread, in_this_loop


@asynchronous
async def test_a_kept_thread() -> None:
    """One call after the other is waited for by the same thread, in the context of its own."""
    context: ContextVar[int] = ContextVar("context")
    seen = []
    for number in range(3):
        context.set(number)
        seen.append(await in_kept_thread(lambda: (context.get(), threading.get_ident())))
    assert [number for number, _ in seen] == [0, 1, 2]
    assert len({thread for _, thread in seen}) == 1


@asynchronous
async def test_whoever_asked_has_left() -> None:
    """The call goes on, and its end is waited for nonetheless, however often that is cancelled."""
    begun, may_end, ended = threading.Event(), threading.Event(), list[int]()

    def work() -> None:
        begun.set()
        may_end.wait()
        ended.append(1)

    asking = asyncio.create_task(in_kept_thread(work))
    await asyncio.to_thread(begun.wait)
    for _ in range(2):
        asking.cancel()
        done, _ = await asyncio.wait([asking], timeout=0.01)
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert (done, ended) == (set(), [1])


@asynchronous
async def test_what_the_event_loop_does() -> None:
    """It does what a thread begins, in the thread's context, and before it sees what the thread returns."""
    context: ContextVar[int] = ContextVar("context")
    written = list[tuple[int, int, str]]()

    def write(line: int, *, end: str) -> None:
        written.append((threading.get_ident(), context.get() + line, end))

    def work() -> bool:
        context.set(40)
        begin(2, end="!")
        return bool(written)

    begin = in_this_loop(write)
    assert not await in_kept_thread(work)
    assert written == [(threading.get_ident(), 42, "!")]


def test_an_event_loop_that_has_ended() -> None:
    """A thread that ends later than the lab is let go."""

    async def begin() -> Callable[..., None]:
        return in_this_loop(print)

    asyncio.run(begin())("nobody reads this")
