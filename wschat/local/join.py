"""The user's side of the local lab: join the one that runs, or start it."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self
from urllib.parse import urlsplit

from wschat.errors import LocalError
from wschat.local.emulator import STOP_S, clean_environment
from wschat.local.files import LabFiles, locked, open_log
from wschat.local.gateway.limits import AWS, Settings
from wschat.local.keeper import STOP

TRIES = 3
GONE_S = STOP_S + 1.0  # the keeper gives MiniStack STOP_S, and then kills it
ENDING_S = 0.5
LOOK_S = 0.2
SOCKET_PATH_BYTES = 100


class _Line:
    """The connection to the keeper, which makes its holder a user of the lab."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._heard = b""

    def hear(self) -> dict[str, Any]:
        """Return the keeper's next message, empty when it has gone; its `failed` is raised."""
        while b"\n" not in self._heard and (more := self._more()):
            self._heard += more
        line, _, self._heard = self._heard.partition(b"\n")
        message: dict[str, Any] = json.loads(line or b"{}")
        if "failed" in message:
            raise LocalError(**message["failed"])
        return message

    def _more(self) -> bytes:
        try:
            return self._connection.recv(4096)
        except ConnectionResetError:
            return b""

    def patience(self, seconds: float) -> None:
        """Hear for so many seconds at most; then `hear` raises TimeoutError."""
        self._connection.settimeout(seconds)

    def leave(self, *, last_word: bytes = b"") -> bool:
        """Be no user any longer; if the lab ends by that, wait until it is gone. False: it takes too long."""
        with self._connection:
            try:
                self._connection.sendall(last_word)
                if not last_word:
                    self._connection.shutdown(socket.SHUT_WR)
                self._connection.settimeout(GONE_S)
                while self._connection.recv(4096):
                    pass
            except TimeoutError:
                return False
            except OSError:  # it has gone already
                pass
        return True


class LocalLab:
    """A local lab in use; it runs at least until this is closed, or stopped by anyone.

    Attributes:
        url: the ws:// URL to chat at.
        endpoint: the endpoint URL for boto3.
        started: whether it runs because of this join.
    """

    def __init__(self, line: _Line, files: LabFiles, *, url: str, endpoint: str, started: bool) -> None:
        self.url = url
        self.endpoint = endpoint
        self.started = started
        self._line = line
        self._files = files

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        gone = self._line.leave()
        if error is None:
            self._check_gone(gone)

    def close(self) -> None:
        """Leave the lab; if nobody else uses it, it ends, and is gone when this returns.

        Raises:
            LocalError: it has not ended in time.
        """
        self._check_gone(self._line.leave())

    def stop(self) -> None:
        """End the lab for all who use it, and return when it is gone.

        Raises:
            LocalError: it has not ended in time.
        """
        self._check_gone(self._line.leave(last_word=STOP))

    def _check_gone(self, gone: bool) -> None:  # noqa: FBT001
        if gone:
            return
        keeper = f"'wschat.local.keeper {self._files.state_dir}'"
        raise LocalError(
            f"the local lab has not ended within {GONE_S:.0f} s",
            where=str(self._files.state_dir),
            hint=f"if `pgrep -f {keeper}` still finds it in a moment, end it all: pkill -9 -f {keeper}",
        )

    def check(self) -> None:
        """Raise the LocalError that says why the lab has ended, if it has.

        It may be just about to, so this waits a moment for that.
        """
        self._line.patience(ENDING_S)
        with suppress(TimeoutError):
            self._hear_its_end()

    def wait(self) -> None:
        """Block until the lab ends, and raise the LocalError that says why.

        It looks for signals again and again: one at a wrong moment does not interrupt the wait for a socket.
        """
        self._line.patience(LOOK_S)
        while True:
            with suppress(TimeoutError):
                self._hear_its_end()

    def _hear_its_end(self) -> NoReturn:
        while self._line.hear():
            pass
        raise LocalError("the local lab ended by itself", hint=f"its log may say why: {self._files.log}")


