"""MiniStack and the gateway in one process, on one port."""

import asyncio
import base64
import resource
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

from hypercorn.asyncio.lifespan import Lifespan
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.asyncio.worker_context import WorkerContext
from hypercorn.config import Config
from hypercorn.utils import wrap_app
from ministack.app import app as ministack

from wschat.local.gateway.catalog import Catalog
from wschat.local.gateway.functions import Functions
from wschat.local.gateway.gateway import Gateway
from wschat.local.gateway.iam import authorize
from wschat.local.gateway.limits import Settings
from wschat.local.gateway.management import Management
from wschat.local.gateway.ministack import MiniStack
from wschat.local.gateway.sockets import listen

KEEP_ALIVE_S = 75
ID_BYTES = 11


def run(port: int, settings: Settings, owner: int, end: Callable[[], NoReturn]) -> None:
    """Serve until the end of a file, whose descriptor is `owner`; then close all WebSockets, and `end`."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        with suppress(ValueError, OSError):  # macOS takes no more than some limit of its own
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(_serve(port, settings, owner, end))


async def _serve(port: int, settings: Settings, owner: int, end: Callable[[], NoReturn]) -> NoReturn:
    inside = MiniStack(ministack)
    catalog = Catalog(inside)
    functions = Functions(inside, catalog)
    gateway = Gateway(settings, catalog.stage, functions.invoke, authorize, make_id)
    http = Http(Management(ministack, gateway, catalog))
    await http.start()
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.add_reader(owner, ended.set)
    async with listen(gateway, port, http.make_protocol):
        cutting = asyncio.create_task(gateway.cut_at_random())
        await ended.wait()
        loop.remove_reader(owner)
        cutting.cancel()
        await gateway.leave()
        end()


def make_id() -> str:
    """Make an id as AWS's are: 16 characters, the last one `=`, which a URL needs encoded."""
    return base64.urlsafe_b64encode(secrets.token_bytes(ID_BYTES)).decode()


class Http:
    """Hypercorn, on connections that somebody else has accepted."""

    def __init__(self, app: Any) -> None:  # noqa: ANN401  an ASGI application, which Hypercorn types its own way
        self._config = Config()
        self._config.keep_alive_timeout = KEEP_ALIVE_S
        self._app = wrap_app(app, self._config.wsgi_max_body_size, "asgi")
        self._context = WorkerContext(None)
        self._state: dict[str, Any] = {}

    async def start(self) -> None:
        """Let the application start, which goes on in the background."""
        loop = asyncio.get_running_loop()
        lifespan = Lifespan(self._app, self._config, loop, self._state)
        self._task = loop.create_task(lifespan.handle_lifespan())
        await lifespan.wait_for_startup()

    def make_protocol(self) -> asyncio.Protocol:
        """Make what serves one connection."""
        loop = asyncio.get_running_loop()
        return asyncio.StreamReaderProtocol(asyncio.StreamReader(loop=loop), self._serve, loop=loop)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        await TCPServer(self._app, loop, self._config, self._context, self._state, reader, writer)
