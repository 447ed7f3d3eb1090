"""What API Gateway does with a handshake, a message, a post and an end: read it top to bottom."""

import asyncio
import logging
import random
import re
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import parse_qsl

from websockets.asyncio.server import ServerConnection
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from wschat.local.gateway import events, ids, quotas, responses
from wschat.local.gateway.events import ConnectionInfo, Event, RequestInfo
from wschat.local.gateway.model import ANYONE, AWS_IAM, MOCK, PROXY, Integration, Route, Stage, route_of
from wschat.local.gateway.open_connection import OpenConnection, split
from wschat.local.gateway.quotas import BUFFER_BYTES, MESSAGE_BYTES, GatewayOptions, Throttles
from wschat.local.gateway.responses import BINARY, DELETED, GOING_AWAY, RESTART, Close, Problem, Reply, Result

TOO_LONG = f".{{{quotas.URL_CHARACTERS + 1}}}"
TARGET = re.compile(rf"(?!{TOO_LONG})/_aws/execute-api/([^/?]+)/([^/?]+)/?(?:\?(.*))?")
BAD_REQUEST = "<html><body><h1>400 Bad Request</h1></body></html>"
SHUFFLED_S = 0.05
log = logging.getLogger("wschat.gateway")


class Accepted(NamedTuple):
    """The answer to a handshake that opens a connection, with the subprotocol that `$connect` chose."""

    info: ConnectionInfo
    subprotocol: str = ""


Identity = dict[str, str]
FindStage = Callable[[str, str], Stage | None]
Invoke = Callable[[Integration, str, Event], Awaitable[Result]]
Authorize = Callable[[Request, Stage], Identity | str]
Denied = Callable[[Stage], Reply | None]


