"""The local gateway, given what was recorded of clients and functions: does it answer as was recorded?"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, redirect_stdout, suppress
from http import HTTPStatus
from io import StringIO
from itertools import takewhile
from typing import Any, cast

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.live import probe_function
from tests.replay import forms
from tests.replay.connection import Connection
from tests.replay.control_plane import ControlPlane, address
from tests.replay.recorded import Line, body_of
from wschat.local.gateway.admission import Attempt
from wschat.local.gateway.events import ConnectionInfo, Event
from wschat.local.gateway.gateway import Gateway
from wschat.local.gateway.model import AWS_IAM, PROXY, Integration, Route, Stage, route_of
from wschat.local.gateway.quotas import AS_ON_AWS
from wschat.local.gateway.responses import GOING_AWAY, Problem, Result, read_proxy
from wschat.local.gateway.sockets import serve_both
from wschat.recording.recorder import ConnectionLog
from wschat.system.ports import listen

PATIENCE_S = 2.0
SLEEP_SCALE = 0.05
"""How much of its time a function sleeps here."""
LATE_S = 30.0
"""How much later than its time AWS may close an idle connection."""
PROBES = re.compile(r"function:(\S*[Pp]robe\S*)/invocations")
ERRORS = {"Internal server error": Problem.RAISED, "Endpoint request timed out": Problem.TIMED_OUT}
PROBLEMS: dict[int, Problem] = {500: Problem.REFUSED, 502: Problem.RAISED, 504: Problem.TIMED_OUT}
MANAGEMENT = {"PostToConnection": "POST", "GetConnection": "GET", "DeleteConnection": "DELETE"}


class Replay:
    """Plays what was recorded against a gateway, in the order of time; `differs` is what was different."""

    def __init__(self, lines: list[Line], gateway: type[Gateway] = Gateway) -> None:
        self._gateway = gateway
        self.differs: list[str] = []
        self.compared: Counter[str] = Counter()
        self.left_out: Counter[str] = Counter()
        self._lines = lines
        self._plane = ControlPlane()
        self._connections: dict[tuple[str, int], Connection] = {}
        self._connecting: Connection | None = None
        self._under_way = 0
        self._here: dict[str, Connection] = {}
        for line in lines:
            key = (line["file"], line.get("connection", 0))
            if line["kind"] == "handshake":
                self._connections[key] = Connection(line, [])
            elif line["kind"] == "message" and key in self._connections:
                self._connections[key].lines.append(line)
        sent = [line for line in lines if line["kind"] == "message" and line["from"] == "server"]
        self._largest = max((size for line in sent for size in line["frames"]), default=0)
        self._by_id = {forms.id_of(each.lines): each for each in self._connections.values()}

    async def run(self) -> None:
        """Play all of it."""
        async with self._serving() as (gateway, base):
            for line in self._lines:
                try:
                    await self._play(line, gateway, base)
                except Exception as error:  # noqa: BLE001  whatever it is, it can't be played as it stands there
                    what = f"{line['kind']} at {line['at']:.3f} of {line['file']}"
                    self.differs.append(f"{what}: {type(error).__name__}: {error}")
            for each in self._connections.values():
                await self._expect_nothing(each)
                if each.socket:
                    await each.socket.close()

    async def _play(self, line: Line, gateway: Gateway, base: str) -> None:
        key = (line["file"], line.get("connection", 0))
        match line["kind"]:
            case "call" if line["service"] == "apigatewaymanagementapi":
                await self._manage(gateway, line)
            case "call":
                self._plane.take(line)
            case "handshake":
                await self._open(self._connections[key], gateway, base)
            case "message" if key in self._connections and self._connections[key].socket:
                await self._message(self._connections[key], line)

    @asynccontextmanager
    async def _serving(self) -> AsyncIterator[tuple[Gateway, str]]:
        async def admit(attempt: Attempt, _stage: Stage, _route: Route) -> ConnectionInfo:
            return attempt.info

        def find_stage(api: str, name: str) -> Stage | str:
            return self._plane.stage(api, name) or "it was not recorded"

        gateway = self._gateway(AS_ON_AWS, find_stage, self._invoke, admit)
        async with serve_both(gateway, listen(None), asyncio.Protocol) as server:
            yield gateway, f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"

    async def _invoke(self, integration: Integration, _arn: str, event: Event) -> Result:
        """Return what the function of a probe returns to an event; of another, what it returned then."""
        request = event["requestContext"]
        if probe := PROBES.search(integration.uri):
            if not self._plane.may_invoke(probe[1]):
                return Result(Problem.REFUSED)
            told = probe_function.instructions(event)
            asleep = told.pop("sleep", 0)
            self._under_way += 1
            await asyncio.sleep(asleep * SLEEP_SCALE)
            self._under_way -= 1
            if asleep > integration.timeout:
                return Result(Problem.TIMED_OUT)
            try:
                with redirect_stdout(StringIO()):
                    returned = probe_function.handler(event | {"body": json.dumps(told), "headers": {}}, None)
            except ValueError:
                return Result(Problem.RAISED)
            return read_proxy(json.dumps(returned).encode())
        connection = self._connecting
        if request["eventType"] == "CONNECT" and connection:
            status = connection.handshake["status"]
            if status in PROBLEMS:
                return Result(PROBLEMS[status])
            return Result(
                status=200 if status == HTTPStatus.SWITCHING_PROTOCOLS else status,
                body=body_of(connection.handshake).decode(),
            )
        known = self._here.get(request["connectionId"])
        return known.returns.pop(event.get("body", ""), Result()) if known else Result()

    async def _open(self, connection: Connection, gateway: Gateway, base: str) -> None:
        line = connection.handshake
        api, stage_name, _ = address(line["url"])
        stage = self._plane.stage(api, stage_name)
        route = stage.deployment.routes.get("$connect") if stage else None
        if "status" not in line or not self._plane.knows(api):
            self.left_out["handshakes without an answer, or with an API whose routes were not recorded"] += 1
            return
        if (route and route.authorization == AWS_IAM) or "post" in line["offered"].get("X-Probe", ""):
            self.left_out["handshakes that are signed, or during which was posted"] += 1
            return
        log = ConnectionLog(connection.hear, 0)
        offered = {name: value for name, value in line["offered"].items() if name == "X-Probe"}
        protocols = line["offered"].get("Sec-WebSocket-Protocol")
        url, self._connecting = f"{base}/_aws/execute-api/{api}/{stage_name}", connection
        body = b""
        try:
            connection.socket = await connect(
                url,
                additional_headers=offered,
                subprotocols=cast("Any", protocols and protocols.split(", ")),
                compression="deflate" if "Sec-WebSocket-Extensions" in line["offered"] else None,
                ping_interval=None,
                logger=log.logger,
                proxy=None,
            )
        except InvalidStatus as refused:
            body = bytes(refused.response.body or b"")
        what = f"handshake, connection {line['connection']} of {line['file']}"
        self._compare(what, line["status"], log.answer["status"])
        self._compare(
            f"{what}: headers",
            forms.stable_headers(line["headers"]),
            forms.stable_headers(log.answer["headers"]),
        )
        self._compare(f"{what}: body", forms.form(line.get("body", "")), forms.form(body.decode()))
        if connection.socket:
            connection.last = line["at"]
            await (await connection.socket.ping())
            connection.id_here = [*gateway.connections][-1]
            self._here[connection.id_here] = connection
            asyncio.ensure_future(connection.drain())  # noqa: RUF006  it ends with the connection

    async def _message(self, connection: Connection, line: Line) -> None:
        connection.lines.remove(line)
        socket = connection.socket
        assert socket
        if line["opcode"] in forms.CONTROL:
            return
        if line["from"] == "client":
            await self._expect_nothing(connection)
            if line["opcode"] != "close":
                await self._say(connection, socket, line)
            elif "code" in line:
                await socket.close(line["code"], line["reason"])
        elif line["opcode"] == "close":
            await self._closed(connection, line)
        elif any(line is each for each in connection.expected):
            await self._answered(connection, line)
        else:
            self.left_out["messages from functions"] += 1
        connection.last = line["at"]

    async def _say(self, connection: Connection, socket: ClientConnection, line: Line) -> None:
        """Say what the client said then; find what should be answered."""
        text = line["text"]
        stage = self._plane.stage(*address(connection.handshake["url"])[:2])
        route = route_of(stage.deployment, text) if stage and isinstance(text, str) else None
        integration = route.integration if route else None
        nearest = takewhile(
            lambda each: not (each["from"] == "client" and each["opcode"] == "text"), connection.lines
        )
        said = (each for each in nearest if each["from"] == "server" and each["opcode"] == "text")
        name = forms.name_of(line)
        told = (each for each in connection.lines if forms.is_told(each))
        named = next((each for each in told if name is not None and forms.name_of(each) == name), None)
        answer = next(said, None)
        if integration and integration.type == PROXY and not PROBES.search(integration.uri):
            own = forms.GATEWAYS_OWN.fullmatch(answer.get("text", "")) if answer else None
            answer = answer if own else named
            known = Result(ERRORS[own[1]]) if own and own[1] in ERRORS else None
            connection.returns[text] = known or Result(body=answer["text"] if answer else "")
        elif named:
            answer = named
        if answer:
            connection.expected.append(answer)
        with suppress(ConnectionClosed):
            await socket.send(forms.parts(line))
        await connection.settle()

    async def _answered(self, connection: Connection, line: Line) -> None:
        what = f"answer, connection {line['connection']} of {line['file']}"
        got = await self._next(connection, forms.name_of(line))
        if "text" not in line or "text" not in got:
            self._compare(f"{what}: bytes", forms.size(line), forms.size(got))
        else:
            self._compare(what, forms.form(line["text"]), forms.form(got["text"]))
        if forms.is_whole(line) and (ours := max(got.get("frames", [0]))) > self._largest:
            self.differs.append(f"{what}: a frame of {ours} bytes, recorded were at most {self._largest}")

    async def _next(self, connection: Connection, name: object = None) -> Line:
        """Wait for what the local gateway sends next, or with that name: no order is promised of answers."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    idle = not self._under_way
                    if idle:
                        await connection.settle()
                    told = [got for got in connection.got if forms.is_told(got)]
                    named = [got for got in told if name is None or forms.name_of(got) == name]
                    if found := named or (told if idle else []):
                        connection.got.remove(found[0])
                        return found[0]
                    await asyncio.sleep(0.001)
        return {"opcode": "nothing", "text": "nothing", "frames": [0]}

    async def _expect_nothing(self, connection: Connection) -> None:
        await asyncio.sleep(0)
        for got in connection.got:
            if forms.is_told(got) and got["opcode"] != "close":
                where = f"connection {connection.handshake['connection']} of {connection.handshake['file']}"
                self.differs.append(f"{where}: nothing was recorded, here came {got.get('text', '')[:200]!r}")
        connection.got = [
            got for got in connection.got if got["from"] == "server" and got["opcode"] == "close"
        ]

    async def _closed(self, connection: Connection, line: Line) -> None:
        what, recorded = (
            f"end, connection {line['connection']} of {line['file']}",
            (line["code"], line["reason"]),
        )
        if recorded == GOING_AWAY:
            late = line["at"] - connection.last - AS_ON_AWS.idle_timeout
            self._compare(f"{what}: closed for idleness in time", True, 0 <= late < LATE_S)  # noqa: FBT003
            return
        got = await self._next(connection)
        self._compare(what, recorded, (got.get("code"), got.get("reason")))

    async def _manage(self, gateway: Gateway, line: Line) -> None:
        api, stage, connection = address(line["url"])
        if (
            not self._plane.knows(api)
            or line.get("headers", {}).get("x-amzn-errortype") == "AccessDeniedException"
        ):
            self.left_out["calls of the management API that IAM decides, or with an unknown API"] += 1
            return
        data = line["parameters"].get("Data", "")
        known = self._by_id[connection].id_here if connection in self._by_id else connection
        sent = b"x" * data["bytes"] if isinstance(data, dict) else data.encode()
        status, headers, body = await gateway.manage(
            MANAGEMENT[line["operation"]], api, stage, known, sent, lambda _: None
        )
        what = f"{line['operation']} at {line['at']:.3f} of {line['file']}"
        self._compare(what, line["status"], int(status))
        named = {name.lower(): value for name, value in headers.items()}
        self._compare(
            f"{what}: error", line["headers"].get("x-amzn-errortype"), named.get("x-amzn-errortype")
        )
        self._compare(f"{what}: body", forms.shape(body_of(line), connection), forms.shape(body, known))
        posted = line["operation"] == "PostToConnection" and line["status"] == HTTPStatus.OK
        if posted and (it := self._by_id.get(connection)):
            after = (each for each in it.lines if each["from"] == "server" and each["opcode"] == "text")
            it.expected += [each for each in after if each.get("text", data) == data][:1]

    def _compare(self, what: str, recorded: object, here: object) -> None:
        self.compared[what.partition(",")[0].partition(" at")[0]] += 1
        if recorded != here:
            self.differs.append(f"{what}: recorded {recorded!r}, here {here!r}")
