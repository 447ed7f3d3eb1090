"""MiniStack and the gateway on one port, in one event loop."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from ministack import app as ministack
from uvicorn import Config
from uvicorn.lifespan.on import LifespanOn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from wschat.local.access.front import signed_only
from wschat.local.access.managed_policies import add_managed_policies
from wschat.local.access.sessions import use_secret_sessions
from wschat.local.control_plane.apis import ControlPlane
from wschat.local.control_plane.models import read_once
from wschat.local.control_plane.stacks import with_whole_stacks
from wschat.local.descriptors import FEW, spare
from wschat.local.gateway.admission import Admission
from wschat.local.gateway.gateway import Gateway
from wschat.local.gateway.iam import authorize, decide
from wschat.local.gateway.invocation import CONCURRENCY, LEAST_CONCURRENCY, Functions
from wschat.local.gateway.management import management
from wschat.local.gateway.quotas import GatewayOptions
from wschat.local.gateway.sockets import serve_both
from wschat.local.gateway.trace import Trace
from wschat.local.logs.cloudwatch import write, write_call
from wschat.local.logs.retention import expire
from wschat.local.runtimes.workers import prepare_workers

BACKLOG = 1024
KEEP_ALIVE_S = 75
REQUEST_S = 60.0
MOST_WAITING = 1000
"""Requests on a connection that wait until another one is answered: nobody needs more than a few."""


@asynccontextmanager
async def serving(
    listener: socket.socket, options: GatewayOptions, trace: Callable[[Trace], None], descriptors: int
) -> AsyncIterator[tuple[Gateway, ControlPlane]]:
    """Serve MiniStack and a gateway on a socket that listens on the port of MiniStack's environment.

    `trace` is told all that happens in the gateway. `descriptors` is how many this process may have.

    Raises:
        RuntimeError: MiniStack does not start; why stands in the log.
    """
    control_plane = ControlPlane()
    invoke = Functions(LEAST_CONCURRENCY if descriptors < FEW else CONCURRENCY).invoke
    admit = Admission(authorize, decide, invoke).admit
    gateway = Gateway(options, control_plane.find_stage, invoke, admit, trace, write)
    ministack.SERVICE_HANDLERS["apigateway"] = control_plane.handle_request
    stacks = with_whole_stacks(ministack.SERVICE_HANDLERS["cloudformation"])
    ministack.SERVICE_HANDLERS["cloudformation"] = stacks
    read_once()
    use_secret_sessions()
    add_managed_policies()
    pin = ministack.pin_request_origin
    # to AWS all this would go by TLS, on which policies of buckets and queues insist
    ministack.pin_request_origin = lambda source_ip, _secure: pin(source_ip, secure_transport=True)
    prepare_workers(listener.getsockname()[1])
    make_http = await start_http(signed_only(ministack.app, management(gateway, write_call)))
    async with serve_both(gateway, listener, make_http, most=descriptors - spare(descriptors)):
        listener.listen(BACKLOG)
        expiring = asyncio.create_task(expire())
        yield gateway, control_plane
        expiring.cancel()


class HttpConnection(HttpToolsProtocol):
    """A connection that is cut when a request has begun to come, and is not all there in `timeout` seconds.

    So is one of a client that asks on and on, and waits for no answer. uvicorn has no such limits of its own.
    """

    def __init__(self, config: Config, server: ServerState, state: dict[str, Any], timeout: float) -> None:
        super().__init__(config, server, state)
        self._timeout = timeout
        self._whole = False
        self._timer: asyncio.TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        """Start the timer, unless this ends with a request's end: the rest must follow."""
        self._whole = False
        super().data_received(data)
        if not self._whole and self._timer is None:
            self._timer = self.loop.call_later(self._timeout, self._cut)
        if len(self.pipeline) > MOST_WAITING:
            self.transport.abort()

    def on_message_begin(self) -> None:
        """Note that a request has begun to come."""
        self._whole = False
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """Stop the timer: the request is there."""
        self._whole = True
        self._stop_timer()
        super().on_message_complete()

    def eof_received(self) -> None:
        """Close, as asyncio would, but send first what is written: the client may still read."""
        self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timer: the client has left."""
        self._stop_timer()
        super().connection_lost(exc)

    def _cut(self) -> None:
        """Cut the connection, unless it is uvicorn that reads no further, as while it answers another."""
        if self.flow.read_paused:
            self._timer = self.loop.call_later(self._timeout, self._cut)
        else:
            self.transport.abort()

    def _stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None


async def start_http(app: Any, request_timeout: float = REQUEST_S) -> Callable[[], asyncio.Protocol]:  # noqa: ANN401
    """Start an ASGI application, and return what makes the protocol of each connection to it.

    Args:
        app: uvicorn types it in its own way.
        request_timeout: seconds until a request that has begun must be there, its body included.

    Raises:
        RuntimeError: the application does not start; why stands in the log.
    """
    config = Config(
        app,
        ws="none",
        lifespan="on",
        timeout_keep_alive=KEEP_ALIVE_S,
        access_log=False,
        proxy_headers=False,
        log_config=None,
        log_level="error",
    )
    lifespan, state = LifespanOn(config), ServerState()
    await lifespan.startup()
    if lifespan.should_exit:
        raise RuntimeError("the application does not start")
    return lambda: HttpConnection(config, state, lifespan.state, request_timeout)