@dataclass(eq=False)
class Gateway:
    """The WebSocket side of all APIs.

    Attributes:
        find_stage: finds a stage by its API and name, if it serves a deployment.
        invoke: invokes the function of an integration, for the route of an ARN, with an event.
        authorize: checks the signature of a handshake; returns who it is, or why not.
    """

    options: GatewayOptions
    find_stage: FindStage
    invoke: Invoke
    authorize: Authorize
    _open: dict[str, OpenConnection] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._throttles = Throttles(self.options.rate)

    async def connect(self, handshake: Request, source_ip: str) -> Accepted | Response:
        """Answer a handshake, as `$connect` decides if there is that route; not one that signs twice."""
        request = RequestInfo(ids.request_id(), time.time())
        if len(handshake.headers.get_all("Authorization")) > 1:
            return _refusal(HTTPStatus.BAD_REQUEST, BAD_REQUEST, request.request_id, "text/html")
        return await self._connect(handshake, request, source_ip)

    async def _connect(self, handshake: Request, request: RequestInfo, source_ip: str) -> Accepted | Response:
        target = TARGET.fullmatch(handshake.path)
        api, stage_name, query = target.groups("") if target else ("", "", "")
        agents = handshake.headers.get_all("User-Agent")
        identity = {"sourceIp": source_ip, **({"userAgent": agents[0]} if agents else {})}
        info = ConnectionInfo(ids.connection_id(), api, stage_name, "", request.time, identity)

        def refuse(problem: Problem, message: str = "") -> Response:
            body = responses.frame(message or problem.message, info.id, request.request_id)
            return _refusal(problem.status, body, request.request_id)

        stage = self.find_stage(api, stage_name)
        if stage is None:
            return refuse(Problem.FORBIDDEN)
        if not self._throttles.connect(stage, request.time):
            return refuse(Problem.THROTTLED)
        info = replace(info, region=stage.region)
        route = stage.deployment.routes.get("$connect")
        if route is None:
            return Accepted(info)
        if route.authorization == AWS_IAM:
            who = self.authorize(handshake, stage)
            if isinstance(who, str):
                return refuse(Problem.FORBIDDEN, who)
            info = replace(info, identity={**identity, **who})
        elif route.authorization != ANYONE:
            log.warning("%s/%s $connect: no %s authorizer works here", api, stage_name, route.authorization)
            return refuse(Problem.REFUSED)
        parameters, headers = parse_qsl(query, keep_blank_values=True), handshake.headers.raw_items()
        event = events.connect(info, request, headers, parameters, ids.trace_id())
        result = await self._integrate(stage, route, event)
        if result.problem:
            return refuse(result.problem)
        if result.status not in range(200, 300):  # any 2xx opens
            kind = result.headers.get("content-type", "application/json")
            return _refusal(result.status, result.body, request.request_id, kind)
        return Accepted(info, result.headers.get("sec-websocket-protocol", ""))

    async def serve(self, info: ConnectionInfo, websocket: ServerConnection) -> None:
        """Serve a connection from the end of its handshake until after its `$disconnect`."""
        client = OpenConnection(info, websocket, self.options, time.time())
        self._open[info.id] = client
        timer = self._in_background(self._close_in_time(client))
        try:
            async for message in websocket:
                if isinstance(message, bytes):
                    await client.close(BINARY)
                    break
                client.active = time.time()
                await client.slots.acquire()
                handled = self._in_background(self._message(client, message))
                handled.add_done_callback(lambda _: client.slots.release())
        except ConnectionClosed:
            pass
        finally:
            timer.cancel()
            self._open.pop(info.id, None)
        if client.ended != RESTART:
            await self._disconnect(info, client.ended)

    async def _close_in_time(self, client: OpenConnection) -> None:
        """Close a connection for its age, or because no message came, either way."""
        while (left := client.deadline - time.time()) > 0:  # noqa: ASYNC110  traffic moves the deadline
            await asyncio.sleep(left)
        await client.close(GOING_AWAY)

    async def _message(self, client: OpenConnection, text: str) -> None:
        """Let a message take its route, and send back what there is to send."""
        info, request = client.info, RequestInfo(ids.request_id(), time.time())
        answer = await self._answer(info, request, text)
        if answer is None:
            return
        if isinstance(answer, Problem):
            frames = [responses.frame(answer.message, info.id, request.request_id).encode()]
        else:
            frames = split(answer.encode())
        await self._shuffle()
        await client.send(frames, time.time())

    async def _answer(self, info: ConnectionInfo, request: RequestInfo, text: str) -> str | Problem | None:
        stage = self.find_stage(info.api, info.stage)
        route = route_of(stage.deployment, text) if stage else None
        if stage is None or route is None:
            return Problem.FORBIDDEN
        if not self._throttles.message(stage, route.key, request.time):
            return Problem.THROTTLED
        event = events.message(info, request, route.key, ids.message_id(info.id), text)
        result = await self._integrate(stage, route, event)
        return responses.reply(route, result)

    async def _disconnect(self, info: ConnectionInfo, end: Close) -> None:
        """Run `$disconnect`, if there is that route; its response is discarded."""
        stage = self.find_stage(info.api, info.stage)
        route = stage.deployment.routes.get("$disconnect") if stage else None
        if stage and route:
            request = RequestInfo(ids.request_id(), time.time())
            await self._integrate(stage, route, events.disconnect(info, request, *end))

    async def _integrate(self, stage: Stage, route: Route, event: Event) -> Result:
        """Return what comes of a route's integration; a problem's reason goes to the log."""
        await self._shuffle()
        if stage.variables:
            event["stageVariables"] = dict(stage.variables)
        integration = route.integration
        if integration and integration.type == PROXY:
            result = await self.invoke(integration, stage.arn(route.key), event)
        elif integration and integration.type == MOCK:
            result = responses.read_mock(integration)
        else:
            what = integration.type if integration else "nothing"
            result = Result(Problem.REFUSED, f"only AWS_PROXY and MOCK work here, not {what}")
        if result.problem:
            log.warning("%s/%s %s: %s", stage.api, stage.name, route.key, result.reason)
        return result

    async def manage(
        self, method: str, api: str, stage_name: str, connection_id: str, data: bytes, denied: Denied
    ) -> Reply:
        """Post to a connection of an API, describe it, or close it, through any of its stages.

        `denied` returns the refusal of who may not. The id is looked at before that, as recorded (us-east-1,
        2026-09); that the size and the stage are looked at first is inferred.
        """
        if len(data) > MESSAGE_BYTES:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {}, b""
        stage = self.find_stage(api, stage_name)
        if stage is None:
            return responses.error(HTTPStatus.FORBIDDEN, "Forbidden")
        if not ids.is_issued(connection_id):
            return responses.error(HTTPStatus.BAD_REQUEST, f"Invalid connectionId: {connection_id}")
        if refusal := denied(stage):
            return refusal
        await self._shuffle()
        client = self._open.get(connection_id)
        if client is None or client.ending or client.info.api != api:
            return responses.error(HTTPStatus.GONE)
        match method:
            case "POST":
                now = time.time()
                if not self._throttles.post(now) or client.unsent + len(data) > BUFFER_BYTES:
                    return responses.error(HTTPStatus.TOO_MANY_REQUESTS)
                await client.send(split(data.decode(errors="replace").encode()), now)
                return responses.ok()
            case "GET":
                return responses.ok(client.describe())
            case "DELETE":
                self._in_background(client.close(DELETED))  # its `$disconnect` follows
                return HTTPStatus.NO_CONTENT, {"content-type": "application/json"}, b""
        return responses.error(HTTPStatus.FORBIDDEN, "Forbidden")

    async def shut_down(self) -> None:
        """Close all connections, because the gateway ends; no `$disconnect` follows."""
        await asyncio.gather(*(client.close(RESTART) for client in self._open.values()))

    async def drop_at_random(self) -> None:
        """Cut connections without a close frame, so many a minute, for ever."""
        while self.options.drop:
            await asyncio.sleep(random.expovariate(self.options.drop / 60))
            if self._open:
                random.choice(list(self._open.values())).websocket.transport.abort()  # noqa: S311

    async def _shuffle(self) -> None:
        """Let what began later overtake, if that is wanted."""
        if self.options.shuffle:
            await asyncio.sleep(random.uniform(0, SHUFFLED_S))  # noqa: S311

    def _in_background(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _refusal(status: int, body: str, request_id: str, content_type: str = "application/json") -> Response:
    """Return the answer that refuses a handshake, as recorded (us-east-1, 2026-09), but for `Connection`.

    AWS keeps the connection alive.
    """
    content, charset = body.encode(), "" if "charset=" in content_type.lower() else "; charset=UTF-8"
    headers = {
        "Date": formatdate(usegmt=True),
        "Content-Type": content_type + charset,
        "Content-Length": str(len(content)),
        "Connection": "close",
        "x-amz-apigw-id": request_id,
    }
    return Response(status, responses.phrase(status), Headers(headers), content)
