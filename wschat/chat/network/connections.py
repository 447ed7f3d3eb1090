"""The connections of a chat: opened, heard, closed; what happens to them becomes the machine's events."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, Any

from wschat.chat.machine.connection import Closed, Opened
from wschat.chat.machine.incoming import Received, Sent
from wschat.chat.machine.update import Event
from wschat.chat.network.connection import HUNG_UP, Session, open_session
from wschat.chat.network.failures import fault
from wschat.errors import WschatError
from wschat.protocol import events
from wschat.protocol.requests import Action, Request
from wschat.protocol.wires import Wires

if TYPE_CHECKING:
    from wschat.chat.start import ChatOptions
    from wschat.protocol.wire import Wire

SLICE = 0.005  # seconds of work without a look at the keyboard
Spawn = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]


class Connections:
    """Opens, hears and closes connections; `feed` takes what happens to them, `spawn` runs their tasks.

    `error` is what the last one ended with.
    """

    def __init__(self, options: "ChatOptions", feed: Callable[[Event], None], spawn: Spawn) -> None:
        self.error: WschatError | None = None
        self._options, self._feed, self._spawn = options, feed, spawn
        self._loop = asyncio.get_running_loop()
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._wires = Wires(options.wire)
        self._open: dict[int, tuple[Session, Wire]] = {}
        self._sent: dict[str | None, float] = {}  # when the last request was sent, by its id

    def open(self, number: int, pause: float) -> None:
        """Open a connection after a pause in seconds; one that is not open yet is tried no more."""
        for other in [other for other in self._tasks if other not in self._open]:
            self.close(other)
        self._tasks[number] = self._spawn(self._run(number, pause))

    def close(self, number: int) -> None:
        """Close a connection, without goodbye; nothing more is heard of it, or sent."""
        if number in self._open:
            self._open.pop(number)[0].end = HUNG_UP
        if task := self._tasks.pop(number, None):
            task.cancel()

    def send(self, number: int | None, request: Request) -> None:
        """Send on a connection, if it is open, what the request is on its wire."""
        if number not in self._open:
            return
        session, wire = self._open[number]
        self._sent = {request.id or Action.PING: self._loop.time()}
        said = wire.say(request)
        if said.frame is not None:
            self._spawn(self._send(session, said.frame))
        if said.events:
            self._loop.call_soon(self._tell, said.events)
        if said.silence is not None:
            self._loop.call_later(said.silence, self._hear_nothing, number, request)

    async def _send(self, session: Session, frame: str) -> None:
        now = self._now()
        if await session.send(frame):
            self._feed(Sent(frame, now))

    def _now(self) -> int:
        return int(self._options.time_of_day() * 1000)

    async def _run(self, number: int, pause: float) -> None:
        await asyncio.sleep(pause)
        try:
            async with open_session(self._options.url, sign=self._options.sign) as session:
                self._open[number] = session, self._wires.open()
                self._feed(Opened(number))
                await self._hear(number, session)
        except WschatError as error:
            if self._tasks.pop(number, None):
                self.error = error
                self._feed(Closed(number, error.what, error.hint, fault(error)))
                await asyncio.to_thread(self._options.check)
        finally:
            self._open.pop(number, None)

    async def _hear(self, number: int, session: Session) -> None:
        yielded, (_, wire) = self._loop.time(), self._open[number]
        async for frame in session.frames():
            if number not in self._tasks:
                return
            now = self._now()
            first, *others = wire.read(frame, now) or (events.Event(),)
            self._receive(first, frame, now)
            self._tell(others)
            if self._loop.time() - yielded > SLICE:  # a burst must not keep the keyboard waiting
                await asyncio.sleep(0)
                yielded = self._loop.time()

    def _receive(self, event: events.Event, frame: str, now: int) -> None:
        answered = Action.PING if isinstance(event, events.Pong) else getattr(event, "id", None)
        at = self._sent.pop(answered, None)
        self._feed(Received(event, None if at is None else self._loop.time() - at, frame, now))

    def _hear_nothing(self, number: int, request: Request) -> None:
        if number in self._open:
            self._tell(self._open[number][1].silent(request))

    def _tell(self, told: Iterable[events.Event]) -> None:
        for event in told:
            self._feed(Received(event))
