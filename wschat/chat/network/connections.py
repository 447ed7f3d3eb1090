"""The connections of a chat, by number: opened after a pause, read, closed; events go to the machine."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from wschat.chat.machine.events import Closed, Event, Opened, Received, ReplyTimedOut
from wschat.chat.network.failures import fault
from wschat.errors import WschatError
from wschat.protocol import events as wire
from wschat.protocol.reader import decode_event
from wschat.protocol.requests import Action, Request

if TYPE_CHECKING:
    from wschat.chat.network.connection import Session
    from wschat.chat.start import ChatOptions

SLICE = 0.005  # seconds of work without a look at the keyboard


class Connections:
    """Opens, hears and closes connections; `feed` takes what happens to them, `spawn` runs their tasks.

    `error` is what the last one ended with.
    """

    def __init__(
        self,
        options: "ChatOptions",
        feed: Callable[[Event], None],
        spawn: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
    ) -> None:
        self.error: WschatError | None = None
        self._options, self._feed, self._spawn = options, feed, spawn
        self._loop = asyncio.get_running_loop()
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._open: dict[int, Session] = {}
        self._reply_due: asyncio.TimerHandle | None = None
        self._sent: dict[str | None, float] = {}  # when the last request was sent, by its id

    def open(self, number: int, pause: float) -> None:
        """Open a connection after a pause in seconds; one that is not open yet is tried no more."""
        for other in [other for other in self._tasks if other not in self._open]:
            self.close(other)
        self._tasks[number] = self._spawn(self._run(number, pause))

    def close(self, number: int) -> None:
        """Close a connection; nothing more is heard of it."""
        if task := self._tasks.pop(number, None):
            task.cancel()

    def send(self, number: int | None, request: Request) -> None:
        """Send on a connection, if it is open; tell of a reply that does not come in time, but to a ping."""
        session = self._open.get(number or 0)
        if session is None:
            return
        is_ping = request.action == Action.PING
        self._sent = {Action.PING if is_ping else request.id: self._loop.time()}
        self._spawn(session.send(request))
        if is_ping:
            return
        if self._reply_due:
            self._reply_due.cancel()
        timeout = self._options.reply_timeout
        self._reply_due = self._loop.call_later(timeout, self._feed, ReplyTimedOut(request.id))

    async def _run(self, number: int, pause: float) -> None:
        await asyncio.sleep(pause)
        from wschat.chat.network.connection import open_session  # takes a while to load: by now one can type

        try:
            async with open_session(self._options.url, sign=self._options.sign) as session:
                self._open[number] = session
                self._feed(Opened(number))
                await self._hear(number, session)
        except WschatError as error:
            if self._tasks.pop(number, None):
                self.error = error
                self._feed(Closed(number, error.what, error.hint, fault(error)))
                await asyncio.to_thread(self._options.check)
        finally:
            self._open.pop(number, None)

    async def _hear(self, number: int, session: "Session") -> None:
        yielded = self._loop.time()
        async for frame in session.frames():
            if number not in self._tasks:
                return
            self._receive(decode_event(frame))
            if self._loop.time() - yielded > SLICE:  # a burst must not keep the keyboard waiting
                await asyncio.sleep(0)
                yielded = self._loop.time()

    def _receive(self, event: wire.Event) -> None:
        answered = Action.PING if isinstance(event, wire.Pong) else getattr(event, "id", None)
        at = self._sent.pop(answered, None)
        self._feed(Received(event, None if at is None else self._loop.time() - at))
