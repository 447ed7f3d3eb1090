"""MiniStack as a child process that never outlives its owner.

The owner starts this module as a program, the supervisor, which forks MiniStack. Both have the
read end of a pipe whose write end the owner alone holds, so they notice its death, even by -9.
"""

import errno
import http.client
import importlib.util
import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from wschat.errors import LocalError
from wschat.local.files import locked, open_log
from wschat.local.gateway.limits import AWS, Settings
from wschat.loopback import HOST

BOOT_S = 30.0
POLL_S = 0.02
ANSWER_S = 1.0
SWEEP_S = 0.2
STOP_S = 2.0
FAREWELL_S = 0.5
PORTS_TRIED = 5
EXTRA = ("ministack", "uvicorn", "httptools")  # what is installed with [local] alone

_PASSED_ON = frozenset({"HOME", "LANG", "LD_LIBRARY_PATH", "PATH", "PYTHONPATH"})


def clean_environment(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Build the environment of every process of the local lab.

    Python and the locale work as in `environ`; no AWS setting and no proxy gets in, neither from
    there, nor from the person's files, nor (`NO_PROXY`) from the settings of macOS.
    """
    passed_on = {name: environ[name] for name in environ if name in _PASSED_ON or name.startswith("LC_")}
    return passed_on | {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "*",
    }


class Emulator:
    """MiniStack on the loopback interface, with IAM enforced, and a WebSocket gateway as on AWS.

    Its root user has the key and the secret "test", in account 000000000000, region us-east-1.

    Args:
        private: MiniStack's temporary directory, which is made and removed with all it holds.
        log: where it prints to.
        ports: tried in this order until it could listen on one; a few free ones by default.
        settings: of the gateway.
        find_spec: tells whether a package is installed, as importlib.util.find_spec does.
    """

    def __init__(
        self,
        private: Path,
        log: Path,
        *,
        ports: Iterable[int] | None = None,
        settings: Settings = AWS,
        find_spec: Callable[[str], object] = importlib.util.find_spec,
    ) -> None:
        self.port = 0
        self._private = private
        self._log = log
        self._ports = ports or (_free_port() for _ in range(PORTS_TRIED))
        self.settings = settings
        self._find_spec = find_spec
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        """The endpoint URL for boto3."""
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        """Start MiniStack and return when it answers.

        Raises:
            LocalError: it is not installed, its port can't be used, or it did not start.
        """
        if lacking := [name for name in EXTRA if self._find_spec(name) is None]:
            hint = f"in the clone of wschat: {shlex.quote(sys.executable)} -m pip install '.[local]'"
            raise LocalError(f"the local lab needs {', '.join(lacking)}", hint=hint)
        reason = ""
        for port in self._ports:
            self.port = port
            if reason := _why_unusable(port):
                continue
            self._process = self._spawn()
            if self._answers_in_time(self._process):
                return
            self.stop()
            if not (reason := _why_unusable(port)):
                raise LocalError("MiniStack did not start", hint=f"its log says why: {self._log}")
        raise LocalError(
            f"port {self.port} of {HOST} can't be used: {reason}",
            hint="end what listens there, or choose another port",
        )

    def wait(self) -> None:
        """Block until MiniStack has ended after start(); a LocalError unless stop() ended it."""
        if (process := self._process) and process.stdin:
            process.wait()
            if not process.stdin.closed:
                raise LocalError("MiniStack ended by itself", hint=f"its log may say why: {self._log}")

    def stop(self) -> None:
        """End MiniStack and its functions at once; when this returns, nothing of it is left."""
        if (process := self._process) and process.stdin:
            process.stdin.close()
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            shutil.rmtree(self._private, ignore_errors=True)  # if the supervisor was killed before

    def _spawn(self) -> subprocess.Popen[bytes]:
        settings = {
            "AUTH": "true",
            "BIND_HOST": HOST,
            "GATEWAY_PORT": str(self.port),
            "IOT_MTLS_ENABLED": "0",
            "LOG_LEVEL": "WARNING",
            "TMPDIR": str(self._private),
            # MiniStack's start removes the containers of every other MiniStack; keep it off Docker.
            "DOCKER_HOST": f"unix://{os.devnull}/none",
            # Its health shows this, which tells it from another that was faster to take the port.
            "MINISTACK_EDITION": str(self._private),
        }
        with open_log(self._log) as log:
            return subprocess.Popen(
                [
                    sys.executable,
                    "-P",
                    "-m",
                    "wschat.local.emulator",
                    str(self._private),
                    self.settings.encode(),
                ],
                env=clean_environment() | settings,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _answers_in_time(self, process: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + BOOT_S
        while time.monotonic() < deadline:
            try:
                process.wait(POLL_S)
                return False
            except subprocess.TimeoutExpired:
                if self._answers():
                    return True
        return False

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=ANSWER_S)
        try:
            connection.request("GET", "/_ministack/health")
            return bool(json.load(connection.getresponse())["edition"] == str(self._private))
        except (OSError, http.client.HTTPException, ValueError, LookupError, TypeError):
            return False
        finally:
            connection.close()


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _why_unusable(port: int) -> str:
    """Say why nobody can listen on a port of this machine; empty if one can."""
    with socket.socket() as client:  # macOS lets two listen, on all addresses and on this one
        if client.connect_ex((HOST, port)) == 0:
            return os.strerror(errno.EADDRINUSE)
    try:
        socket.create_server((HOST, port)).close()
    except OSError as error:
        return os.strerror(error.errno or errno.EADDRINUSE)
    return ""


def supervise(private: Path, settings: Settings) -> None:
    """Run MiniStack until it ends or stdin does, then remove what is left of it.

    The lock makes one that is still clearing up the same directory come first.
    """
    with locked(private.with_name(f"{private.name}.lock")):
        shutil.rmtree(private, ignore_errors=True)
        private.mkdir(mode=0o700)
        ministack = os.fork()
        if not ministack:
            _run_ministack(settings)
        os.waitpid(ministack, 0)
        _sweep(ministack)
        shutil.rmtree(private, ignore_errors=True)


def _run_ministack(settings: Settings) -> None:
    os.setpgid(0, 0)
    owner = sys.stdin.fileno()
    threading.Thread(target=_die_with, args=(owner,), daemon=True).start()
    from wschat.local.gateway.server import run  # half a second, and installed only with an extra

    run(int(os.environ["GATEWAY_PORT"]), settings, owner, _die)


def _die_with(owner: int) -> None:
    """Die a moment after the end of a file, even if nothing else here gets its turn."""
    os.read(owner, 1)
    time.sleep(FAREWELL_S)
    _die()


def _die() -> NoReturn:
    """Kill this process group, so the workers of its functions too."""
    os.killpg(0, signal.SIGKILL)
    sys.exit()


def _sweep(group: int) -> None:
    """Kill a process group and wait until it is gone, though not for zombies that nobody reaps."""
    deadline = time.monotonic() + SWEEP_S
    with suppress(ProcessLookupError, PermissionError):  # the latter is macOS's word for zombies
        while time.monotonic() < deadline:
            os.killpg(group, signal.SIGKILL)
            time.sleep(POLL_S / 4)


if __name__ == "__main__":
    supervise(Path(sys.argv[1]), Settings.decode(sys.argv[2]))
