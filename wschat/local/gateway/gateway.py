"""What API Gateway does with a handshake, a message, a post and an end: read it top to bottom."""

import asyncio
import logging
import random
import re
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from urllib.parse import parse_qsl

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from wschat.local.gateway import events, ids, quotas, responses
from wschat.local.gateway.addresses import PREFIX, is_in, path_here
from wschat.local.gateway.admission import Accepted, Attempt, Invoke, refuse, refuse_two_signatures
from wschat.local.gateway.events import ConnectionInfo, Event, Handshake, RequestInfo
from wschat.local.gateway.model import MOCK, PROXY, Route, Stage, route_of
from wschat.local.gateway.open_connection import OpenConnection, OpenConnections, split
from wschat.local.gateway.quotas import BUFFER_BYTES, MESSAGE_BYTES, GatewayOptions, Throttles
from wschat.local.gateway.responses import BINARY, DELETED, RESTART, Close, Problem, Reply, Result
from wschat.local.gateway.trace import Trace, trace, turned_away
from wschat.local.logs.execution import Execution
from wschat.text import safe

TOO_LONG = f".{{{quotas.URL_CHARACTERS + 1}}}"
TARGET = re.compile(rf"(?!{TOO_LONG}){PREFIX}/([^/?]+)/([^/?]+)/?(?:\?(.*))?")
SHUFFLED_S = 0.05
OPEN = HTTPStatus.SWITCHING_PROTOCOLS
THROTTLED = "beyond a throttle: of the route, the stage or the account"
log = logging.getLogger("wschat.gateway")


FindStage = Callable[[str, str], Stage | str]
Admit = Callable[[Attempt, Stage, Route], Awaitable[ConnectionInfo | Result]]
Denied = Callable[[Stage], Reply | None]


