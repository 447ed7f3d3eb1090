"""A WebSocket server that plays the lab's protocol in memory, and can misbehave."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

START = 1_700_000_000_000


@dataclass
class RoomServer:
    """Rooms and names in memory. `tamper` maps a frame to what is sent instead of the real answer."""

    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    people: set[ServerConnection] = field(default_factory=set)
    names: dict[ServerConnection, str] = field(default_factory=dict)
    rooms: dict[str, list[ServerConnection]] = field(default_factory=dict)
    logs: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    tamper: Callable[[dict[str, Any]], str | None] = lambda _frame: None

    async def tell(self, frame: dict[str, Any] | str, *to: ServerConnection) -> None:
        """Send a frame to the given connections, to all without any."""
        text = frame if isinstance(frame, str) else json.dumps(frame)
        await asyncio.gather(*(one.send(text) for one in to or self.people), return_exceptions=True)

    async def cut(self, code: int, reason: str = "") -> None:
        """Close all connections."""
        await asyncio.gather(*(one.close(code, reason) for one in self.people))

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
                elif instead:
                    await connection.send(instead)
        except ConnectionClosed:
            pass
        self.people.remove(connection)
        await self._leave(connection)
        self.names.pop(connection, None)

    async def _answer(self, me: ServerConnection, frame: dict[str, Any]) -> None:
        value = frame.get("value", "")

        async def reply(type_: str, **fields: object) -> None:
            await self.tell({"type": type_, **fields, "id": frame["id"]}, me)

        match frame["action"]:
            case "register" if value in self.names.values():
                await reply("error", code="name-taken", message=f"somebody is {value} already")
            case "register":
                self.names[me] = value
                await reply("signup", name=value, rooms=list(self.rooms))
            case "create" if value in self.rooms:
                await reply("error", code="room-exists", message="there is such a room")
            case "join" if value not in self.rooms:
                await reply("error", code="no-such-room", message=f"there is no room {value}")
            case "create" | "join":
                await self._enter(me, value)
                users = [self.names[one] for one in self.rooms[value]]
                await reply("multi-message", room=value, users=users, messages=self.logs[value])
            case "message":
                room = self._room(me)
                assert room
                log = self.logs[room]
                entry = {"user": self.names[me], "seq": START + len(log), "time": START, "id": frame["id"]}
                log.append({**entry, "content": value})
                said = {"type": "client-message", **entry, "message": value, "room": room}
                await self.tell(said, *self.rooms[room])
                await reply("ack", seq=entry["seq"], time=START)
            case "leave":
                await self._leave(me)
                await reply("ack")

    def _room(self, me: ServerConnection) -> str | None:
        return next((room for room, members in self.rooms.items() if me in members), None)

    async def _enter(self, me: ServerConnection, room: str) -> None:
        await self._leave(me)
        if room not in self.rooms:
            self.rooms[room], self.logs[room] = [], []
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
        else:
            del self.rooms[room]
            await self.tell({"type": "delete-room", "room": room})


@asynccontextmanager
async def room_server(server: RoomServer | None = None) -> AsyncIterator[RoomServer]:
    """Serve on a free port of the loopback interface."""
    server = server or RoomServer()
    async with serve(server.serve_one, "127.0.0.1", 0) as listening:
        server.url = f"ws://127.0.0.1:{listening.sockets[0].getsockname()[1]}/development"
        yield server
