"""The observations that connect: a handshake, a frame, two people in a room; and what to type to chat."""

import asyncio
import secrets
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace

from wschat.chat.network import event_loop
from wschat.chat.network.connection import Session, Sign, open_session
from wschat.chat.network.lab_check import step
from wschat.chat.network.serving import UPDATED
from wschat.errors import AnswerError, LostError
from wschat.lab import engine, inventory
from wschat.lab.aws.routes import Route
from wschat.lab.aws.stages import Stage
from wschat.lab.aws.websocket_api import Api, Deployment
from wschat.lab.blueprint import STAGE, blueprint
from wschat.lab.model.lab import AWS_IAM
from wschat.learn.observe.scene import Scene, Watch
from wschat.protocol.refusals import ErrorCode
from wschat.protocol.requests import Action

QUIET_S = 0.5
"""Seconds of silence that end an observation of frames, when all have heard one."""
LONGEST_S = 15.0
"""Seconds after which it ends, however much is said in the room."""
FIRST_S, FIRST_IN_AWS_S = 2.0, 6.0
"""Seconds of silence that end it before that; in AWS a function may have to start first."""


def handshake(scene: Scene, watch: Watch, _nothing: str) -> None:
    """Connect; where the API asks for signatures, first without one."""
    url, sign = _address(scene, watch)

    async def connect(sign: Sign | None) -> None:
        watch("you connect", f"{url}{', signed' if sign else ''}")
        with watch.refusals():
            async with open_session(url, sign=sign):
                watch("API Gateway answers", "HTTP 101 Switching Protocols")
            watch("you close", "the connection, with code 1000")

    for each in (None, sign) if sign else (None,):
        event_loop.run(connect(each))


def frame(scene: Scene, watch: Watch, frame: str) -> None:
    """Connect, send a frame, and show those that come back."""
    url, sign = _address(scene, watch)

    async def talk() -> None:
        watch("you connect", url)
        async with open_session(url, sign=sign) as session:
            watch("you send", frame)
            await session.send(frame)
            await _hear({"you hear": session}, watch, _patience(scene))

    event_loop.run(talk())


def two(scene: Scene, watch: Watch, frame: str) -> None:
    """Let two meet in a room of their own, one of them send a frame, and show what both hear."""
    url, sign = _address(scene, watch)
    mark = secrets.token_hex(2)
    ann, bob, room = (f"{name}-{mark}" for name in ("ann", "bob", "room"))
    meet = ((0, Action.REGISTER, ann), (1, Action.REGISTER, bob), (0, Action.CREATE, room))

    async def talk() -> None:
        async with AsyncExitStack() as stack:
            people = [await stack.enter_async_context(open_session(url, sign=sign)) for _ in (ann, bob)]
            for who, action, value in (*meet, (1, Action.JOIN, room)):
                with _telling_who_makes(scene, action):
                    await step(people[who], action, value)
            watch("", f"{ann} and {bob} are in {room}")
            watch(f"{ann} sends", frame)
            await people[0].send(frame)
            heard = {f"{name} hears": each for name, each in zip((ann, bob), people, strict=True)}
            await _hear(heard, watch, _patience(scene))

    event_loop.run(talk())


@contextmanager
def _telling_who_makes(scene: Scene, action: Action) -> Iterator[None]:
    """Let the error of an action for which no route is served say which lesson makes it."""
    try:
        yield
    except AnswerError as error:
        if error.what.startswith("Forbidden") or error.code == ErrorCode.UNKNOWN_ACTION:
            lesson = scene.maker(f"route {action}")
            look = f"`wschat learn check {lesson}{scene.options}`"
            error.hint = f"lesson {lesson} makes the route {action}, and deploys it: {look}"
        raise


def _patience(scene: Scene) -> float:
    return FIRST_IN_AWS_S if scene.cloud.pacing.read_lag else FIRST_S


async def _hear(people: Mapping[str, Session], watch: Watch, patience: float) -> None:
    """Show what comes to people until it is quiet: so many seconds, or `QUIET_S` once all heard one."""
    heard, silent, came = asyncio.Queue[str](), {*people}, False

    async def listen(who: str, session: Session) -> None:
        try:
            async for frame in session.frames():
                watch(who, frame)
                heard.put_nowait(who)
        except LostError as lost:
            watch(who, lost.what)

    listening = [asyncio.create_task(listen(*each)) for each in people.items()]
    try:
        async with asyncio.timeout(LONGEST_S):
            while True:
                silent.discard(await asyncio.wait_for(heard.get(), patience if silent else QUIET_S))
                came = True
    except TimeoutError:
        watch("", "then it is quiet" if came else f"nothing comes in {patience:g} s")
    finally:
        for each in listening:
            each.cancel()
        await asyncio.gather(*listening, return_exceptions=True)


def chat(scene: Scene, watch: Watch, _nothing: str) -> None:
    """Say what to type in order to chat, and see the frames."""
    url, sign = _address(scene, watch)
    watch("in another terminal", f"{scene.command('chat', url, bool(sign))} --frames --name you --room lobby")


def web(scene: Scene, watch: Watch, _nothing: str) -> None:
    """Say what to type in order to see the page."""
    url, sign = _address(scene, watch)
    watch("in another terminal", scene.command("web", url, bool(sign)))


def _address(scene: Scene, watch: Watch) -> tuple[str, Sign | None]:
    """Return where clients connect, whether there is a stage or not, and how they sign if they must."""
    cloud, kinds = scene.cloud, (Api.kind, Route.kind, Deployment.kind, Stage.kind)
    found = inventory.read(replace(cloud, brief=True), [(kind, "") for kind in kinds])
    actual = found.actual(blueprint(cloud.lab))
    if not (url := engine.url(cloud, actual)):
        raise scene.lacking(Api.kind)
    age = engine.settling(cloud, actual) if (Stage.kind, STAGE) in actual.resources else None
    if age is not None and age < UPDATED.earliest:
        updated = f"the stage was updated {age:.0f} s ago"
        watch(
            "", f"{updated}: until {UPDATED.earliest:.0f} s AWS may serve what was before, in turns with it"
        )
    return url, scene.sign(url) if engine.authorization(actual) == AWS_IAM else None
