"""The local lab: what its process builds, serves to its users, and ends with the last of them."""

import asyncio
import gc
import json
import os
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
from wschat.local.descriptors import keep_some, raise_limit, shortage, tell_sparingly
from wschat.local.environment import leave_for_functions
from wschat.local.gateway.quotas import GatewayOptions
from wschat.local.process.children import kill_workers
from wschat.local.process.users import Users
from wschat.local.shared import LabFiles, Message, failed, outcome

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
        endpoint: its URL.
        listener: listens for HTTP and WebSockets there.
        options: of the gateway.
        root: the key of its root user.
        watchdog: kills the workers once this process is dead.
        provisioner: fills the lab; None: it stays empty.
        serving: the gateway, the control plane and their event loop, once they serve.
    """

    files: LabFiles
    endpoint: str
    listener: socket.socket
    options: GatewayOptions
    root: RootKey
    watchdog: subprocess.Popen[bytes]
    provisioner: subprocess.Popen[bytes] | None
    serving: "tuple[Gateway, ControlPlane, asyncio.AbstractEventLoop] | None" = None

    async def serve(self, users: Users) -> NoReturn:
        """Serve MiniStack and the gateway, have the lab provisioned, and tell its users what describes it."""
        from wschat.local.gateway.server import serving  # it takes long, and is installed only with an extra
        from wschat.local.runtimes.workers import start_ahead

        leave_for_functions(os.environ, self.files.home, self.root.environment)
        tell_sparingly()
        limit = raise_limit()
        keep_some()
        async with serving(self.listener, self.options, users.trace, limit) as (gateway, control_plane):
            self.serving = gateway, control_plane, asyncio.get_running_loop()
            told: Message = {
                "ready": {
                    "endpoint": self.endpoint,
                    "empty": self.provisioner is None,
                    "options": asdict(self.options),
                    "warning": shortage(limit),
                }
            }
            if self.provisioner:
                one_by_one = ThreadPoolExecutor(1)

                def start(name: str) -> None:
                    one_by_one.submit(start_ahead, name)

                failure = await asyncio.to_thread(provisioned, self.provisioner, users.broadcast, start)
                told = failure or told
            gc.freeze()  # what has been loaded stays
            gc.enable()
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
        self.files.remove_temporary()
        self.watchdog.kill()
        self.watchdog.wait()
        os.killpg(0, signal.SIGKILL)
        sys.exit()


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


def run(
    state_dir: str,
    endpoint: str,
    options: str,
    listener: socket.socket,
    users: socket.socket,
    watchdog: subprocess.Popen[bytes],
    provisioner: subprocess.Popen[bytes] | None,
) -> None:
    """Build the lab and serve its users, who connect to `users`, until it ends; `options` are JSON."""
    files, asked = LabFiles(Path(state_dir)), GatewayOptions(**json.loads(options))
    root = read_key(files.temporary)
    lab = Lab(files, endpoint, listener, asked, root, watchdog, provisioner)
    asyncio.run(_serve(lab, users))


async def _serve(lab: Lab, listener: socket.socket) -> NoReturn:
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
