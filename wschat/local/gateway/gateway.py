"""What API Gateway does with a handshake, a message, a post and an end: read it top to bottom."""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import NamedTuple

from wschat.local.gateway import answers, events
from wschat.local.gateway.answers import BINARY, DELETED, GOING_AWAY, RESTART, Close, Problem, Result
from wschat.local.gateway.api import ANYONE, AWS_IAM, MOCK, PROXY, Integration, Route, Stage, route_of
from wschat.local.gateway.connections import GONE, TOO_LARGE, TOO_MANY, Answer, Open, Socket, about
from wschat.local.gateway.events import Connection, Event, Moment
from wschat.local.gateway.limits import BUFFER_BYTES, MESSAGE_BYTES, Settings, Throttles

SHUFFLED_S = 0.05
log = logging.getLogger("wschat.gateway")


class Handshake(NamedTuple):
    """A client's request to open a WebSocket; `target` is its path and query as they came."""

    target: str
    headers: Sequence[tuple[str, str]]
    query: Sequence[tuple[str, str]]
    source_ip: str


class Verdict(NamedTuple):
    """The answer to a handshake; without a connection it is refused."""

    connection: Connection | None
    status: int = HTTPStatus.SWITCHING_PROTOCOLS
    headers: Mapping[str, str] = {}
    body: str = ""


Identity = dict[str, str]
FindStage = Callable[[str, str], Awaitable[Stage | None]]
Invoke = Callable[[Integration, str, Event], Awaitable[Result]]
Authorize = Callable[[Handshake, Stage, float], Identity | str]


