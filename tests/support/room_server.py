"""A WebSocket server that plays the lab's protocol in memory, and can misbehave."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request as HttpRequest
from websockets.http11 import Response

from tests.support.rooms import Rooms
from wschat.local.gateway.open_connection import send_frames, split
from wschat.protocol.requests import decode_request


@dataclass
class RoomServer(Rooms):
    """Rooms and names in memory, for whoever connects.

    `tamper` maps a frame to what is sent instead of the real answer; `answered` is told of each frame that
    was answered. Each handshake takes a status from `statuses` and is refused with it, until there are none;
    those that `lets_in` does not let in, with 403. `ends` are the close codes of connections.
    With `blind`, the server does not notice that somebody has gone, as AWS after a network has failed; with
    `mute` nothing that it sends arrives: requests are carried out, but no reply is heard.
    """

    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    handshakes: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    lets_in: Callable[[HttpRequest], bool] = lambda _request: True
    people: set[ServerConnection] = field(default_factory=set)
    ends: list[int | None] = field(default_factory=list)
    tamper: Callable[[dict[str, Any]], str | None] = lambda _frame: None
    answered: Callable[[dict[str, Any]], None] = lambda _frame: None
    blind: bool = False
    mute: bool = False
    port: int = 0
    listening: Server | None = None

    async def listen(self) -> None:
        """Serve on a free port of the loopback interface, or on the one that it had before."""
        self.listening = await serve(
            self.serve_one,
            "127.0.0.1",
            self.port,
            process_request=self.refuse,
            ping_interval=None,  # API Gateway sends none
            close_timeout=1,
        )
        self.port = self.listening.sockets[0].getsockname()[1]
        self.url = f"ws://127.0.0.1:{self.port}/development"

    async def close(self) -> None:
        """End all connections, and listen no more."""
        if self.listening:
            self.listening.close()
            await self.listening.wait_closed()

    async def tell(self, frame: dict[str, Any] | str, *to: ServerConnection) -> None:
        """Send a frame to the given connections, to all without any."""
        if self.mute:
            return
        text = frame if isinstance(frame, str) else json.dumps(frame)
        frames = split(text.encode())
        await asyncio.gather(*(send_frames(one, frames) for one in to or self.people), return_exceptions=True)

    async def cut(self, code: int | None, reason: str = "") -> None:
        """Close all connections; without a code, as a network that fails."""
        if code is None:
            for one in self.people:
                one.transport.abort()
        else:
            await asyncio.gather(*(one.close(code, reason) for one in self.people))

    async def say(self, user: str, room: str, *texts: str) -> None:
        """Let somebody who is not there say something in a room."""
        for text in texts:
            self.speak(user, self.rooms[room], text)
            await self._tell_posts()

    async def _tell_posts(self) -> None:
        while self.posts:
            to, event = self.posts.pop(0)
            await self.tell(event.encode(), to)

    def refuse(self, connection: ServerConnection, request: HttpRequest) -> Response | None:
        """Refuse a handshake if the next one shall be."""
        self.handshakes.append(asyncio.get_running_loop().time())
        status = self.statuses.pop(0) if self.statuses else 200 if self.lets_in(request) else 403
        return None if status == 200 else connection.respond(HTTPStatus(status), '{"message": "refused"}')

    async def serve_one(self, connection: ServerConnection) -> None:
        """Answer one person until they go."""
        self.people.add(connection)
        self.names[connection] = ""
        try:
            async for text in connection:
                frame = json.loads(text)
                self.requests.append(frame)
                instead = self.tamper(frame)
                if instead is None:
                    reply = self.answer(connection, decode_request(text))
                    self.posts.append((connection, reply))
                    await self._tell_posts()
                    self.answered(frame)
                elif instead:
                    await connection.send(instead)
        except ConnectionClosed:
            pass
        self.people.discard(connection)
        self.ends.append(connection.close_code)
        if not self.blind:
            self.forget(connection)
            await self._tell_posts()


@asynccontextmanager
async def room_server(server: RoomServer | None = None) -> AsyncIterator[RoomServer]:
    """Let a server listen."""
    server = server or RoomServer()
    await server.listen()
    try:
        yield server
    finally:
        await server.close()


def texts(requests: Iterable[dict[str, Any]]) -> list[str]:
    """Return what was said, in the order in which it came."""
    return [frame["value"] for frame in requests if frame["action"] == "message"]
