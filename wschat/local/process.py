"""The local lab's process: builds the lab, serves its users, and ends with the last of them.

It speaks to users over a Unix socket, in lines of JSON: `{"progress": text}`,
`{"ready": {"url", "endpoint", "empty", "options"}}` and `{"failed": {"what", "where", "hint"}}`; who comes
late gets the latest of these. A user says nothing but `{"stop": true}`, which ends the lab for
all. A user is whoever is connected: the kernel disconnects who is killed.
"""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from wschat.errors import LocalError
from wschat.local.gateway.quotas import GatewayOptions
from wschat.local.shared import STOP, LabFiles, Message, encode, failed, locked, outcome
from wschat.target import HOST

if TYPE_CHECKING:
    from wschat.local.gateway.gateway import Gateway

CLOSE_S = 0.5
"""How long WebSockets may take to close when the lab ends."""


class Users:
    """The users of the lab: each message is broadcast to them, and the lab ends with the last of them.

    Args:
        files: where the lab's files are.
        listener: listens at `files.socket`.
        end: ends the process; called while the lab's lock is held.
    """

    def __init__(self, files: LabFiles, listener: socket.socket, end: Callable[[], NoReturn]) -> None:
        self._files = files
        self._listener = listener
        self._end = end
        self._connected: dict[socket.socket, asyncio.Task[None]] = {}
        self._leaving: list[socket.socket] = []
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
                with locked(self._files.lock):
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

    @property
    def _is_over(self) -> bool:
        return "failed" in self._latest or not self._connected

    def _accept(self) -> None:
        with suppress(BlockingIOError):
            while True:
                user, _ = self._listener.accept()
                user.setblocking(False)  # noqa: FBT003
                self._connected[user] = self._loop.create_task(self._serve_one(user))
                self._send_latest(user)
                self._changed.set()

    def _broadcast(self, message: Message) -> None:
        self._latest = message
        for user in self._connected:
            self._send_latest(user)
        self._changed.set()

    def _send_latest(self, user: socket.socket) -> None:
        with suppress(OSError):  # it is gone, which _serve_one will notice, or has not read for very long
            user.send(encode(self._latest))

    async def _serve_one(self, user: socket.socket) -> None:
        """Receive what a user sends, until it disconnects."""
        with suppress(OSError):
            while said := await self._loop.sock_recv(user, len(STOP)):
                if said == STOP:
                    self._broadcast(failed(LocalError("the local lab was stopped")))
        del self._connected[user]
        self._leaving.append(user)
        self._changed.set()


@dataclass
class Lab:
    """The lab in this process: MiniStack, the gateway, and the workers of its functions.

    Attributes:
        files: where the lab's files are.
        provision: "module:function", which builds the lab (see `provisioner`); empty: it stays empty.
        listener: listens for HTTP and WebSockets.
        options: of the gateway.
        watchdog: kills the workers once this process is dead.
        serving: the gateway and its event loop, once it serves.
    """

    files: LabFiles
    provision: str
    listener: socket.socket
    options: GatewayOptions
    watchdog: subprocess.Popen[bytes]
    serving: "tuple[Gateway, asyncio.AbstractEventLoop] | None" = None

    async def serve(self, broadcast: Callable[[Message], None]) -> NoReturn:
        """Serve MiniStack and the gateway, provision the lab, and broadcast what describes it."""
        endpoint = f"http://{HOST}:{self.listener.getsockname()[1]}"
        provisioner = start_provisioner(self.provision, endpoint, self.files.log) if self.provision else None
        from wschat.local.gateway.server import serving  # half a second, and installed only with an extra

        async with serving(self.listener, self.options) as gateway:
            self.serving = gateway, asyncio.get_running_loop()
            made: Message = {"url": ""}
            if provisioner:
                made = await asyncio.to_thread(provisioned, provisioner, broadcast)
            if "url" in made:
                about = {"endpoint": endpoint, "empty": not self.provision, "options": asdict(self.options)}
                made = {"ready": {**about, **made}}
            broadcast(made)
            await gateway.drop_at_random()
            await asyncio.Event().wait()
        raise AssertionError("it serves until the process ends")

    def end(self) -> NoReturn:
        """Leave nothing behind: no connection, no worker, no file but the log, and no process."""
        self.files.socket.unlink(missing_ok=True)
        if self.serving:
            gateway, loop = self.serving
            with suppress(TimeoutError):
                asyncio.run_coroutine_threadsafe(gateway.shut_down(), loop).result(CLOSE_S)
        kill_workers()
        shutil.rmtree(self.files.temporary, ignore_errors=True)
        self.watchdog.kill()
        self.watchdog.wait()
        os.killpg(0, signal.SIGKILL)
        sys.exit()


