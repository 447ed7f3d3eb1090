"""The start of a chat: for a person in a terminal the input line first, then what takes a while to load."""

import asyncio
import errno
import os
import random
import sys
import time
from collections.abc import Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from wschat.chat.settings import Settings
from wschat.errors import ExitCode
from wschat.signals import on_termination
from wschat.streams import discard

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from prompt_toolkit.input import Input
    from prompt_toolkit.output import Output

    from wschat.chat.network.connection import Sign
    from wschat.chat.ui.prompt import Prompt
    from wschat.chat.ui.rendering import FormatTime


@dataclass(frozen=True)
class Environment:
    """What the chat touches besides the network: given here, so that tests can give other things.

    Attributes:
        keyboard, screen: a terminal; without them stdin and stdout are one, or are read and written as lines.
        reply_timeout: seconds; API Gateway itself gives up after 29.
        format_time: shows a time; without it the settings say how.
        sign: signs each connection anew; without it none is signed.
        check: raises a WschatError if the server is gone for good.
        reconnect_limit: for how many seconds in a row it is tried to connect; None: it depends on who waits.
        time_of_day: seconds since 1970.
        jitter: the share of a pause that is taken: not all who were cut shall come back at the same time.
    """

    keyboard: "Input | None" = None
    screen: "Output | None" = None
    stdin: TextIO = field(default_factory=lambda: sys.stdin or StringIO())  # both may be closed
    stdout: TextIO = field(default_factory=lambda: sys.stdout or StringIO())
    reply_timeout: float = 30.0
    format_time: "FormatTime | None" = None
    sign: "Sign | None" = None
    check: Callable[[], None] = lambda: None
    reconnect_limit: float | None = None
    time_of_day: Callable[[], float] = time.time
    jitter: Callable[[], float] = lambda: random.uniform(0.5, 1)  # noqa: S311  it is no secret

    @property
    def is_interactive(self) -> bool:
        """Tell whether somebody sits there: both ends are a terminal."""
        return self.keyboard is not None or (self.stdin.isatty() and self.stdout.isatty())


async def chat(
    url: str,
    settings: Settings,
    *,
    json_lines: bool,
    history: Path,
    token: str = "",
    welcome: str = "",
    environment: Environment | None = None,
) -> ExitCode:
    """Chat until the person quits or stdin ends; `token` is what the name can be taken back with.

    Returns OK; REFUSED if lines came from elsewhere than a terminal and one of them was refused; INTERRUPTED
    by SIGTERM or SIGHUP.

    Raises:
        ConnectError, AccessError, LostError: after what was typed and not confirmed has been shown.
        UsageError: the log can't be written.
    """
    environment = environment or Environment()
    has_prompt = _has_prompt(environment, plain=json_lines or settings.plain)
    loop = asyncio.get_running_loop()
    over: asyncio.Future[ExitCode] = loop.create_future()
    with on_termination(partial(loop.call_soon_threadsafe, _end, over)):
        try:
            async with _prompt(environment, history, wanted=has_prompt) as prompt:
                from wschat.chat.client import Client  # one can type by now

                client = Client(url, settings, environment, prompt, over, json_lines=json_lines, token=token)
                return await client.run(welcome)
        except OSError as error:
            is_gone = has_prompt and error.errno == errno.EIO  # the terminal, as SIGHUP tells too
            with suppress(OSError):
                discard(environment.stdout)
                if is_gone and sys.stderr:  # None where it is closed
                    discard(sys.stderr)
            if isinstance(error, BrokenPipeError):  # such as `| head`: who read has enough
                return ExitCode.OK
            if is_gone:
                return ExitCode.INTERRUPTED
            raise


def _end(over: "asyncio.Future[ExitCode]") -> None:
    if not over.done():
        over.set_result(ExitCode.INTERRUPTED)


def _has_prompt(environment: Environment, *, plain: bool) -> bool:
    """Tell whether there is an input line: at a keyboard, or for a person at a terminal that can show it."""
    is_dumb = os.environ.get("TERM", "dumb") == "dumb"
    return environment.keyboard is not None or (environment.is_interactive and not plain and not is_dumb)


@asynccontextmanager
async def _prompt(environment: Environment, history: Path, *, wanted: bool) -> "AsyncIterator[Prompt | None]":
    if not wanted:
        yield None
        return
    from wschat.chat.ui.prompt import terminal_prompt

    with terminal_prompt(history, environment.keyboard, environment.screen) as prompt:
        try:
            await prompt.start()
            yield prompt
        finally:
            await prompt.stop()
