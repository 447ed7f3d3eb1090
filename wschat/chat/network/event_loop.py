"""An event loop that can be left at any moment: no thread of its own keeps the program from ending."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Thread
from typing import Any, ParamSpec, TypeVar

from wschat.system.signals import SIGNAL_POLL_S

P = ParamSpec("P")
T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run this to its end, as asyncio.run does, and then wait for no DNS or credentials thread."""
    with asyncio.Runner() as runner:
        runner.get_loop().set_default_executor(_Daemons())
        runner.get_loop().set_exception_handler(_tell)
        _look_for_signals(runner.get_loop())
        return runner.run(work)


def _look_for_signals(loop: asyncio.AbstractEventLoop) -> None:
    """Let no signal wait for the next event: one that arrives just before the loop waits ends no wait."""
    loop.call_later(SIGNAL_POLL_S, _look_for_signals, loop)


def _tell(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Tell of errors that nobody waited for, as asyncio does; but Ctrl-C, which ends it at once, is none."""
    if not isinstance(context.get("exception"), KeyboardInterrupt):
        loop.default_exception_handler(context)


class _Daemons(ThreadPoolExecutor):
    """Gives each call a thread for which neither the loop nor Python waits at the end."""

    def submit(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Begin a call."""
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()

        def fulfil() -> None:
            try:
                future.set_result(call(*args, **kwargs))
            except BaseException as error:  # noqa: BLE001  who waits for it gets it
                future.set_exception(error)

        Thread(target=fulfil, daemon=True).start()
        return future
