"""A gateway in this process, with MOCK routes and no function, and crowds that come and go."""

import asyncio
import gc
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from wschat.local.descriptors import WANTED
from wschat.local.gateway.admission import Attempt
from wschat.local.gateway.events import ConnectionInfo
from wschat.local.gateway.gateway import Gateway
from wschat.local.gateway.model import Deployment, Integration, Json, Route, Stage
from wschat.local.gateway.quotas import AS_ON_AWS, GatewayOptions
from wschat.local.gateway.responses import Reply, Result
from wschat.local.gateway.sockets import HEAD_S, MakeHttp, serve_both
from wschat.system.ports import listen

API = "abc"
KEYS = ("$connect", "$disconnect", "$default")


@dataclass
class Running:
    """A gateway that listens, with an API of MOCK routes behind it, and the stages that it looked up."""

    gateway: Gateway
    url: str
    looked_up: list[str] = field(default_factory=list)


@asynccontextmanager
async def running(
    options: GatewayOptions = AS_ON_AWS,
    head_timeout: float = HEAD_S,
    keys: Iterable[str] = KEYS,
    settings: Json | None = None,
    most: int = WANTED,
    make_http: MakeHttp = asyncio.Protocol,
) -> AsyncIterator[Running]:
    """Run a gateway on a free port; `keys` are those of the routes, `settings` those of the stage."""
    mock = Integration("MOCK", request_template='{"statusCode": 200}', response_template="mocked")
    routes = {key: Route(key, mock, two_way=True) for key in keys}
    deployment = Deployment("$request.body.action", routes)
    stage = Stage(API, "test", "us-east-1", "000000000000", deployment, settings or {})
    looked_up: list[str] = []

    def find_stage(_api: str, name: str) -> Stage:
        looked_up.append(name)
        return stage

    async def invoke(_integration: Integration, _arn: str, _event: object) -> Result:
        raise AssertionError("there is no function")

    async def admit(attempt: Attempt, _stage: Stage, _route: Route) -> ConnectionInfo:
        return attempt.info

    gateway = Gateway(options, find_stage, invoke, admit)
    async with serve_both(gateway, listen(None), make_http, head_timeout, most) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        cutting = asyncio.create_task(gateway.connections.drop_at_random(options.drop))
        yield Running(gateway, f"ws://127.0.0.1:{port}/_aws/execute-api/{API}/test", looked_up)
        cutting.cancel()


def manage(it: Running, method: str, data: bytes = b"") -> Awaitable[Reply]:
    """Call the management API about the one connection that is open, as somebody who may."""
    (connection,) = it.gateway.connections
    return it.gateway.manage(method, API, "test", connection, data, lambda _: None)


async def crowd(url: str, size: int, at_once: int = 50) -> None:
    """Let so many clients connect, ask once, and leave; every second one is cut without a close frame."""

    async def come_and_go(number: int) -> None:
        async with connect(url, ping_interval=None) as client:
            await client.send("x")
            assert await client.recv() == "mocked"
            if number % 2:
                client.transport.abort()

    for start in range(0, size, at_once):
        await asyncio.gather(*(come_and_go(number) for number in range(start, min(start + at_once, size))))


async def settled(it: Running, tasks: int = 3) -> tuple[int, int]:
    """Wait until all have left; return the tasks that are left, and the bytes that Python has in use."""
    while it.gateway.connections or it.gateway._tasks or len(asyncio.all_tasks()) > tasks:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    it.looked_up.clear()
    gc.collect()
    return len(asyncio.all_tasks()), tracemalloc.get_traced_memory()[0]


async def how_it_closes(client: ClientConnection, act: Callable[[], Awaitable[object]]) -> tuple[int, str]:
    """Do something again and again, until the connection is closed; return how."""
    with suppress(ConnectionClosed):
        while True:
            await act()
    assert client.protocol.close_rcvd
    return client.protocol.close_rcvd.code, client.protocol.close_rcvd.reason
