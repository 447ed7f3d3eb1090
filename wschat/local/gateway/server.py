"""MiniStack and the gateway in one process, on one port."""

import asyncio
import base64
import resource
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

from ministack.app import app as ministack
from uvicorn import Config
from uvicorn.lifespan.on import LifespanOn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

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
    """uvicorn, on connections that somebody else has accepted."""

    def __init__(self, app: Any) -> None:  # noqa: ANN401  an ASGI application, which uvicorn types its own way
        self._config = Config(
            app,
            ws="none",
            lifespan="on",
            timeout_keep_alive=KEEP_ALIVE_S,
            access_log=False,
            log_config=None,
            log_level="error",
        )
        self._lifespan = LifespanOn(self._config)
        self._state = ServerState()

    async def start(self) -> None:
        """Let the application start, which goes on in the background.

        Raises:
            RuntimeError: it does not; why stands in the log.
        """
        await self._lifespan.startup()
        if self._lifespan.should_exit:
            raise RuntimeError("the application does not start")

    def make_protocol(self) -> asyncio.Protocol:
        """Make what serves one connection."""
        return HttpToolsProtocol(self._config, self._state, self._lifespan.state)
