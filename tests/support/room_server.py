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

START = 1_700_000_000_000
LOG = 100  # messages that a room keeps


@dataclass
class RoomServer:
    """Rooms and names in memory.

    `tamper` maps a frame to what is sent instead of the real answer; `answered` is told of each frame that
    was answered. Each handshake takes a status from `statuses` and is refused with it, until there are none.
    With `blind`, the server does not notice that somebody has gone, as AWS after a network has failed; with
    `mute` nothing that it sends arrives: requests are carried out, but no reply is heard.
    """

    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    handshakes: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    people: set[ServerConnection] = field(default_factory=set)
    names: dict[ServerConnection, str] = field(default_factory=dict)
    tokens: dict[str, str | None] = field(default_factory=dict)
    rooms: dict[str, list[ServerConnection]] = field(default_factory=dict)
    logs: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    tamper: Callable[[dict[str, Any]], str | None] = lambda _frame: None
    answered: Callable[[dict[str, Any]], None] = lambda _frame: None
    blind: bool = False
    mute: bool = False
    lasting: bool = False  # rooms stay when nobody is in them, as if others were
    births: int = 0
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
        await asyncio.gather(*(one.send(text) for one in to or self.people), return_exceptions=True)

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
            await self._store_and_tell(user, room, text, None)

    def refuse(self, connection: ServerConnection, _request: HttpRequest) -> Response | None:
        """Refuse a handshake if the next one shall be."""
        self.handshakes.append(asyncio.get_running_loop().time())
        if self.statuses:
            return connection.respond(HTTPStatus(self.statuses.pop(0)), '{"message": "refused"}')
        return None

    async def serve_one(self, connection: ServerConnection) -> None:
        """Answer one person until they go."""
        self.people.add(connection)
        try:
            async for text in connection:
                frame = json.loads(text)
                self.requests.append(frame)
                instead = self.tamper(frame)
                if instead is None:
                    await self._answer(connection, frame)
                    self.answered(frame)
                elif instead:
                    await connection.send(instead)
        except ConnectionClosed:
            pass
        self.people.discard(connection)
        if not self.blind:
            await self._leave(connection)
            self.names.pop(connection, None)

    async def _answer(self, me: ServerConnection, frame: dict[str, Any]) -> None:
        value = frame.get("value", "")

        async def reply(type_: str, **fields: object) -> None:
            echo = {"id": frame["id"]} if "id" in frame else {}
            await self.tell({"type": type_, **fields, **echo}, me)

        match frame["action"]:
            case "ping":
                await reply("pong")
            case "register":
                await self._register(me, value, frame.get("token"), reply)
            case "create" if value in self.rooms:
                await reply("error", code="room-exists", message="there is such a room")
            case "join" if value not in self.rooms:
                await reply("error", code="no-such-room", message=f"there is no room {value}")
            case "create" | "join":
                if me not in self.rooms.get(value, []):
                    await self._enter(me, value)
                users = [self.names[one] for one in self.rooms[value]]
                await reply("multi-message", room=value, users=users, **self._history(value, frame))
            case "message":
                room = self._room(me)
                assert room
                entry = await self._store_and_tell(self.names[me], room, value, frame["id"])
                await reply("ack", seq=entry["seq"], time=START)
            case "leave":
                await self._leave(me)
                await reply("ack")

    async def _register(
        self, me: ServerConnection, name: str, token: str | None, reply: Callable[..., Any]
    ) -> None:
        owner = next((one for one, other in self.names.items() if other == name), None)
        if owner and owner is not me:
            if self.tokens[name] != token:
                await reply("error", code="name-taken", message=f"somebody is {name} already")
                return
            del self.names[owner]
            for members in self.rooms.values():
                members[:] = [me if one is owner else one for one in members]
        self.names[me], self.tokens[name] = name, token
        await reply("signup", name=name, rooms=list(self.rooms))

    def _history(self, room: str, frame: dict[str, Any]) -> dict[str, Any]:
        log, after = self.logs[room], frame.get("after", 0)
        missed = [entry for entry in log if entry["seq"] > after]
        last = log[-1]["seq"] if log else 0
        return {"messages": missed[-LOG:], "truncated": last - max(after, START - 1) > LOG}

    async def _store_and_tell(self, user: str, room: str, text: str, id_: str | None) -> dict[str, Any]:
        log = self.logs[room]
        entry = {"user": user, "seq": self._next_seq(log), "time": START, "id": id_}
        log.append({**entry, "content": text})
        await self.tell({"type": "client-message", **entry, "message": text, "room": room}, *self.rooms[room])
        return entry

    def _next_seq(self, log: list[dict[str, Any]]) -> int:
        """Rise over the deaths of rooms, as a room's seqs begin with the time of its creation."""
        return log[-1]["seq"] + 1 if log else START + 1_000 * (self.births - 1)

    def _room(self, me: ServerConnection) -> str | None:
        return next((room for room, members in self.rooms.items() if me in members), None)

    async def _enter(self, me: ServerConnection, room: str) -> None:
        await self._leave(me)
        if room not in self.rooms:
            self.rooms[room], self.logs[room] = [], []
            self.births += 1
            await self.tell({"type": "single-room", "message": room})
        elif self.rooms[room]:
            await self.tell({"type": "user-joined", "user": self.names[me], "room": room}, *self.rooms[room])
        self.rooms[room].append(me)

    async def _leave(self, me: ServerConnection) -> None:
        room = self._room(me)
        if room is None:
            return
        self.rooms[room].remove(me)
        if self.rooms[room]:
            await self.tell({"type": "user-left", "user": self.names[me], "room": room}, *self.rooms[room])
        elif not self.lasting:
            del self.rooms[room]
            await self.tell({"type": "delete-room", "room": room})


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
