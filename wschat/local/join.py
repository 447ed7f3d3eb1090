"""The user's side of the local lab: join the one that runs, or start it."""

import importlib.util
import json
import os
import shlex
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple, NoReturn
from urllib.parse import urlsplit

from wschat.errors import LocalError
from wschat.local.access.root import RootKey, check_place, make_key, read_key, write_key
from wschat.local.connection import Connection
from wschat.local.descriptors import check_enough
from wschat.local.environment import clean_environment, ministack_environment
from wschat.local.gateway.addresses import PREFIX
from wschat.local.gateway.quotas import AS_ON_AWS, GatewayOptions
from wschat.local.shared import STOP, TRACE, LabFiles, check_room, encode, holding, locked
from wschat.system.ports import listen
from wschat.system.signals import SIGNAL_POLL_S

ENDING_S = 0.5
REGION = "us-east-1"
SOCKET_PATH_BYTES = 100
EXTRA = ("ministack", "uvicorn", "httptools", "greenlet")  # what is installed with [local] alone


class LocalApi(NamedTuple):
    """A WebSocket API in a local lab, whoever made it; `urls` are those of its stages that serve it."""

    name: str
    urls: tuple[str, ...]


class LocalConnection(NamedTuple):
    """An open connection to a WebSocket API in a local lab: its id, and those of the API and the stage."""

    id: str
    api: str
    stage: str


@dataclass(frozen=True)
class LocalLab(AbstractContextManager["LocalLab"]):
    """A local lab in use; it runs at least until this is left, or stopped by anyone.

    Attributes:
        endpoint: the endpoint URL for boto3.
        started: whether it runs because of this join.
        empty: whether it began without anything in it.
        root: the key of its root user.
        state_dir: where its files are.
        warning: what the system does not grant it, and what to do; empty: nothing.
    """

    endpoint: str
    started: bool
    empty: bool
    warning: str
    root: RootKey
    state_dir: Path
    _connection: Connection

    @property
    def credentials(self) -> dict[str, str]:
        """What boto3's clients and sessions take to be its root user: the key, and its region."""
        key = {"aws_access_key_id": self.root.id, "aws_secret_access_key": self.root.secret}
        return {**key, "region_name": REGION}

    @property
    def environment(self) -> dict[str, str]:
        """The variables that make a program take it for AWS, with its root user's key."""
        regions = dict.fromkeys(("AWS_REGION", "AWS_DEFAULT_REGION"), REGION)
        return {"AWS_ENDPOINT_URL": self.endpoint, **regions, **self.root.environment}

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Leave the lab; if nobody else uses it, it ends, and is gone when this returns.

        Raises:
            LocalError: it has not ended in time, and there is no other error.
        """
        self._connection.leave(quiet=error is not None)

    def stop(self) -> None:
        """End the lab for all who use it, and return when it is gone.

        Raises:
            LocalError: it has not ended in time.
        """
        self._connection.leave(STOP)

    def apis(self) -> list[LocalApi]:
        """Return the WebSocket APIs that are in it now: they may be made, changed and deleted at any time.

        Raises:
            LocalError: it has ended.
        """
        return [
            LocalApi(api["name"], tuple(self.url(api["id"], stage) for stage in api["stages"]))
            for api in self._ask("apis")
        ]

    def url(self, api: str, stage: str) -> str:
        """Return the WebSocket URL of a stage of an API, by its id; with `http`, the management API's."""
        return f"{self.endpoint.replace('http', 'ws', 1)}{PREFIX}/{api}/{stage}"

    def connections(self) -> list[LocalConnection]:
        """Return the connections that are open now, at all APIs, and not about to be closed.

        Raises:
            LocalError: it has ended.
        """
        return [LocalConnection(**each) for each in self._ask("connections")]

    def pass_time(self, seconds: float) -> None:
        """Let so many seconds have passed for all connections: those too old, or too long idle, are closed.

        It takes no time, and waits for no client. What functions take for the time is as it was, and so are
        the times in their events.

        Raises:
            LocalError: it has ended.
        """
        self._ask("age", seconds)

    def traces(self) -> Iterator[dict[str, Any] | None]:
        """Return all that happens at its WebSocket APIs from now on, as `Trace.message` has it.

        `left_out` in one is how many before it were lost, because nobody took them in time. It wakes up again
        and again, as `wait` does: None is that nothing has happened since.

        Raises:
            LocalError: it has ended.
        """
        self._connection.ask(TRACE)
        self._ask("apis")  # what was asked before holds by now
        return self._traces()

    def _traces(self) -> Iterator[dict[str, Any] | None]:
        while True:
            try:
                message = self._connection.receive(SIGNAL_POLL_S)
            except TimeoutError:
                yield None
                continue
            if "trace" in message:
                yield message["trace"]

    def _ask(self, request: str, argument: object = True) -> Any:  # noqa: ANN401, FBT002  what JSON has
        """Ask for something by its name, and return the answer."""
        with self._connection.alone:
            self._connection.ask(encode({request: argument}))
            while request not in (answer := self._connection.receive()):
                pass
        return answer[request]

    def check(self, patience: float = ENDING_S) -> None:
        """Raise the LocalError that says why the lab has ended, if it has, or does within some seconds."""
        with suppress(TimeoutError), self._connection.alone:
            while True:
                self._connection.receive(patience)

    def wait(self) -> NoReturn:
        """Block until the lab ends, and raise the LocalError that says why.

        It wakes up again and again: a signal at a wrong moment does not interrupt the wait for a socket.
        """
        while True:
            self.check(SIGNAL_POLL_S)