class Gateway:
    """The WebSocket side of all APIs.

    Args:
        find_stage: finds a stage by its API and name, if it serves a deployment.
        invoke: invokes the function of an integration, for the route of an ARN, with an event.
        authorize: checks the signature of a handshake; returns who it is, or why not.
        make_id: makes the ids of connections and of requests.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        settings: Settings,
        find_stage: FindStage,
        invoke: Invoke,
        authorize: Authorize,
        make_id: Callable[[], str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._find_stage = find_stage
        self._invoke = invoke
        self._authorize = authorize
        self._make_id = make_id
        self._clock = clock
        self._throttles = Throttles(settings.rate, clock())
        self._open: dict[str, Open] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def connect(self, api: str, stage_name: str, handshake: Handshake) -> Verdict:
        """Answer a handshake, as `$connect` decides if there is that route."""
        moment = Moment(self._make_id(), self._clock())
        agent = [value for name, value in handshake.headers if name.lower() == "user-agent"]
        identity = {"sourceIp": handshake.source_ip, **({"userAgent": agent[0]} if agent else {})}
        connection = Connection(self._make_id(), api, stage_name, "", moment.time, identity)

        def refuse(status: int, message: str) -> Verdict:
            body = answers.frame(message, connection.id, moment.request_id)
            return Verdict(None, status, {}, body)

        stage = await self._find_stage(api, stage_name)
        if stage is None:
            return refuse(Problem.FORBIDDEN.status, Problem.FORBIDDEN.message)
        if not self._throttles.connect(stage, moment.time):
            return refuse(Problem.THROTTLED.status, Problem.THROTTLED.message)
        connection = replace(connection, region=stage.region)
        route = stage.deployment.routes.get("$connect")
        if route is None:
            return Verdict(connection)
        if route.authorization == AWS_IAM:
            who = self._authorize(handshake, stage, moment.time)
            if isinstance(who, str):
                return refuse(Problem.FORBIDDEN.status, who)
            connection = replace(connection, identity={**identity, **who})
        elif route.authorization != ANYONE:
            log.warning("%s/%s $connect: no %s authorizer works here", api, stage_name, route.authorization)
            return refuse(Problem.REFUSED.status, Problem.REFUSED.message)
        event = events.connect(connection, moment, handshake.headers, handshake.query)
        result = await self._integrate(stage, route, event)
        if result.problem:
            return refuse(result.problem.status, result.problem.message)
        if not answers.opens(result):
            return refuse(result.status, answers.phrase(result.status))
        return Verdict(connection, headers=result.headers)

    async def serve(self, connection: Connection, socket: Socket) -> None:
        """Serve a connection from the end of its handshake until after its `$disconnect`."""
        known = Open(connection, socket, self._settings, self._clock())
        self._open[connection.id] = known
        timer = self._watch(known)
        try:
            async for message in socket:
                if isinstance(message, bytes):
                    await known.close(BINARY)
                    break
                known.active = self._clock()
                await known.turns.acquire()
                handled = self._in_background(self._message(known, message))
                handled.add_done_callback(lambda _: known.turns.release())
        finally:
            timer.cancel()
            self._open.pop(connection.id, None)
        if known.ended != RESTART:
            await self._disconnect(connection, known.ended)

    async def _message(self, known: Open, text: str) -> None:
        """Let a message take its route, and send back what there is to send."""
        connection, moment = known.connection, Moment(self._make_id(), self._clock())
        answer = await self._answer(connection, moment, text)
        if isinstance(answer, Problem):
            answer = answers.frame(answer.message, connection.id, moment.request_id)
        if answer is not None:
            await self._shuffle()
            await known.send(answer.encode(), self._clock())

    async def _answer(self, connection: Connection, moment: Moment, text: str) -> str | Problem | None:
        stage = await self._find_stage(connection.api, connection.stage)
        route = route_of(stage.deployment, text) if stage else None
        if stage is None or route is None:
            return Problem.FORBIDDEN
        if not self._throttles.message(stage, route.key, moment.time):
            return Problem.THROTTLED
        result = await self._integrate(stage, route, events.message(connection, moment, route.key, text))
        return answers.reply(route, result)

    async def _disconnect(self, connection: Connection, end: Close) -> None:
        """Run `$disconnect`, if there is that route; nobody hears what it answers."""
        stage = await self._find_stage(connection.api, connection.stage)
        route = stage.deployment.routes.get("$disconnect") if stage else None
        if stage and route:
            moment = Moment(self._make_id(), self._clock())
            await self._integrate(stage, route, events.disconnect(connection, moment, *end))

    async def _integrate(self, stage: Stage, route: Route, event: Event) -> Result:
        """Return what comes of a route's integration; a problem's reason goes to the log."""
        await self._shuffle()
        integration = route.integration
        if integration and integration.type == PROXY:
            result = await self._invoke(integration, stage.arn(route.key), event)
        elif integration and integration.type == MOCK:
            result = answers.read_mock(integration)
        else:
            what = integration.type if integration else "nothing"
            result = Result(Problem.REFUSED, f"only AWS_PROXY and MOCK work here, not {what}")
        if result.problem:
            log.warning("%s/%s %s: %s", stage.api, stage.name, route.key, result.reason)
        return result

    def find(self, api: str, stage: str, connection_id: str) -> Open | None:
        """Find an open connection of an API's stage."""
        known = self._open.get(connection_id)
        if known is None or known.ending or (known.connection.api, known.connection.stage) != (api, stage):
            return None
        return known

    async def post(self, api: str, stage: str, connection_id: str, data: bytes) -> Answer:
        """Send a message to a connection, unless it is too large or the client reads too slowly."""
        if len(data) > MESSAGE_BYTES:
            return TOO_LARGE
        await self._shuffle()
        known = self.find(api, stage, connection_id)
        if known is None:
            return GONE
        now = self._clock()
        if not self._throttles.post(now) or known.socket.unsent + len(data) > BUFFER_BYTES:
            return TOO_MANY
        await known.send(data, now)
        return Answer(HTTPStatus.OK)

    def get(self, api: str, stage: str, connection_id: str) -> Answer:
        """Tell of a connection."""
        known = self.find(api, stage, connection_id)
        return Answer(HTTPStatus.OK, body=about(known)) if known else GONE

    def delete(self, api: str, stage: str, connection_id: str) -> Answer:
        """Close a connection; its `$disconnect` follows."""
        known = self.find(api, stage, connection_id)
        if known is None:
            return GONE
        self._in_background(known.close(DELETED))
        return Answer(HTTPStatus.NO_CONTENT)

    async def leave(self) -> None:
        """Close all connections, because the gateway ends; no `$disconnect` follows."""
        await asyncio.gather(*(known.close(RESTART) for known in self._open.values()))

    def _watch(self, known: Open) -> "Timer":
        return Timer(
            lambda: known.deadline - self._clock(), lambda: self._in_background(known.close(GOING_AWAY))
        )

    async def cut_at_random(self) -> None:
        """Cut connections without a close frame, so many a minute, for ever."""
        while self._settings.drop:
            await asyncio.sleep(random.expovariate(self._settings.drop / 60))
            if self._open:
                random.choice(list(self._open.values())).socket.abort()  # noqa: S311

    async def _shuffle(self) -> None:
        """Let what began later overtake, if that is wanted."""
        if self._settings.shuffle:
            await asyncio.sleep(random.uniform(0, SHUFFLED_S))  # noqa: S311

    def _in_background(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


class Timer:
    """Does something once no time is left; looks again when there was some left after all."""

    def __init__(self, left: Callable[[], float], work: Callable[[], object]) -> None:
        self._left = left
        self._work = work
        self._loop = asyncio.get_running_loop()
        self._handle = self._loop.call_later(left(), self._look)

    def cancel(self) -> None:
        """Do nothing any more."""
        self._handle.cancel()

    def _look(self) -> None:
        left = self._left()
        if left > 0:
            self._handle = self._loop.call_later(left, self._look)
        else:
            self._work()
