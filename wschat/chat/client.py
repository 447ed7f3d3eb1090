"""The loop that joins a session, the chat's state and a view."""

import asyncio
import os
import secrets
import signal
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TextIO

from wschat.chat.lines import LineView
from wschat.chat.render import Clock
from wschat.chat.session import Session, Sign, open_session
from wschat.chat.state import ChatState
from wschat.chat.update import update
from wschat.chat.vocabulary import (
    Closed,
    Effect,
    Entered,
    Event,
    GiveBack,
    Item,
    NoReply,
    Notice,
    Opened,
    Quit,
    Received,
    Send,
    Show,
    Unsent,
)
from wschat.errors import ExitCode, WschatError
from wschat.protocol import decode_event

if TYPE_CHECKING:
    from prompt_toolkit.input import Input
    from prompt_toolkit.output import Output


def local_time(milliseconds: int) -> str:
    """Return the local time of day as HH:MM; `--:--` for what is no time."""
    try:
        return time.strftime("%H:%M", time.localtime(milliseconds / 1000))
    except (OverflowError, ValueError, OSError):
        return "--:--"


@dataclass(frozen=True)
class World:
    """What the chat touches besides the network: given here, so that tests can give other things.

    `keyboard` and `screen` are a terminal; without them stdin and stdout are one, or are read and written
    as lines. `reply_timeout` is in seconds: API Gateway itself gives up after 29. `sign` signs each
    connection anew; without it none is signed.
    """

    keyboard: "Input | None" = None
    screen: "Output | None" = None
    stdin: TextIO = field(default_factory=lambda: sys.stdin or StringIO())  # it may be closed
    stdout: TextIO = field(default_factory=lambda: sys.stdout)
    stderr: TextIO = field(default_factory=lambda: sys.stderr)
    reply_timeout: float = 30.0
    clock: Clock = local_time
    sign: Sign | None = None


class View(Protocol):
    """Where lines come from and items go to."""

    @property
    def draft(self) -> str:
        """What is typed and not entered."""

    async def read(self, enter: Callable[[str], None]) -> None:
        """Give each line that is entered to `enter`; return when there are no more."""

    def show(self, item: Item) -> None:
        """Show an item. Raises BrokenPipeError when nobody reads any more."""

    def frame(self, frame: str) -> None:
        """Take a frame as it came from the server."""

    def give_back(self, line: str) -> None:
        """Return a line that was not sent to the person."""

    def follow(self, state: ChatState) -> None:
        """Take note of the state after each event."""


async def chat(
    url: str,
    *,
    name: str | None,
    room: str | None,
    json_lines: bool,
    history: Path,
    token: str = "",
    welcome: str = "",
    world: World | None = None,
) -> ExitCode:
    """Chat until the person quits or stdin ends; `token` is what the name can be taken back with.

    Returns OK; REFUSED if lines came from elsewhere than a terminal and one of them was refused.

    Raises:
        ConnectError, AccessError, LostError: after what was typed and not confirmed has been shown.
    """
    world = world or World()
    interactive = not json_lines and _is_terminal(world)
    token = token or secrets.token_urlsafe(24)
    state = ChatState(secrets.token_hex(8), token, wish_name=name, wish_room=room)
    with _view(world, history, json_lines=json_lines, interactive=interactive) as view:
        client = _Client(state, view, world)
        try:
            for line in welcome.splitlines():
                view.show(Notice(line))
            code = await client.run(url)
        except BrokenPipeError:  # such as `| head`: who read has enough
            _discard(world.stdout)
            return ExitCode.OK
    return ExitCode.REFUSED if code is ExitCode.OK and client.state.refused and not interactive else code


class _Client:
    def __init__(self, state: ChatState, view: View, world: World) -> None:
        self.state = state
        self._view = view
        self._world = world
        self._session: Session | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._over: asyncio.Future[ExitCode] = asyncio.get_running_loop().create_future()

    async def run(self, url: str) -> ExitCode:
        """Chat until it is over; then show what was typed in vain. Return OK, or INTERRUPTED by SIGTERM."""
        self._view.follow(self.state)
        with suppress(NotImplementedError):  # Windows
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._end, ExitCode.INTERRUPTED)
        self._start(self._talk(url))
        self._start(self._read())
        try:
            return await self._over
        finally:
            tasks = [task for task in self._tasks if task.cancel()]
            await asyncio.gather(*tasks, return_exceptions=True)
            for line in filter(None, (*self.state.unsent, self._view.draft)):
                self._view.show(Unsent(line))

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error and not self._over.done():
            self._over.set_exception(error)

    async def _talk(self, url: str) -> None:
        try:
            async with open_session(url, sign=self._world.sign) as self._session:
                self._feed(Opened())
                async for frame in self._session.frames():
                    self._view.frame(frame)
                    self._feed(Received(decode_event(frame)))
        except WschatError:
            self._feed(Closed())
            raise

    async def _read(self) -> None:
        await self._view.read(lambda line: self._feed(Entered(line)))
        self._feed(Entered("/quit"))

    async def _expire(self, request_id: str | None) -> None:
        await asyncio.sleep(self._world.reply_timeout)
        self._feed(NoReply(request_id))

    def _feed(self, event: Event) -> None:
        self.state, effects = update(self.state, event)
        self._view.follow(self.state)
        for effect in effects:
            self._perform(effect)

    def _perform(self, effect: Effect) -> None:
        match effect:
            case Send(request) if self._session:
                self._start(self._session.send(request))
                self._start(self._expire(request.id))
            case Show(item):
                self._view.show(item)
            case GiveBack(line):
                self._view.give_back(line)
            case Quit():
                self._end(ExitCode.OK)

    def _end(self, code: ExitCode) -> None:
        if not self._over.done():
            self._over.set_result(code)


def _is_terminal(world: World) -> bool:
    if world.keyboard:
        return True
    return world.stdin.isatty() and world.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"


@contextmanager
def _view(world: World, history: Path, *, json_lines: bool, interactive: bool) -> Iterator[View]:
    if not interactive:
        yield LineView(world.stdin, world.stdout, world.stderr, world.clock, json_lines=json_lines)
        return
    from wschat.chat.view import terminal_view

    with terminal_view(history, world.clock, world.keyboard, world.screen) as view:
        yield view


def _discard(stream: TextIO) -> None:
    """Send what is still buffered nowhere, so that Python's end does not stumble over it."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
