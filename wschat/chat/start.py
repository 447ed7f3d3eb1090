"""The start of a chat: for a person in a terminal the input line first, then what takes a while to load."""

import asyncio
import errno
import os
import random
import sys
import termios
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import cached_property, partial
from io import StringIO
from typing import TYPE_CHECKING, TextIO

from wschat.chat.settings import Settings
from wschat.errors import ExitCode
from wschat.system import paths
from wschat.system.signals import on_termination

if TYPE_CHECKING:
    from wschat.chat.network.connection import Sign
    from wschat.target import WireName


@dataclass(frozen=True)
class ChatOptions:
    """How to chat, and what the chat touches besides the network, so that tests can give other things.

    Attributes:
        token: what the name can be taken back with.
        wire: what the server speaks, if not ours or to be recognised.
        commands: what to type for those that hints name.
        frames: frames are shown as they go over the wire.
        json_lines: requests are read and events written, in place of lines.
        welcome: is shown first.
        reply_wait: seconds after which it is said that a reply has not come.
        sign: signs each connection anew; without it none is signed.
        check: raises a WschatError if the server is gone for good.
        reconnect_limit: for how many seconds in a row it is tried to connect; None: it depends on who waits.
        time_of_day: seconds since 1970.
        jitter: the share of a pause that is taken: not all who were cut shall come back at the same time.
    """

    url: str
    token: str
    settings: Settings
    commands: Mapping[str, str] = field(default_factory=dict)
    json_lines: bool = False
    wire: "WireName | None" = None
    frames: bool = False
    welcome: str = ""
    stdin: TextIO = field(default_factory=lambda: sys.stdin or StringIO())  # both may be closed
    stdout: TextIO = field(default_factory=lambda: sys.stdout or StringIO())
    reply_wait: float = 5.0
    sign: "Sign | None" = None
    check: Callable[[], None] = lambda: None
    reconnect_limit: float | None = None
    time_of_day: Callable[[], float] = time.time
    jitter: Callable[[], float] = lambda: random.uniform(0.5, 1)  # noqa: S311  it is no secret

    @cached_property
    def is_person(self) -> bool:
        """Tell whether somebody sits there: both ends are a terminal."""
        return not self.json_lines and self.stdin.isatty() and self.stdout.isatty()

    @cached_property
    def has_prompt(self) -> bool:
        """Tell whether there is an input line: for a person, at a terminal that can show it."""
        return self.is_person and not self.settings.plain and os.environ.get("TERM", "dumb") != "dumb"


async def chat(options: ChatOptions) -> ExitCode:
    """Chat until the person quits or stdin ends.

    Returns OK; REFUSED if lines came from elsewhere than a terminal and one of them was refused; INTERRUPTED
    by SIGTERM or SIGHUP.

    Raises:
        ConnectError, AccessError, LostError: after what was typed and not confirmed has been shown.
        UsageError: the log can't be written.
    """
    loop = asyncio.get_running_loop()
    over: asyncio.Future[ExitCode] = loop.create_future()
    with on_termination(partial(loop.call_soon_threadsafe, _end, over)):
        try:
            async with AsyncExitStack() as stack:
                prompt = None
                if options.has_prompt:
                    from wschat.chat.ui.prompt import terminal_prompt

                    prompt = stack.enter_context(terminal_prompt(paths.history()))
                    stack.push_async_callback(prompt.stop)
                    await prompt.start()
                from wschat.chat.client import Client  # one can type by now

                return await Client(options, prompt, over).run()
        except BrokenPipeError:  # such as `| head`: who read has enough
            return ExitCode.OK
        except (OSError, termios.error) as error:
            # The terminal is gone, as SIGHUP tells too; or a signal came while it stopped this program.
            if options.has_prompt and error.args[:1] in ((errno.EIO,), (errno.EINTR,)):
                return ExitCode.INTERRUPTED
            raise


def _end(over: "asyncio.Future[ExitCode]") -> None:
    if not over.done():
        over.set_result(ExitCode.INTERRUPTED)
