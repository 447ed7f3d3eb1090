"""The local lab's process: builds the lab, serves its users, and ends with the last of them."""

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
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from wschat.errors import LocalError
from wschat.local.access.root import RootKey, read_key
from wschat.local.descriptors import raise_limit, shortage, tell_sparingly
from wschat.local.environment import leave_for_functions
from wschat.local.gateway.quotas import GatewayOptions
from wschat.local.shared import LabFiles, Message, failed, outcome
from wschat.local.users import Users
from wschat.target import HOST

if TYPE_CHECKING:
    from wschat.local.control_plane.apis import ControlPlane
    from wschat.local.gateway.gateway import Gateway

CLOSE_S = 0.5
"""How long WebSockets may take to close when the lab ends."""


@dataclass
class Lab:
    """The lab in this process: MiniStack, the gateway, and the workers of its functions.

    Attributes:
        files: where the lab's files are.
        provision: "module:function", which builds the lab (see `provisioner`); empty: it stays empty.
        listener: listens for HTTP and WebSockets.
        options: of the gateway.
        root: the key of its root user.
        watchdog: kills the workers once this process is dead.
        serving: the gateway, the control plane and their event loop, once they serve.
    """

    files: LabFiles
    provision: str
    listener: socket.socket
    options: GatewayOptions
    root: RootKey
    watchdog: subprocess.Popen[bytes]
    serving: "tuple[Gateway, ControlPlane, asyncio.AbstractEventLoop] | None" = None

    async def serve(self, users: Users) -> NoReturn:
        """Serve MiniStack and the gateway, provision the lab, and tell its users what describes it."""
        endpoint = f"http://{HOST}:{self.listener.getsockname()[1]}"
        provisioner = start_provisioner(self.provision, endpoint, self.files) if self.provision else None
        from wschat.local.gateway.server import serving  # half a second, and installed only with an extra
        from wschat.local.runtimes.workers import start_ahead

        leave_for_functions(os.environ, self.files.home, self.root.environment)
        tell_sparingly()
        limit = raise_limit()
        async with serving(self.listener, self.options, users.trace, limit) as (gateway, control_plane):
            self.serving = gateway, control_plane, asyncio.get_running_loop()
            told: Message = {
                "ready": {
                    "endpoint": endpoint,
                    "empty": not self.provision,
                    "options": asdict(self.options),
                    "warning": shortage(limit),
                }
            }
            if provisioner:
                one_by_one = ThreadPoolExecutor(1)

                def start(name: str) -> None:
                    one_by_one.submit(start_ahead, name)

                failure = await asyncio.to_thread(provisioned, provisioner, users.broadcast, start)
                told = failure or told
            users.broadcast(told)
            await gateway.connections.drop_at_random(self.options.drop)
            await asyncio.Event().wait()
        raise AssertionError("it serves until the process ends")

    async def answer(self, request: str, argument: Any) -> object:  # noqa: ANN401  what JSON has
        """Answer a user's request, from another event loop than the one that serves; None: it is unknown."""
        if self.serving is None:
            return []
        gateway, control_plane, loop = self.serving

        async def look() -> object:
            match request:
                case "apis":
                    return control_plane.apis()
                case "connections":
                    return gateway.connections.told()
                case "age":
                    gateway.connections.age(argument)
            return None

        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(look(), loop))

    def end(self) -> NoReturn:
        """Leave nothing behind: no connection, no worker, no file but the log, and no process."""
        self.files.socket.unlink(missing_ok=True)
        if self.serving:
            gateway, _, loop = self.serving
            with suppress(TimeoutError):
                asyncio.run_coroutine_threadsafe(gateway.connections.shut_down(), loop).result(CLOSE_S)
        kill_workers()
        shutil.rmtree(self.files.temporary, ignore_errors=True)
        self.watchdog.kill()
        self.watchdog.wait()
        os.killpg(0, signal.SIGKILL)
        sys.exit()


def start_provisioner(provision: str, endpoint: str, files: LabFiles) -> subprocess.Popen[bytes]:
    """Start the program that provisions the lab: it gets ready while MiniStack does."""
    arguments = [provision, endpoint, str(files.state_dir)]
    command = [sys.executable, "-P", "-m", "wschat.local.provisioner", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def provisioned(
    provisioner: subprocess.Popen[bytes],
    broadcast: Callable[[Message], None],
    start: Callable[[str], object],
) -> Message | None:
    """Pass on the provisioner's progress, and start the functions that it names.

    Return the message of its failure, if it fails.
    """
    with provisioner:
        for line in provisioner.stdout or ():
            match json.loads(line):
                case {"progress": _} as message:
                    broadcast(message)
                case {"function": name}:
                    start(name)
                case message:
                    return message if "failed" in message else None
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
    users = Users(lab.files, listener, lab.end, lab.answer)

    def watch() -> Message:
        lab.watchdog.wait()
        raise LocalError("the watchdog of the local lab ended", hint="start the lab again")

    def report(work: Callable[[], Message]) -> None:
        users.broadcast(outcome(work, lab.files.log))

    for work in (watch, lambda: asyncio.run(lab.serve(users))):
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
    root = read_key(files.temporary)
    if os.fork():
        return
    # asyncio turns off Nagle's algorithm for sockets that name TCP alone
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, int(gateway))
    asked = GatewayOptions(**json.loads(options))
    lab = Lab(files, provision, listener, asked, root, start_watchdog(state_dir))
    asyncio.run(run(lab, socket.socket(fileno=int(users))))


if __name__ == "__main__":
    main(*sys.argv[1:])
