"""The users of the local lab, as its process sees them: what they ask for, and when all have left.

It speaks to them over a Unix socket, in lines of JSON: `{"progress": text}`,
`{"ready": {"endpoint", "empty", "options", "warning"}}` and `{"failed": {"what", "where", "hint"}}`; who
comes late gets the latest of these. Of what a user may say, `{"stop": true}` ends the lab for all;
`{"trace": true}` is answered by `{"trace": {…}}` for all that happens from then on, as `Trace.message` has
it, and any other request by one message with its name: `{"apis": true}` by `{"apis": […]}`, as
`ControlPlane.apis` has them, `{"connections": true}` likewise, as `OpenConnections.told` has them;
`{"age": SECONDS}` makes all connections older. A user is whoever is connected: the kernel disconnects who is
killed.
"""

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from wschat.errors import LocalError
from wschat.local.descriptors import SCARCE, kept
from wschat.local.shared import STOP, TRACE, LabFiles, Message, encode, failed, locked

if TYPE_CHECKING:
    from wschat.local.gateway.trace import Trace

RETRY_S = 1.0
log = logging.getLogger("wschat.users")
BUFFER_BYTES = 1024 * 1024
"""What may wait for a user who does not read; traces beyond it are left out, and counted."""


class User:
    """The connection of a user, to which one can write without waiting."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)  # noqa: FBT003
        self.close = connection.close
        self._socket = connection
        self._loop = asyncio.get_running_loop()
        self._waiting = bytearray()
        self._left_out = 0

    def send(self, message: Message) -> None:
        """Send a message, or let it wait until the user reads on."""
        idle = not self._waiting
        self._waiting += encode(message)
        if idle:
            self._write()

    def trace(self, told: Message) -> None:
        """Send a trace, unless too much waits already; then how many were left out is told later."""
        if len(self._waiting) > BUFFER_BYTES:
            self._left_out += 1
            return
        if self._left_out:
            told, self._left_out = {**told, "left_out": self._left_out}, 0
        self.send({"trace": told})

    def _write(self) -> None:
        try:
            del self._waiting[: self._socket.send(self._waiting)]
        except BlockingIOError:
            pass
        except OSError:  # it is gone, which `requests` will notice
            self._waiting.clear()
        if self._waiting:
            self._loop.add_writer(self._socket, self._write)
        else:
            self._loop.remove_writer(self._socket)

    async def requests(self) -> AsyncIterator[bytes]:
        """Yield what the user says, line by line, until it disconnects."""
        said = b""
        with suppress(OSError):
            while more := await self._loop.sock_recv(self._socket, 4096):
                *lines, said = (said + more).splitlines(keepends=True)
                if said.endswith(b"\n"):
                    lines, said = [*lines, said], b""
                for line in lines:
                    yield line
        self._loop.remove_writer(self._socket)


class Users:
    """The users of the lab: each message is broadcast to them, and the lab ends with the last of them.

    Args:
        files: where the lab's files are.
        listener: listens at `files.socket`.
        end: ends the process; called while the lab's lock is held.
        answer: answers any other request, by its name and what is said with it.
    """

    def __init__(
        self,
        files: LabFiles,
        listener: socket.socket,
        end: Callable[[], NoReturn],
        answer: Callable[[str, object], Awaitable[object]],
    ) -> None:
        self._files = files
        self._listener = listener
        self._end = end
        self._answer = answer
        self._connected: dict[User, asyncio.Task[None]] = {}
        self._tracing: set[User] = set()
        self._leaving: list[User] = []
        self._latest: Message = {"progress": "starting MiniStack"}
        self._changed = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    async def serve(self) -> NoReturn:
        """Serve users until none is left or the lab has failed.

        The lock keeps whoever would start or join the lab waiting until it is gone. The connections of the
        last users stay open, so that they see the end of this process.
        """
        self._listener.setblocking(False)  # noqa: FBT003
        self._loop.add_reader(self._listener, self._accept)
        while True:
            if self._is_over:
                with kept(), locked(self._files.lock):
                    self._accept()
                    if self._is_over:
                        self._end()
            while self._leaving:
                self._leaving.pop().close()
            self._changed.clear()
            await self._changed.wait()

    def broadcast(self, message: Message) -> None:
        """Send a message to all users; safe to call from any thread."""
        self._loop.call_soon_threadsafe(self._broadcast, message)

    def trace(self, happened: "Trace") -> None:
        """Tell who asked for it what happened; safe to call from any thread."""
        if self._tracing:
            self._loop.call_soon_threadsafe(self._trace, happened)

    @property
    def _is_over(self) -> bool:
        return "failed" in self._latest or not self._connected

    def _accept(self) -> None:
        """Accept who waits; where there are no descriptors left, after a while."""
        try:
            while True:
                user = User(self._listener.accept()[0])
                self._connected[user] = self._loop.create_task(self._serve_one(user))
                user.send(self._latest)
                self._changed.set()
        except BlockingIOError:
            pass
        except OSError as error:
            if error.errno not in SCARCE:
                raise
            log.warning("%s", error)
            self._loop.remove_reader(self._listener)
            self._loop.call_later(RETRY_S, self._loop.add_reader, self._listener, self._accept)

    def _broadcast(self, message: Message) -> None:
        self._latest = message
        for user in self._connected:
            user.send(message)
        self._changed.set()

    def _trace(self, happened: "Trace") -> None:
        told = happened.message()
        for user in self._tracing:
            user.trace(told)

    async def _serve_one(self, user: User) -> None:
        """Do what a user asks for, until it disconnects."""
        async for request in user.requests():
            if request == STOP:
                self._broadcast(failed(LocalError("the local lab was stopped")))
            elif request == TRACE:
                self._tracing.add(user)
            else:
                ((name, argument),) = json.loads(request).items()
                user.send({name: await self._answer(name, argument)})
        del self._connected[user]
        self._tracing.discard(user)
        self._leaving.append(user)
        self._changed.set()
