"""What the chat touches besides the network, and what its views have in common."""

import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from io import StringIO
from typing import TYPE_CHECKING, Protocol, TextIO

if TYPE_CHECKING:
    from prompt_toolkit.input import Input
    from prompt_toolkit.output import Output

    from wschat.chat.machine.events import Event
    from wschat.chat.machine.items import Item, Unsent
    from wschat.chat.machine.state import ChatState
    from wschat.chat.network.connection import Sign
    from wschat.chat.ui.rendering import Clock


def local_time(milliseconds: int, form: str = "%H:%M") -> str:
    """Return a local time as strftime writes it; `--:--` for what is no time."""
    try:
        return time.strftime(form, time.localtime(milliseconds / 1000))
    except (OverflowError, ValueError, OSError):
        return "--:--"


@dataclass(frozen=True)
class World:
    """What the chat touches besides the network: given here, so that tests can give other things.

    `keyboard` and `screen` are a terminal; without them stdin and stdout are one, or are read and written
    as lines. `reply_timeout` is in seconds: API Gateway itself gives up after 29. `clock` shows a time;
    without it the settings say how. `sign` signs each connection anew; without it none is signed. `check`
    raises a WschatError if the server is gone for good. `patience` is for how many seconds in a row it is
    tried to connect. `wall` is the time of day in seconds. `jitter` says how much of a pause is taken, so
    that not all who were cut come back at the same time.
    """

    keyboard: "Input | None" = None
    screen: "Output | None" = None
    stdin: TextIO = field(default_factory=lambda: sys.stdin or StringIO())  # both may be closed
    stdout: TextIO = field(default_factory=lambda: sys.stdout or StringIO())
    reply_timeout: float = 30.0
    clock: "Clock | None" = None
    sign: "Sign | None" = None
    check: Callable[[], None] = lambda: None
    patience: float | None = None
    wall: Callable[[], float] = time.time
    jitter: Callable[[], float] = lambda: random.uniform(0.5, 1)  # noqa: S311  it is no secret

    @property
    def person(self) -> bool:
        """Tell whether somebody sits there: both ends are a terminal."""
        return self.keyboard is not None or (self.stdin.isatty() and self.stdout.isatty())


class View(Protocol):
    """Where lines come from and items go to."""

    def take_back(self) -> list[str]:
        """Return what was typed and not given to `enter`, and forget it."""

    async def read(self, enter: "Callable[[Event], None]") -> None:
        """Give each line that is entered to `enter`; return when there are no more."""

    def show(self, item: "Item") -> None:
        """Show an item. Raises BrokenPipeError when nobody reads any more."""

    def give_back(self, unsent: "Unsent") -> None:
        """Return a line to the person who typed it."""

    def follow(self, state: "ChatState") -> None:
        """Take note of the state after each event."""
