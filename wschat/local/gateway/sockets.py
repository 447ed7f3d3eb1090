"""The sockets: one port for HTTP and WebSockets, told apart by the first request on a connection."""

import asyncio
import json
import logging
import socket
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakKeyDictionary

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import InvalidHandshake
from websockets.http11 import Request, Response
from websockets.protocol import State

from wschat.local.descriptors import FULL, WANTED
from wschat.local.gateway.addresses import HANDSHAKE
from wschat.local.gateway.admission import refuse
from wschat.local.gateway.gateway import Gateway
from wschat.local.gateway.ids import request_id
from wschat.local.gateway.quotas import BUFFER_BYTES, FRAME_BYTES, MESSAGE_BYTES
from wschat.local.gateway.trace import turned_away
from wschat.local.gateway.transport import GatheringTransport

if TYPE_CHECKING:
    from wschat.local.gateway.admission import Accepted

HEAD_BYTES = 64 * 1024
HEAD_S = 30.0
ACCEPTS = 16
"""How often asyncio tries to accept at a time; where there are no descriptors, each of them fails."""
log = logging.getLogger("wschat.gateway")

MakeHttp = Callable[[], asyncio.Protocol]


def asks_for_websocket(head: bytes) -> bool | None:
    """Tell whether a connection whose first bytes these are asks for a WebSocket; None: not yet."""
    if not b"GET ".startswith(head[:4]) or len(head) > HEAD_BYTES:
        return False
    first, end, _ = head.partition(b"\r\n\r\n")
    return bool(HANDSHAKE.match(first + b"\r\n")) if end else None


class SharedPortConnection(ServerConnection):
    """A connection that becomes a WebSocket, or is handed on to HTTP once its first request is seen.

    Args:
        make_http: makes the protocol that serves HTTP.
        head_timeout: seconds until the first request must be there.
    """

    def __init__(
        self,
        *args: Any,  # noqa: ANN401  websockets' own
        make_http: MakeHttp,
        head_timeout: float,
        **options: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **options)
        self._make_http = make_http
        self._head_timeout = head_timeout

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the first request."""
        self._head: bytes | None = b""
        gathering = GatheringTransport(cast("asyncio.Transport", transport), self.loop)
        self._raw_transport = cast("asyncio.Transport", gathering)
        self._late = self.loop.call_later(self._head_timeout, self._raw_transport.abort)

    def data_received(self, data: bytes) -> None:
        """Buffer the first request until its protocol is clear; then pass on what comes."""
        if self._head is None:
            super().data_received(data)
            return
        self._head += data
        websocket = asks_for_websocket(self._head)
        if websocket is None:
            return
        head, self._head = self._head, None
        self._late.cancel()
        if websocket:
            super().connection_made(self._raw_transport)
            super().data_received(head)
        else:
            http = self._make_http()
            self._raw_transport.set_protocol(http)
            http.connection_made(self._raw_transport)
            http.data_received(head)

    def eof_received(self) -> None:
        """Pass it on, unless the protocol was never clear."""
        if self._head is None:
            super().eof_received()

    def connection_lost(self, error: Exception | None) -> None:
        """Pass it on, unless the protocol was never clear."""
        self._late.cancel()
        if self._head is None:
            super().connection_lost(error)


def serve_both(
    gateway: Gateway,
    listener: socket.socket,
    make_http: MakeHttp,
    head_timeout: float = HEAD_S,
    most: int = WANTED,
) -> Server:
    """Return the server of WebSockets, and of HTTP by another protocol, on one socket that listens.

    Once the process has `most` descriptors, WebSockets are refused.
    """
    accepted: WeakKeyDictionary[ServerConnection, Accepted] = WeakKeyDictionary()

    async def decide(client: ServerConnection, request: Request) -> Response | None:
        try:
            client.protocol.process_request(request)
        except InvalidHandshake as error:  # it will be refused as such
            gateway.trace(turned_away(request.path, HTTPStatus.BAD_REQUEST, str(error)))
            return None
        if client.transport.get_extra_info("socket").fileno() >= most:  # the lowest number that was free
            log.warning("%s: %d are in use, and the rest is for functions", FULL, most)
            gateway.trace(turned_away(request.path, HTTPStatus.SERVICE_UNAVAILABLE, FULL))
            body = json.dumps({"message": "Service Unavailable", "reason": FULL})
            return refuse(HTTPStatus.SERVICE_UNAVAILABLE, body, request_id())
        answer = await gateway.connect(request, client.remote_address[0])
        if isinstance(answer, Response):
            return answer
        accepted[client] = answer
        if client.state is not State.CONNECTING:  # it left meanwhile
            await handle(client)
        return None

    def accept(client: ServerConnection, _request: Request, response: Response) -> None:
        if client not in accepted:
            return
        del response.headers["Connection"]
        response.headers["Connection"] = "upgrade"  # so spelt, as recorded (us-east-1, 2026-09)
        if subprotocol := accepted[client].subprotocol:
            response.headers["Sec-WebSocket-Protocol"] = subprotocol

    async def handle(client: ServerConnection) -> None:
        await gateway.serve(accepted[client].info, client)

    create_connection = partial(SharedPortConnection, make_http=make_http, head_timeout=head_timeout)
    return serve(
        handle,
        sock=listener,
        process_request=decide,
        process_response=accept,
        create_connection=cast("type[ServerConnection]", create_connection),
        server_header=None,
        compression=None,
        open_timeout=None,
        ping_interval=None,
        max_size=(MESSAGE_BYTES, FRAME_BYTES),
        write_limit=2 * BUFFER_BYTES,
        backlog=ACCEPTS,
    )
