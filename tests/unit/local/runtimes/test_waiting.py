"""What waits for a function lets the event loop go on, waits to the end, and has the loop write the log."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextvars import ContextVar

import pytest

from tests.support.asynchronous import asynchronous
from wschat.local.runtimes.waiting import in_greenlet, in_kept_thread, in_this_loop, wait_for

Run = Callable[..., Awaitable[object]]
RUNS = pytest.mark.parametrize("run", [in_greenlet, in_kept_thread])


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


@RUNS
@asynchronous
async def test_what_the_event_loop_does_meanwhile(run: Run) -> None:
    """It does what is waited for, in the context of who waits, who gets the result, or the error."""
    loop, context = asyncio.get_running_loop(), ContextVar[str]("context")
    context.set("nobody's")

    async def answer(text: str) -> tuple[str, int]:
        await asyncio.sleep(0)
        if not text:
            raise ValueError("nothing was asked")
        return f"{context.get()} {text}", threading.get_ident()

    def work(text: str) -> object:
        context.set(f"{context.get()} own")
        return wait_for(answer(text), loop)

    for text, told in zip(
        ("one", "two"), await asyncio.gather(run(work, "one"), run(work, "two")), strict=True
    ):
        assert told == (f"nobody's own {text}", threading.get_ident())
    assert context.get() == "nobody's"
    with pytest.raises(ValueError, match="nothing was asked"):
        await run(work, "")


@asynchronous
async def test_an_event_loop_that_would_wait_for_itself() -> None:
    """It would for ever: so it is told."""

    async def answer() -> None: ...

    with pytest.raises(RuntimeError, match="can't wait for a function"):
        wait_for(answer(), asyncio.get_running_loop())


@RUNS
@asynchronous
async def test_whoever_asked_has_left(run: Run) -> None:
    """The call goes on, and its end is waited for nonetheless, however often that is cancelled."""
    loop, begun, may_end, ended = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event(), list[int]()

    async def answer() -> None:
        begun.set()
        await may_end.wait()

    def work() -> None:
        wait_for(answer(), loop)
        ended.append(1)

    asking = asyncio.ensure_future(run(work))
    await begun.wait()
    for _ in range(2):
        asking.cancel()
        done, _ = await asyncio.wait([asking], timeout=0.01)
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert (done, ended) == (set(), [1])


@RUNS
@asynchronous
async def test_what_the_event_loop_writes(run: Run) -> None:
    """It does what a call begins, in the call's context, and before it sees what the call returns."""
    context: ContextVar[int] = ContextVar("context")
    written = list[tuple[int, int, str]]()

    def write(line: int, *, end: str) -> None:
        written.append((threading.get_ident(), context.get() + line, end))

    def work() -> None:
        context.set(40)
        begin(2, end="!")

    begin = in_this_loop(write)
    await run(work)
    assert written == [(threading.get_ident(), 42, "!")]


def test_an_event_loop_that_has_ended() -> None:
    """A thread that ends later than the lab is let go."""

    async def begin() -> Callable[..., None]:
        return in_this_loop(print)

    asyncio.run(begin())("nobody reads this")
