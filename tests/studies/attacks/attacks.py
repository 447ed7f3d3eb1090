"""The attacks: who does what to whom, in a lab of its own URL; to add one, add it to `ATTACKS`."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from tests.studies.line import Line
from wschat.protocol.events import ClientMessage, Error, Event, MultiMessage, Signup, UserJoined, UserLeft

BACK_S = 0.5  # seconds until a client that was cut off is back
PATIENCE_S = 10.0  # ... and in which the function of $disconnect has started, on a busy machine, too
LOOK_ALIKE = "He\u0430d"


@dataclass(frozen=True)
class Seen:
    """What came of an attack: whether it was held off, and what people saw."""

    held: bool
    what: str


@dataclass(frozen=True)
class Attack:
    """An attack in a sentence, and what carries it out at a lab's URL."""

    what: str
    act: Callable[[str], Coroutine[Any, Any, Seen]]


async def someone(url: str, name: str, room: str, token: str | None = None) -> Line:
    """Connect, take a name, and enter a room, which is made if there is none."""
    line = await Line.to(url)
    assert isinstance(await line.ask("register", name, token=token), Signup)
    if not isinstance(await line.ask("join", room), MultiMessage):
        assert isinstance(await line.ask("create", room), MultiMessage)
    return line


async def _speak_as(line: Line, name: str, room: str, until: float) -> Event:
    """Take a name as soon as it can be had, until a time, and speak by it; return the last reply."""
    while True:
        reply = await line.ask("register", name, token="guessed")
        if isinstance(reply, Signup):
            await line.ask("join", room)
            return await line.ask("message", "the lesson is over")
        if asyncio.get_running_loop().time() > until:
            return reply


async def take_the_name(url: str, name: str, token: str | None) -> Seen:
    """Let a bot wait for the name of a teacher whose network fails for a moment."""
    room = f"the class of {name}"
    pupil, bot = await someone(url, f"a pupil of {name}", room), await Line.to(url)
    teacher = await someone(url, name, room, token)
    pupil.heard()
    await teacher.cut(kindly=False)
    patience = BACK_S if token else PATIENCE_S
    await _speak_as(bot, name, room, asyncio.get_running_loop().time() + patience)
    back = await Line.to(url)
    reply = await back.ask("register", name, token=token)
    await back.ask("join", room)
    await back.ask("message", "here I am")
    await pupil.ask("message", "goodbye")
    heard = pupil.heard()
    for line in (pupil, bot, back):
        await line.cut(kindly=True)
    said = [event.message for event in heard if isinstance(event, ClientMessage) and event.user == name]
    noise = [event.type for event in heard if isinstance(event, UserLeft | UserJoined)]
    told = f"the teacher is told: {reply.message}" if isinstance(reply, Error) else "the teacher is back"
    what = f"{name} is heard: {', '.join(said) or 'nothing'}; {' and '.join(noise) or 'nobody left'}; {told}"
    return Seen(said == ["here I am"] and not noise, what)


async def look_alike(url: str) -> Seen:
    """Let a bot take a name in which one letter is Cyrillic, beside that of the head of the school."""
    teacher, bot = await someone(url, "Head", "School", "secret"), await Line.to(url)
    reply = await bot.ask("register", LOOK_ALIKE, token="guessed")
    for line in (teacher, bot):
        await line.cut(kindly=True)
    return Seen(
        isinstance(reply, Error), reply.message if isinstance(reply, Error) else "the bot has the name"
    )


ATTACKS = (
    Attack(
        "take the name of one who is cut off, who has no token (so it was for all, once)",
        lambda url: take_the_name(url, "Tutor", None),
    ),
    Attack(
        "take the name of one who is cut off, and has a token",
        lambda url: take_the_name(url, "Teacher", "secret"),
    ),
    Attack("take a name that looks like somebody's", look_alike),
)