def join(
    state_dir: Path,
    provision: str | None = "",
    *,
    port: int | None = None,
    options: GatewayOptions = AS_ON_AWS,
    progress: Callable[[str], None] = lambda _: None,
) -> LocalLab:
    """Join the lab of this state directory, or start it, and return when it is ready.

    Args:
        state_dir: where the lab's files are, made if need be; who shares it shares the lab.
        provision: "module:function", which builds the lab; see `wschat.local.provisioner`. Without it the
            lab begins empty, and one that did not is not joined; with it, one that did is joined as it is.
            None joins one that runs, as it is, and starts none.
        port: where the lab must listen; any free port by default.
        options: of the gateway; with AWS's own, a lab that runs with others is joined as it is.
        progress: is told each step.

    Raises:
        LocalError: there is no lab, and the error says why.
    """
    files = LabFiles(state_dir.absolute())
    if len(os.fsencode(files.socket)) > SOCKET_PATH_BYTES:
        raise LocalError(
            "the path of the state directory is too long for the local lab's socket",
            where=str(files.state_dir),
            hint=f"the socket's whole path may have {SOCKET_PATH_BYTES} bytes: {files.socket}",
        )
    with holding(files.state_dir):
        connection, started = _connect_or_start(files, provision, options, port)
    with ExitStack() as leaving:
        leaving.callback(connection.leave, quiet=True)
        while "ready" not in (message := connection.receive()):
            progress(message["progress"])
        ready = message["ready"]
        _check_as_asked(ready, provision, options, port)
        root = read_key(files.temporary)
        leaving.pop_all()
    return LocalLab(
        ready["endpoint"], started, ready["empty"], ready["warning"], root, files.state_dir, connection
    )


def _check_as_asked(
    ready: dict[str, Any], provision: str | None, options: GatewayOptions, port: int | None
) -> None:
    """Check that the lab which runs is what was asked for."""
    if provision == "" and not ready["empty"]:
        raise LocalError(
            "a local lab runs already, and it did not begin empty",
            hint="end it first, or set WSCHAT_STATE_DIR to another directory, which has a lab of its own",
        )
    actual = urlsplit(ready["endpoint"]).port
    if port and actual != port:
        raise LocalError(
            f"a local lab runs already, and on port {actual}",
            hint=f"join it without asking for port {port}, or end it first",
        )
    if options not in (AS_ON_AWS, GatewayOptions(**ready["options"])):
        raise LocalError(
            "a local lab runs already, and its gateway with other options",
            hint="join it without options for the gateway, or end it first",
        )


def _connect_or_start(
    files: LabFiles, provision: str | None, options: GatewayOptions, port: int | None
) -> tuple[Connection, bool]:
    """Connect to the lab's process; true if it had to be started."""
    files.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    check_place(files.state_dir)
    with locked(files.lock):
        with suppress(FileNotFoundError, ConnectionRefusedError):
            return Connection(files), False
        if provision is None:
            hint = "in another terminal, `wschat local` keeps one; with --empty, one to be filled"
            raise LocalError("no lab runs on this machine", hint=hint)
        check_installed()
        check_enough()
        check_room(files.state_dir)
        with closing(listen(port)) as gateway:
            return _start(files, provision, options, gateway), True


def check_installed(find_spec: Callable[[str], object] = importlib.util.find_spec) -> None:
    """Raise a LocalError if the extra that the lab needs is not installed, or not all of it."""
    if lacking := [name for name in EXTRA if find_spec(name) is None]:
        hint = f"in the clone of wschat: {shlex.quote(sys.executable)} -m pip install '.[local]'"
        raise LocalError(f"the local lab needs {', '.join(lacking)}", hint=hint)


def _start(files: LabFiles, provision: str, options: GatewayOptions, gateway: socket.socket) -> Connection:
    """Start the process on sockets that listen already, and connect; it ends soon if nobody does."""
    files.socket.unlink(missing_ok=True)
    files.log.unlink(missing_ok=True)
    files.log.touch(mode=0o600)
    files.empty_temporary()
    write_key(files.temporary, make_key())
    environment = clean_environment() | ministack_environment(gateway.getsockname()[1], files.temporary)
    with socket.socket(socket.AF_UNIX) as users, files.log.open("wb") as log:
        users.bind(str(files.socket))
        files.socket.chmod(0o600)
        users.listen()
        arguments = [str(files.state_dir), provision, json.dumps(asdict(options)), str(users.fileno())]
        process = subprocess.run(
            [sys.executable, "-P", "-m", "wschat.local.process", *arguments, str(gateway.fileno())],
            env=environment,
            pass_fds=(users.fileno(), gateway.fileno()),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            check=False,
        )
    with suppress(ConnectionRefusedError):
        if process.returncode == 0:
            return Connection(files)
    raise LocalError("the local lab did not start", hint=f"its log says why: {files.log}")
