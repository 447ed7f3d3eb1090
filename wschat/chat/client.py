"""The loop that joins the state machine, the network and a user interface."""

import asyncio
import gc
import math
import secrets
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from wschat.chat.machine import effects
from wschat.chat.machine.connection import Resumed
from wschat.chat.machine.effects import Effect, GiveUp, Item, Notice, Quit, RequestFailed, Timer, Unsent
from wschat.chat.machine.names import by_fold
from wschat.chat.machine.state import ChatState
from wschat.chat.machine.update import Event, LineEntered, update
from wschat.chat.network.connections import Connections
from wschat.chat.ui.pipe import PipeUI
from wschat.chat.ui.transcript import Transcript
from wschat.errors import ConnectError, ExitCode, LostError, WschatError, with_commands

if TYPE_CHECKING:
    from wschat.chat.start import ChatOptions
    from wschat.chat.ui.prompt import Prompt
    from wschat.chat.ui.terminal import TerminalUI

QUIT = "/quit"
GARBAGE = 2_000, 10, 10  # objects between two looks for garbage
RECONNECT_LIMIT = 120.0  # seconds that a program waits for a connection to come back; a person decides
WATCH_EVERY, SLEPT = 0.5, 10.0  # seconds


class Client:
    """A chat until `over` is done, at a prompt, or in lines without one; see `start.chat` for the rest."""

    def __init__(
        self, options: "ChatOptions", prompt: "Prompt | None", over: asyncio.Future[ExitCode]
    ) -> None:
        settings = options.settings
        limit = options.reconnect_limit or (math.inf if options.is_person else RECONNECT_LIMIT)
        wanted = settings.name, settings.room
        self.state = ChatState(
            secrets.token_hex(8),
            options.token,
            *wanted,
            limit,
            options.frames,
            options.reply_wait,
            ignored=by_fold(settings.ignored),
        )
        self._options, self._over = options, over
        if prompt:
            from wschat.chat.ui import terminal

            self._ui: PipeUI | TerminalUI = terminal.TerminalUI(prompt, settings)
        else:
            self._ui = PipeUI(options)
        self._log = Transcript(None)
        self._connections = Connections(options, self._feed, self._start)
        self._tasks: set[asyncio.Task[None]] = set()
        self._timers: dict[Timer, asyncio.TimerHandle] = {}
        self._late: list[str] = []  # what was entered when it was over

    async def run(self) -> ExitCode:
        """Chat until it is over; then show what was typed in vain."""
        gc.freeze()  # what is loaded stays: from now on there is garbage again
        gc.set_threshold(*GARBAGE)
        try:
            self._log = Transcript(self._options.settings.log)
            for line in self._options.welcome.splitlines():
                self._ui.show(Notice(line))
            self._ui.follow(self.state)
            self._start(self._read())
            self._connections.open(self.state.connections, 0.0)
            self._start(self._watch_for_sleep())
            code = await self._over
        finally:
            await self._stop()
        is_refused = self.state.refused and not self._options.is_person
        return ExitCode.REFUSED if code is ExitCode.OK and is_refused else code

    async def _stop(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        tasks = [task for task in self._tasks if task.cancel()]
        await asyncio.gather(*tasks, return_exceptions=True)
        typed = (*self._late, *self._ui.drain_input())
        left = (*self.state.unsent, *(Unsent(line) for line in typed if line not in {"", QUIT}))
        for unsent in left:  # first: the terminal may be gone
            self._log.write(unsent)
        self._log.close()
        for unsent in left:
            self._ui.show(unsent)

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error and not self._over.done():
            self._over.set_exception(error)

    async def _read(self) -> None:
        await self._ui.read(self._feed)
        self._feed(LineEntered(QUIT))

    async def _watch_for_sleep(self) -> None:
        """Notice that this machine or program slept: the time of day goes on, whatever other clocks do."""
        before = self._options.time_of_day()
        while True:
            await asyncio.sleep(WATCH_EVERY)
            now = self._options.time_of_day()
            if now - before > SLEPT:
                self._feed(Resumed())
            before = now

    def _feed(self, event: Event) -> None:
        if self._over.done():
            if isinstance(event, LineEntered):
                self._late.append(event.line)
            return
        self.state, wanted = update(self.state, event)
        try:
            for effect in wanted:
                self._perform(effect)
        except OSError as error:  # nobody reads what is written, or there is no room for it
            self._over.set_exception(error)
        self._ui.follow(self.state)

    def _perform(self, effect: Effect) -> None:
        match effect:
            case effects.Send(request):
                self._connections.send(self.state.in_use, request)
            case effects.RestoreInput(unsent):
                self._ui.restore(unsent)
            case effects.SetTimer(timer, after):
                self._set_timer(timer, after)
            case effects.Connect(number, after):
                self._connections.open(number, after * self._options.jitter())
            case effects.Close(number):
                self._connections.close(number)
            case Quit() | GiveUp() if self._over.done():
                pass
            case Quit():
                self._over.set_result(ExitCode.OK)
            case GiveUp():
                self._over.set_exception(self._reason(effect))
            case _:
                self._show(effect)

    def _show(self, effect: Item) -> None:
        if isinstance(effect, RequestFailed | effects.Unheard):
            effect = effect._replace(hint=with_commands(effect.hint, self._options.commands))
        self._ui.show(effect)
        if trouble := self._log.write(effect):
            self._ui.show(RequestFailed("--log", trouble.what, trouble.hint))

    def _set_timer(self, timer: Timer, after: float) -> None:
        if timer in self._timers:
            self._timers[timer].cancel()
        self._timers[timer] = asyncio.get_running_loop().call_later(after, self._feed, timer)

    def _reason(self, end: GiveUp) -> WschatError:
        error = self._connections.error
        if error and not (end.was_open and isinstance(error, ConnectError)):
            return error
        where = error.where if error else ""
        return LostError(f"the connection is lost: {end.what}", where=where, hint=end.hint)
