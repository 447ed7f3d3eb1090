"""The loop that joins a session, the chat's state and a view."""

import asyncio
import gc
import math
import secrets
from collections.abc import Coroutine
from functools import partial
from typing import TYPE_CHECKING

from wschat.chat.machine.effects import (
    Close,
    Connect,
    Effect,
    GiveBack,
    GiveUp,
    Quit,
    Send,
    SetTimer,
    Show,
)
from wschat.chat.machine.events import (
    Closed,
    Event,
    Latency,
    LineEntered,
    Opened,
    Received,
    ReplyTimedOut,
    Resumed,
    Timer,
    TimerFired,
)
from wschat.chat.machine.items import Failure, Item, Notice, Unsent
from wschat.chat.machine.state import ChatState
from wschat.chat.machine.update import update
from wschat.chat.network.failures import fault
from wschat.chat.settings import Settings
from wschat.chat.ui.pipe import LineView
from wschat.chat.ui.transcript import Transcript, open_transcript
from wschat.chat.world import View, World, local_time
from wschat.errors import ConnectError, ExitCode, LostError, WschatError
from wschat.protocol import events as wire
from wschat.protocol.reader import decode_event
from wschat.protocol.requests import Action, Request

if TYPE_CHECKING:
    from wschat.chat.network.connection import Session
    from wschat.chat.ui.prompt import Prompt

PING, QUIT = "ping", "/quit"
GARBAGE = 2_000, 10, 10  # objects between two looks for garbage
PATIENCE = 120.0  # seconds that a program waits for a connection to come back; a person decides
SLICE = 0.005  # seconds of work without a look at the keyboard
WATCH_EVERY, SLEPT = 0.5, 10.0  # seconds


async def run(
    url: str,
    settings: Settings,
    world: World,
    prompt: "Prompt | None",
    over: asyncio.Future[ExitCode],
    *,
    json_lines: bool,
    token: str,
    welcome: str,
) -> ExitCode:
    """Chat at a prompt, or in lines if there is none, until `over` is done; see `start.chat` for the rest."""
    person = world.person and not json_lines
    state = ChatState(
        secrets.token_hex(8),
        token or secrets.token_urlsafe(24),
        wanted_name=settings.name,
        wanted_room=settings.room,
        reconnect_limit=world.patience or (math.inf if person else PATIENCE),
    )
    view = _view(world, prompt, settings, json_lines=json_lines)
    try:
        with open_transcript(settings.log) as log:
            for line in welcome.splitlines():
                view.show(Notice(line))
            client = _Client(url, state, view, world, log, over)
            code = await client.run()
    finally:
        for unsent in _taken_back(view):
            view.show(unsent)
    return ExitCode.REFUSED if code is ExitCode.OK and client.state.refused and not person else code