def join(
    state_dir: Path,
    provision: str,
    *,
    port: int | None = None,
    settings: Settings = AWS,
    progress: Callable[[str], None],
) -> LocalLab:
    """Join the lab of this state directory, or start it, and return when one can chat in it.

    Args:
        state_dir: where the lab's files are, made if need be; who shares it shares the lab.
        provision: "module:function", which builds the lab; see `wschat.local.keeper.Keeper`.
        port: where MiniStack must listen; any free port by default.
        settings: of the gateway; with AWS's own, a lab that runs with others is joined as it is.
        progress: is told each step.

    Raises:
        LocalError: there is no lab, and the error says why.
    """
    if sys.platform == "win32":
        raise LocalError("the local lab needs Linux or macOS", hint="on Windows, use WSL")
    files = LabFiles(state_dir.absolute())
    if len(os.fsencode(files.socket)) > SOCKET_PATH_BYTES:
        raise LocalError(
            "the path of the state directory is too long for the local lab's socket",
            where=str(files.state_dir),
            hint=f"the socket's whole path may have {SOCKET_PATH_BYTES} bytes: {files.socket}",
        )
    for _ in range(TRIES):
        try:
            connection, started = _connect(files, provision, settings, port)
        except OSError as error:
            what = f"the state directory can't hold a local lab: {error.strerror}"
            raise LocalError(what, where=str(files.state_dir)) from error
        line = _Line(connection)
        try:
            if ready := _hear_ready(line, files, progress):
                _check(ready, settings, port)
                return LocalLab(line, files, started=started, url=ready["url"], endpoint=ready["endpoint"])
        except BaseException:
            line.leave()
            raise
        line.leave()
    raise LocalError("the local lab did not start", hint=f"its log may say why: {files.log}")


def _hear_ready(line: _Line, files: LabFiles, progress: Callable[[str], None]) -> dict[str, str]:
    """Return what the keeper says of the finished lab, or nothing if it was about to end."""
    message = line.hear()
    if not message:
        return {}
    while "progress" in message:
        progress(message["progress"])
        message = line.hear()
    if not message:
        raise LocalError("the local lab ended while it started", hint=f"its log may say why: {files.log}")
    ready: dict[str, str] = message["ready"]
    return ready


def _check(ready: dict[str, str], settings: Settings, port: int | None) -> None:
    """Check that the lab which runs is what was asked for."""
    actual = urlsplit(ready["endpoint"]).port
    if port and actual != port:
        raise LocalError(
            f"a local lab runs already, and on port {actual}",
            hint=f"join it without asking for port {port}, or end it first",
        )
    if settings not in (AWS, Settings.decode(ready["settings"])):
        raise LocalError(
            "a local lab runs already, and its gateway with other settings",
            hint="join it without options for the gateway, or end it first",
        )


def _connect(
    files: LabFiles, provision: str, settings: Settings, port: int | None
) -> tuple[socket.socket, bool]:
    """Connect to the keeper; true if it had to be started."""
    files.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(files.lock):
        with suppress(FileNotFoundError, ConnectionRefusedError):
            return _knock(files.socket), False
        _start_keeper(files, provision, settings, port)
        return _knock(files.socket), True


def _knock(path: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(path))
    except BaseException:
        connection.close()
        raise
    return connection


def _start_keeper(files: LabFiles, provision: str, settings: Settings, port: int | None) -> None:
    """Start the keeper on a socket that listens already; it ends soon if nobody connects."""
    files.socket.unlink(missing_ok=True)
    files.log.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener, open_log(files.log) as log:
        listener.bind(str(files.socket))
        files.socket.chmod(0o600)
        listener.listen()
        fd = listener.fileno()
        command = [
            str(files.state_dir),
            provision,
            str(fd),
            settings.encode(),
            *([str(port)] if port else []),
        ]
        keeper = subprocess.run(
            [sys.executable, "-P", "-m", "wschat.local.keeper", *command],
            env=clean_environment(),
            pass_fds=(fd,),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            check=False,
        )
    if keeper.returncode:
        raise LocalError("the local lab did not start", hint=f"its log says why: {files.log}")
