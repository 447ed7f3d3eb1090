"""A lab that works late, and what API Gateway and the lab say until then."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tests.support.threaded import ThreadedServer
from tests.support.until import until

GATEWAY = '{"message": "%s", "connectionId": "c=", "requestId": "r="}'
FAILED, FORBIDDEN = GATEWAY % "Internal server error", GATEWAY % "Forbidden"
TIMED_OUT = GATEWAY % "Endpoint request timed out"
BUSY = '{"type": "error", "code": "busy", "message": "later"}'
FULL = '{"type": "error", "code": "full", "message": "full\\u001b[31m"}'
UNKNOWN = '{"type": "error", "code": "unknown-action", "message": "no such action"}'
DENIED = "An error occurred (AccessDeniedException) when calling the GetItem operation: no"
GOODBYE, UNPOSTED, REPEATED, SILENT = "goodbye", "unposted", "repeated", "silent"
TAKEN = '{"type": "error", "code": "name-taken", "message": "somebody else has that name"}'
Late = int | str | tuple[str, str]


class LateLab(ThreadedServer):
    """A lab that works only after some tries, each of which fails by what comes next in its script.

    A status refuses its handshake; a text answers its first request, or the one that is named before it.
    GOODBYE ends the connection instead, UNPOSTED replies and posts nothing; REPEATED does so again and again;
    SILENT does nothing.
    """

    def __init__(self, script: Sequence[Late]) -> None:
        super().__init__()
        self.url = self.server.url
        self.server.statuses = [late for late in script if isinstance(late, int)]
        self.server.tamper = self._instead
        answers = [late for late in script if not isinstance(late, int)]
        self._script = [late if isinstance(late, tuple) else ("register", late) for late in answers]
        self._tasks: list[asyncio.Task[None]] = []

    def _instead(self, request: dict[str, Any]) -> str | None:
        if not self._script or request["action"] != self._script[0][0]:
            return None
        _, instead = self._script.pop(0)
        kind = "multi-message" if request["action"] == "create" else "ack"
        reply = {"type": kind, "room": request.get("value"), "id": request["id"]}
        if instead == GOODBYE:
            self._tasks.append(asyncio.ensure_future(self.server.cut(1001)))
        elif instead == REPEATED:
            self._tasks.append(asyncio.ensure_future(self._repeat(reply)))
        elif instead != SILENT:
            return json.dumps(reply) if instead == UNPOSTED else instead or None
        return ""

    async def _repeat(self, reply: dict[str, Any]) -> None:
        while self.server.people:
            await self.server.tell(reply)
            await asyncio.sleep(0.01)

    async def _serve(self) -> None:
        try:
            await super()._serve()
        finally:
            await asyncio.gather(*self._tasks)

    def until(self, actions: list[str]) -> None:
        """Wait until just this has been asked: who hangs up does not wait for the last answer."""
        requests = self.server.requests
        until(lambda: [request["action"] for request in requests] == actions, lambda: requests)


@contextmanager
def late_lab(*script: Late) -> Iterator[LateLab]:
    """Serve on a free port of the loopback interface."""
    lab = LateLab(script)
    try:
        yield lab
    finally:
        lab.stop()
