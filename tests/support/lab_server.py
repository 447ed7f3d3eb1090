"""A server that speaks the wire of the lab's own functions, in both editions, and nothing besides."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from tests.support.room_server import RoomServer

NEWER = frozenset({"register", "join-room"})
ALL = frozenset({"register", "new-room", "join-room", "dispatch", "leave-room"})
AT = "11/29/2026, 05:28:20 AM"
STAYS: Any = None
"""A member of a room that is never gone."""
AT_MS = 1_795_930_100_000
Frame = dict[str, Any]
Function = Callable[[ServerConnection, Frame], Awaitable[Frame]]


@dataclass
class Kept:
    """A room's item: the connections in it, and what was said."""

    members: list[ServerConnection] = field(default_factory=list)
    messages: list[Frame] = field(default_factory=list)


@dataclass
class LabServer(RoomServer):
    """The lab's functions behind routes, of which those in `two_way` have a response.

    The `simple` edition has nothing but `dispatch`. Of the routes in `refused`, the functions' writes fail.
    """

    two_way: frozenset[str] = NEWER
    simple: bool = False
    refused: set[str] = field(default_factory=set)
    kept: dict[str, Kept] = field(default_factory=dict)

    async def serve_one(self, connection: ServerConnection) -> None:
        """Answer one connection until it goes."""
        self.people.add(connection)
        try:
            async for text in connection:
                frame = json.loads(text)
                self.requests.append(frame)
                reply: Frame | str | None = self.tamper(frame)
                if reply is None:
                    reply = await self._invoke(connection, frame)
                if reply:
                    await self.tell(reply, connection)
        except ConnectionClosed:
            pass
        self.people.discard(connection)
        for room in [name for name, kept in self.kept.items() if connection in kept.members]:
            await self._leave_room(connection, {"room": room})

    async def _invoke(self, connection: ServerConnection, frame: Frame) -> Frame | None:
        route = frame.get("action")
        functions: dict[object, Function] = {"dispatch": self._dispatch}
        if not self.simple:
            functions["register"] = self._register_user
            functions |= {"new-room": self._new_room, "join-room": self._join_room}
            functions["leave-room"] = self._leave_room
        ids = {"connectionId": "c=", "requestId": "r="}
        if route not in functions:
            return {"message": "Forbidden", **ids}
        try:
            reply = await functions[route](connection, frame)
        except KeyError:  # as a function that raises
            return {"message": "Internal server error", **ids}
        if route in self.refused:
            reply = {name: "FAIL" if value == "SUCCESS" else value for name, value in reply.items()}
        return reply if route in self.two_way else None

    async def _register_user(self, _: ServerConnection, __: Frame) -> Frame:
        return {"type": "signup", "updateStatus": "SUCCESS", "rooms": [*self.kept]}

    async def _new_room(self, me: ServerConnection, frame: Frame) -> Frame:
        self.kept[frame["value"]] = Kept([me])
        await self._post({"type": "single-room", "message": frame["value"]}, [*self.people])
        return {"transactWrite": "SUCCESS", "scan": "SUCCESS"}

    async def _join_room(self, me: ServerConnection, frame: Frame) -> Frame:
        kept = self.kept.setdefault(frame["value"], Kept())
        kept.members.append(me)
        status = {"transactWrite": "SUCCESS", "scanStatus": "SUCCESS"}
        if not kept.messages:
            return {**status, "scanStatus": "EMPTY"}
        return {**status, "messages": [*kept.messages], "type": "multi-message"}

    async def _dispatch(self, _: ServerConnection, frame: Frame) -> Frame:
        name, text = frame["name"], frame["value"]
        said = {"message": text, "user": name, "type": "client-message"}
        if name == "no-rooms":
            await self._post(said, [*self.people])
        else:
            kept = self.kept[frame["room"]]
            await self._post(said, kept.members)
            kept.messages.append({"user": name, "content": text, "time": AT})
        return {"updateStatus": "SUCCESS"}

    async def _leave_room(self, me: ServerConnection, frame: Frame) -> Frame:
        kept = self.kept[frame["room"]]
        kept.members.remove(me)
        if not kept.members:
            del self.kept[frame["room"]]
            await self._post({"type": "delete-room", "room": frame["room"]}, [*self.people])
        return {"transactWrite": "SUCCESS"}

    async def _post(self, event: Frame, to: list[ServerConnection]) -> None:
        for one in to:
            if one in self.people:
                await self.tell(event, one)