@dataclass(eq=False)
class Gateway:
    """The WebSocket side of all APIs.

    Attributes:
        find_stage: finds a stage by its API and name, if it serves a deployment, or says why there is none.
        invoke: invokes the function of an integration, for the route of an ARN, with an event; returns what
            that returns, or the problem.
        admit: decides who may connect: returns what is known of who does, or the refusal.
        trace: is told all that happens.
        log: writes what stages have logged of a request.
        connections: those that are open.
    """

    options: GatewayOptions
    find_stage: FindStage
    invoke: Invoke
    admit: Admit
    trace: Callable[[Trace], None] = lambda _: None
    log: Callable[[Execution], None] = lambda _: None
    connections: OpenConnections = field(default_factory=OpenConnections)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._throttles = Throttles(self.options.rate)

    async def connect(self, handshake: Request, source_ip: str) -> Accepted | Response:
        """Answer a handshake, as `$connect` decides if there is that route; not one that signs twice."""
        request = RequestInfo(ids.request_id(), time.time())
        if (signatures := len(handshake.headers.get_all("Authorization"))) > 1:
            self.trace(
                turned_away(
                    handshake.path, HTTPStatus.BAD_REQUEST, f"there are {signatures} Authorization headers"
                )
            )
            return refuse_two_signatures()
        return await self._connect(handshake, request, source_ip)

    async def _connect(self, handshake: Request, request: RequestInfo, source_ip: str) -> Accepted | Response:
        host = "".join(handshake.headers.get_all("Host"))
        target = TARGET.fullmatch(path_here(host, handshake.path))
        api, stage_name, query = target.groups("") if target else ("", "", "")
        agents = handshake.headers.get_all("User-Agent")
        identity = {"sourceIp": source_ip, **({"userAgent": agents[0]} if agents else {})}
        info = ConnectionInfo(ids.connection_id(), api, stage_name, "", request.time, identity)
        stage = self.find_stage(api, stage_name)
        if isinstance(stage, Stage) and not is_in(stage.region, host):
            stage = f"API {api} is in {stage.region}, and not at {host}"
        route = None if isinstance(stage, str) else stage.deployment.routes.get("$connect")
        info, result = await self._admit(stage, route, handshake, query, info, request)
        opens = not result.problem and result.status in range(200, 300)  # any 2xx
        status = result.problem.status if result.problem else OPEN if opens else result.status
        path = None if target else handshake.path.partition("?")[0]
        self.trace(trace("connect", info, request, route, status=status, text=path, why=result.reason))
        if result.problem:
            body = responses.frame(result.body or result.problem.message, info.id, request.request_id)
            return refuse(status, body, request.request_id)
        if not opens:
            kind = result.headers.get("content-type", "application/json")
            return refuse(status, result.body, request.request_id, kind)
        return Accepted(info, result.headers.get("sec-websocket-protocol", ""))

    async def _admit(
        self,
        stage: Stage | str,
        route: Route | None,
        handshake: Request,
        query: str,
        info: ConnectionInfo,
        request: RequestInfo,
    ) -> tuple[ConnectionInfo, Result]:
        """Return who connects, and what comes of it; a problem's body is the message of the refusal."""
        if isinstance(stage, str):
            log.warning("a handshake: %s", safe(stage))
            return info, Result(Problem.FORBIDDEN, stage)
        if not self._throttles.connect(stage, request.time):
            return info, Result(Problem.THROTTLED, THROTTLED)
        info = replace(info, region=stage.region)
        if route is None:
            return info, Result()
        parameters, headers = parse_qsl(query, keep_blank_values=True), [*handshake.headers.raw_items()]
        seen = Handshake(headers, parameters, ids.trace_id())
        who = await self.admit(Attempt(handshake, seen, info, request), stage, route)
        if isinstance(who, Result):
            log.warning("%s/%s %s: %s", stage.api, stage.name, route.key, who.reason)
            return info, who
        return who, await self._integrate(stage, route, events.connect(who, request, seen))

    async def serve(self, info: ConnectionInfo, websocket: ServerConnection) -> None:
        """Serve a connection from the end of its handshake until after its `$disconnect`."""
        client = OpenConnection(info, websocket, self.options, time.time())
        self.connections[info.id] = client
        timer = self._in_background(client.close_in_time())
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
            self.connections.pop(info.id, None)
        self.trace(trace("end", info, status=client.ended.code, why=client.ended.reason))
        if client.ended != RESTART:
            await self._disconnect(info, client.ended)

    async def _message(self, client: OpenConnection, text: str) -> None:
        """Let a message take its route, and send back what there is to send."""
        info, request = client.info, RequestInfo(ids.request_id(), time.time())
        stage = self.find_stage(info.api, info.stage)
        route = None if isinstance(stage, str) else route_of(stage.deployment, text)
        self.trace(trace("frame", info, route=route, text=text))
        result = await self._answer(stage, route, info, request, text)
        answer, frames = responses.reply(route, result), list[bytes]()
        if isinstance(answer, Problem):
            answer = responses.frame(answer.message, info.id, request.request_id)
            frames = [answer.encode()]
        elif answer:
            frames = split(answer.encode())
        await self._shuffle()
        self.trace(trace("reply", info, request, route, text=answer, why=result.reason))
        if frames:
            await client.send(frames, time.time())

    async def _answer(
        self, stage: Stage | str, route: Route | None, info: ConnectionInfo, request: RequestInfo, text: str
    ) -> Result:
        if isinstance(stage, str):
            return Result(Problem.FORBIDDEN, stage)
        if route is None:
            return Result(Problem.FORBIDDEN, f"no route of this deployment for {stage.deployment.selection}")
        if not self._throttles.message(stage, route.key, request.time):
            return Result(Problem.THROTTLED, THROTTLED)
        event = events.message(info, request, route.key, ids.message_id(info.id), text)
        came = await self._integrate(stage, route, event)
        result = responses.sendable(route, came)
        if result is not came:
            log.warning("%s/%s %s: %s", stage.api, stage.name, route.key, result.reason)
        return result

    async def _disconnect(self, info: ConnectionInfo, end: Close) -> None:
        """Run `$disconnect`, if there is that route; its response is discarded."""
        stage = self.find_stage(info.api, info.stage)
        route = None if isinstance(stage, str) else stage.deployment.routes.get("$disconnect")
        if isinstance(stage, Stage) and route:
            request = RequestInfo(ids.request_id(), time.time())
            result = await self._integrate(stage, route, events.disconnect(info, request, *end))
            self.trace(trace("disconnect", info, request, route, why=result.reason))

    async def _integrate(self, stage: Stage, route: Route, event: Event) -> Result:
        """Return what comes of a route's integration; a problem's reason goes to the log."""
        await self._shuffle()
        integration, event = route.integration, events.at_stage(event, stage)
        sent, uri, returned = time.time(), "", None
        if integration and integration.type == PROXY:
            integration = stage.filled(integration)
            uri, came = integration.uri, await self.invoke(integration, stage.arn(route.key), event)
            result = came if isinstance(came, Result) else responses.read_proxy(came)
            returned = came.returned if isinstance(came, Result) else came
        elif integration and integration.type == MOCK:
            result = responses.read_mock(integration)
        else:
            what = integration.type if integration else "nothing"
            result = Result(Problem.REFUSED, f"only AWS_PROXY and MOCK work here, not {what}")
        if result.problem:
            log.warning("%s/%s %s: %s", stage.api, stage.name, route.key, result.reason)
        over = time.time(), ids.uuid(), ids.trace_id()
        self.log(Execution(stage, route.key, uri, event, returned, result, sent, *over))
        return result

    async def manage(
        self, method: str, api: str, stage_name: str, connection_id: str, data: bytes, denied: Denied
    ) -> Reply:
        """Post to a connection of an API, describe it, or close it, through any of its stages.

        `denied` returns the refusal of who may not.
        """
        began = time.time()
        answer = await self._manage(method, api, stage_name, connection_id, data, denied)
        text = data.decode(errors="replace") if method == "POST" else None
        took = round(((at := time.time()) - began) * 1000, 2)  # a post may take but 0.04 ms
        event, to, why = method.lower(), (connection_id, api, stage_name), responses.why(answer)
        self.trace(Trace(event, int(at * 1000), *to, milliseconds=took, status=answer[0], text=text, why=why))
        return answer

    async def _manage(
        self, method: str, api: str, stage_name: str, connection_id: str, data: bytes, denied: Denied
    ) -> Reply:
        """Do it, if it may be done.

        The id is looked at before that, as recorded (us-east-1, 2026-09); that the size and the stage are
        looked at first is inferred.
        """
        if len(data) > MESSAGE_BYTES:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {}, b""
        stage = self.find_stage(api, stage_name)
        if isinstance(stage, str):
            return responses.error(HTTPStatus.FORBIDDEN, "Forbidden")
        if connection_id not in self.connections and not ids.is_issued(connection_id):
            return responses.error(HTTPStatus.BAD_REQUEST, f"Invalid connectionId: {connection_id}")
        if refusal := denied(stage):
            return refusal
        await self._shuffle()
        client = self.connections.get(connection_id)
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

    async def _shuffle(self) -> None:
        """Let what began later overtake, if that is wanted."""
        if self.options.shuffle:
            await asyncio.sleep(random.uniform(0, SHUFFLED_S))  # noqa: S311

    def _in_background(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