def start_provisioner(provision: str, endpoint: str, log: Path) -> subprocess.Popen[bytes]:
    """Start the program that provisions the lab: it gets ready while MiniStack does."""
    command = [sys.executable, "-P", "-m", "wschat.local.provisioner", provision, endpoint, str(log)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def provisioned(provisioner: subprocess.Popen[bytes], broadcast: Callable[[Message], None]) -> Message:
    """Pass on the provisioner's progress; return the message with which it ends."""
    with provisioner:
        for line in provisioner.stdout or ():
            message: Message = json.loads(line)
            if "progress" not in message:
                return message
            broadcast(message)
    return failed(LocalError("the local lab's provisioning was killed"))


def start_watchdog(name: str) -> subprocess.Popen[bytes]:
    """Start a process that kills this process group, so all workers, once this process has died, even by -9.

    It reads from a pipe whose write end this process alone holds. `name` is for whoever lists processes.
    """
    command = ["/bin/sh", "-c", 'read -r _; kill -9 "-$1"', name, str(os.getpgrp())]
    return subprocess.Popen(command, stdin=subprocess.PIPE, process_group=0)


def kill_workers() -> None:
    """Leave this process group, kill all that is left in it, and wait until its children there are reaped."""
    group = os.getpgrp()
    os.setpgid(0, 0)
    with suppress(ProcessLookupError, PermissionError):  # the latter is macOS's word for zombies
        os.killpg(group, signal.SIGKILL)
    with suppress(ChildProcessError):
        while True:
            os.waitpid(-group, 0)


async def run(lab: Lab, listener: socket.socket) -> NoReturn:
    """Build the lab and serve its users, who connect to `listener`, until it ends."""
    users = Users(lab.files, listener, lab.end)

    def watch() -> Message:
        lab.watchdog.wait()
        raise LocalError("the watchdog of the local lab ended", hint="start the lab again")

    def report(work: Callable[[], Message]) -> None:
        users.broadcast(outcome(work, lab.files.log))

    for work in (watch, lambda: asyncio.run(lab.serve(users.broadcast))):
        threading.Thread(target=report, args=(work,), daemon=True).start()
    ended = failed(LocalError("the local lab was ended"))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, users.broadcast, ended)
    await users.serve()


def main(state_dir: str, provision: str, options: str, users: str, gateway: str) -> None:
    """Run a lab; `users` and `gateway` are the file descriptors of sockets that listen.

    It forks first: whoever started this need not wait for the lab, and the lab does not lead its process
    group, so that it can leave it in the end.
    """
    files = LabFiles(Path(state_dir))
    shutil.rmtree(files.temporary, ignore_errors=True)
    files.temporary.mkdir(mode=0o700)
    if os.fork():
        return
    # asyncio turns off Nagle's algorithm for sockets that name TCP alone
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, int(gateway))
    lab = Lab(files, provision, listener, GatewayOptions(**json.loads(options)), start_watchdog(state_dir))
    asyncio.run(run(lab, socket.socket(fileno=int(users))))


if __name__ == "__main__":
    main(*sys.argv[1:])