class _Client:
    def __init__(
        self,
        url: str,
        state: ChatState,
        view: View,
        world: World,
        log: Transcript,
        over: asyncio.Future[ExitCode],
    ) -> None:
        self.state = state
        self._url = url
        self._view = view
        self._world = world
        self._log = log
        self._over = over
        self._loop = asyncio.get_running_loop()
        self._links: dict[int, asyncio.Task[None]] = {}  # by the connection's number
        self._sessions: dict[int, Session] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._timers: dict[Timer, asyncio.TimerHandle] = {}
        self._overdue: asyncio.TimerHandle | None = None
        self._sent: dict[str | None, float] = {}  # when what was sent that is not answered
        self._late: list[str] = []  # what was entered when it was over
        self._error: WschatError | None = None  # the last of the connection

    async def run(self) -> ExitCode:
        """Chat until it is over; then show what was typed in vain."""
        gc.freeze()  # what is loaded stays: from now on there is garbage again
        gc.set_threshold(*GARBAGE)
        self._view.follow(self.state)
        self._start(self._read())
        self._connect(Connect(self.state.connections, 0.0))
        self._start(self._watch_for_sleep())
        try:
            return await self._over
        finally:
            for timer in self._timers.values():
                timer.cancel()
            tasks = [task for task in self._tasks if task.cancel()]
            await asyncio.gather(*tasks, return_exceptions=True)
            left = (*self.state.unsent, *_taken_back(self._view, *self._late))
            for unsent in left:  # first: the terminal may be gone
                self._log.write(unsent)
            for unsent in left:
                self._view.show(unsent)

    def _start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error and not self._over.done():
            self._over.set_exception(error)

    def _connect(self, connect: Connect) -> None:
        for number in [number for number in self._links if number not in self._sessions]:
            self._links.pop(number).cancel()
        pause = connect.after * self._world.jitter()
        self._links[connect.number] = self._start(self._talk(connect.number, pause))

    async def _talk(self, number: int, pause: float) -> None:
        """Open a connection after a pause, and hear it until it ends or is dropped."""
        await asyncio.sleep(pause)
        from wschat.chat.network.connection import open_session  # takes a while to load: by now one can type

        try:
            async with open_session(self._url, sign=self._world.sign) as session:
                self._sessions[number] = session
                self._feed(Opened(number))
                await self._hear(number, session)
        except WschatError as error:
            if self._links.pop(number, None):
                self._error = error
                self._feed(Closed(number, error.what, error.hint, fault(error)))
                await asyncio.to_thread(self._world.check)
        finally:
            self._sessions.pop(number, None)

    async def _hear(self, number: int, session: "Session") -> None:
        yielded = self._loop.time()
        async for frame in session.frames():
            if number not in self._links:
                return
            self._receive(decode_event(frame))
            if self._loop.time() - yielded > SLICE:  # a burst must not keep the keyboard waiting
                await asyncio.sleep(0)
                yielded = self._loop.time()

    def _receive(self, event: wire.Event) -> None:
        asked = PING if isinstance(event, wire.Pong) else getattr(event, "id", None)
        if asked and (sent := self._sent.pop(asked, None)):
            self._feed(Latency(self._loop.time() - sent))
        self._feed(Received(event))

    async def _read(self) -> None:
        await self._view.read(self._feed)
        self._feed(LineEntered(QUIT))

    async def _watch_for_sleep(self) -> None:
        """Notice that this machine or program slept: the time of day goes on, whatever other clocks do."""
        before = self._world.wall()
        while True:
            await asyncio.sleep(WATCH_EVERY)
            now = self._world.wall()
            if now - before > SLEPT:
                self._feed(Resumed())
            before = now

    def _feed(self, event: Event) -> None:
        if self._over.done():
            if isinstance(event, LineEntered):
                self._late.append(event.line)
            return
        self.state, effects = update(self.state, event)
        try:
            for effect in effects:
                self._perform(effect)
        except OSError as error:  # nobody reads what is written, or there is no room for it
            self._over.set_exception(error)
        self._view.follow(self.state)

    def _perform(self, effect: Effect) -> None:
        match effect:
            case Send(request):
                self._send(request)
            case Show(item):
                self._show(item)
            case GiveBack(unsent):
                self._view.give_back(unsent)
            case SetTimer(timer, after):
                if timer in self._timers:
                    self._timers[timer].cancel()
                self._timers[timer] = self._loop.call_later(after, self._feed, TimerFired(timer))
            case Connect() | Close() | GiveUp() | Quit():
                self._steer(effect)

    def _show(self, item: Item) -> None:
        self._view.show(item)
        if trouble := self._log.write(item):
            self._view.show(Failure("--log", *trouble))

    def _steer(self, effect: Connect | Close | GiveUp | Quit) -> None:
        match effect:
            case Connect():
                self._connect(effect)
            case Close(number):
                if number in self._links:
                    self._links.pop(number).cancel()
            case GiveUp():
                if not self._over.done():
                    self._over.set_exception(self._why_over(effect))
            case Quit():
                if not self._over.done():
                    self._over.set_result(ExitCode.OK)

    def _send(self, request: Request) -> None:
        session = self._sessions.get(self.state.in_use or 0)
        if session is None:
            return
        is_ping = request.action == Action.PING
        self._sent = {PING if is_ping else request.id: self._loop.time()}
        self._start(session.send(request))
        if is_ping:
            return
        if self._overdue:
            self._overdue.cancel()
        self._overdue = self._loop.call_later(
            self._world.reply_timeout, self._feed, ReplyTimedOut(request.id)
        )

    def _why_over(self, end: GiveUp) -> WschatError:
        error = self._error
        if error is None or (end.was_open and isinstance(error, ConnectError)):
            where = error.where if error else ""
            return LostError(f"the connection is lost: {end.what}", where=where, hint=end.hint)
        return error


def _taken_back(view: View, *late: str) -> list[Unsent]:
    return [Unsent(line) for line in (*late, *view.take_back()) if line not in ("", QUIT)]


def _view(world: World, prompt: "Prompt | None", settings: Settings, *, json_lines: bool) -> View:
    clock = world.clock or partial(local_time, form=settings.time)
    if prompt is None:
        bell = settings.bell and world.person and not json_lines
        return LineView(world.stdin, world.stdout, clock, json_lines=json_lines, bell=bell)
    from wschat.chat.ui.terminal import TerminalView

    return TerminalView(prompt, clock, settings)
