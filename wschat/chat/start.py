"""The start of a chat: for a person in a terminal the input line first, then what takes a while to load."""

import asyncio
import errno
from collections.abc import Callable
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

    from wschat.chat.prompt import Prompt


async def chat(
    url: str,
    settings: Settings,
    *,
    json_lines: bool,
    history: Path,
    token: str = "",
    welcome: str = "",
    world: World | None = None,
    give_way: Callable[[], str] | None = None,
) -> ExitCode:
    """Chat until the person quits or stdin ends; `token` is what the name can be taken back with.

    `give_way` is what `firstline` gave, where it showed a line.

    Returns OK; REFUSED if lines came from elsewhere than a terminal and one of them was refused; INTERRUPTED
    by SIGTERM or SIGHUP.

    Raises:
        ConnectError, AccessError, LostError: after what was typed and not confirmed has been shown.
        UsageError: the log can't be written.
    """
    world = world or World()
    loop = asyncio.get_running_loop()
    over: asyncio.Future[ExitCode] = loop.create_future()
    with on_termination(partial(loop.call_soon_threadsafe, _end, over)):
        try:
            async with _prompt(world, history, give_way) as prompt:
                from wschat.chat.client import run  # one can type by now

                return await run(
                    url, settings, world, prompt, over, json_lines=json_lines, token=token, welcome=welcome
                )
        except OSError as error:
            with suppress(OSError):
                discard(world.stdout)
            if isinstance(error, BrokenPipeError):  # such as `| head`: who read has enough
                return ExitCode.OK
            if give_way and error.errno == errno.EIO:  # the terminal is gone, as SIGHUP tells too
                return ExitCode.INTERRUPTED
            raise


def _end(over: "asyncio.Future[ExitCode]") -> None:
    if not over.done():
        over.set_result(ExitCode.INTERRUPTED)


@asynccontextmanager
async def _prompt(
    world: World, history: Path, give_way: Callable[[], str] | None
) -> "AsyncIterator[Prompt | None]":
    """Show an input line, if there is a first one, or a keyboard is given."""
    if give_way is None and world.keyboard is None:
        yield None
        return
    from wschat.chat.prompt import terminal_prompt

    give_way = give_way or str
    with terminal_prompt(history, world.keyboard, world.screen, give_way=give_way) as prompt:
        try:
            await prompt.start()
            yield prompt
        finally:
            await prompt.stop()
