"""The event loop that nothing keeps from ending."""

import asyncio
import threading

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
