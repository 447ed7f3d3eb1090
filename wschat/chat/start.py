"""The start of a chat: for a person in a terminal the input line first, then what takes a while to load."""

import asyncio
import errno
import os
import sys
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from wschat.chat.settings import Settings
from wschat.chat.world import World
from wschat.errors import ExitCode
from wschat.signals import on_termination
from wschat.streams import discard

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from wschat.chat.ui.prompt import Prompt


async def chat(
    url: str,
    settings: Settings,
    *,
    json_lines: bool,
    history: Path,
    token: str = "",
    welcome: str = "",
    world: World | None = None,
) -> ExitCode:
    """Chat until the person quits or stdin ends; `token` is what the name can be taken back with.

    Returns OK; REFUSED if lines came from elsewhere than a terminal and one of them was refused; INTERRUPTED
    by SIGTERM or SIGHUP.

    Raises:
        ConnectError, AccessError, LostError: after what was typed and not confirmed has been shown.
        UsageError: the log can't be written.
    """
    world = world or World()
    has_prompt = _has_prompt(world, plain=json_lines or settings.plain)
    loop = asyncio.get_running_loop()
    over: asyncio.Future[ExitCode] = loop.create_future()
    with on_termination(partial(loop.call_soon_threadsafe, _end, over)):
        try:
            async with _prompt(world, history, wanted=has_prompt) as prompt:
                from wschat.chat.client import run  # one can type by now

                return await run(
                    url, settings, world, prompt, over, json_lines=json_lines, token=token, welcome=welcome
                )
        except OSError as error:
            is_gone = has_prompt and error.errno == errno.EIO  # the terminal, as SIGHUP tells too
            for stream in (world.stdout, sys.stderr) if is_gone else (world.stdout,):
                with suppress(OSError):
                    discard(stream)
            if isinstance(error, BrokenPipeError):  # such as `| head`: who read has enough
                return ExitCode.OK
            if is_gone:
                return ExitCode.INTERRUPTED
            raise


def _end(over: "asyncio.Future[ExitCode]") -> None:
    if not over.done():
        over.set_result(ExitCode.INTERRUPTED)


def _has_prompt(world: World, *, plain: bool) -> bool:
    """Tell whether there is an input line: at a keyboard, or for a person at a terminal that can show it."""
    is_dumb = os.environ.get("TERM", "dumb") == "dumb"
    return world.keyboard is not None or (world.person and not plain and not is_dumb)


@asynccontextmanager
async def _prompt(world: World, history: Path, *, wanted: bool) -> "AsyncIterator[Prompt | None]":
    if not wanted:
        yield None
        return
    from wschat.chat.ui.prompt import terminal_prompt

    with terminal_prompt(history, world.keyboard, world.screen) as prompt:
        try:
            await prompt.start()
            yield prompt
        finally:
            await prompt.stop()
