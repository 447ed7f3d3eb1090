"""The event loop that nothing keeps from ending."""

import asyncio
import threading

import pytest

from wschat.chat.network import event_loop


def test_nobody_waits_for_its_threads() -> None:
    """A call in a thread that never ends does not keep the loop, nor the interpreter."""
    stuck, threads = threading.Event(), list[threading.Thread]()

    def wait() -> None:
        threads.append(threading.current_thread())
        stuck.wait()

    async def begin() -> str:
        task = asyncio.create_task(asyncio.to_thread(wait))
        while not threads:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        task.cancel()
        return "done"

    assert event_loop.run(begin()) == "done"
    assert threads[0].daemon
    stuck.set()


def test_what_a_thread_returns() -> None:
    """Its result and its error come to who waits."""

    async def divide(by: int) -> int:
        return await asyncio.to_thread(lambda: 4 // by)

    assert event_loop.run(divide(2)) == 2
    with pytest.raises(ZeroDivisionError):
        event_loop.run(divide(0))
