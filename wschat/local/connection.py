"""The user's end of the socket to the local lab's process; the other, `process.users`, has what is said."""

import json
import socket
import threading
from contextlib import suppress
from typing import Any

from wschat.errors import LocalError
from wschat.local.shared import LabFiles

GONE_S = 10.0
"""Seconds in which a lab has ended on a machine that is busy; on one that is not, less than one is enough."""


class Connection:
    """The connection to the lab's process, which makes its holder a user of the lab.

    Attributes:
        alone: is held by the thread that waits for a message, which no other may take.
    """

    def __init__(self, files: LabFiles) -> None:
        self._files = files
        self._socket = socket.socket(socket.AF_UNIX)
        self._received = b""
        self.alone = threading.Lock()
        try:
            self._socket.connect(str(files.socket))
        except BaseException:
            self._socket.close()
            raise

    def receive(self, timeout: float | None = None) -> dict[str, Any]:
        """Return the next message.

        Raises:
            LocalError: the message says that the lab has failed, or there is none: its process has gone.
            TimeoutError: none came in so many seconds.
        """
        self._socket.settimeout(timeout)
        with suppress(ConnectionResetError):
            while b"\n" not in self._received and (more := self._socket.recv(4096)):
                self._received += more
        line, _, self._received = self._received.partition(b"\n")
        if not line:
            hint = f"its log may say why: {self._files.log}"
            raise LocalError("the local lab ended by itself", hint=hint)
        message: dict[str, Any] = json.loads(line)
        if "failed" in message:
            raise LocalError(**message["failed"])
        return message

    def ask(self, request: bytes) -> None:
        """Ask for something. Of a lab that is gone, `receive` tells."""
        with suppress(OSError):
            self._socket.sendall(request)

    def leave(self, request: bytes = b"", *, quiet: bool = False) -> None:
        """Disconnect; if that ends the lab, wait until it is gone.

        Raises:
            LocalError: it has not ended in time, unless this is to be quiet.
        """
        with self._socket:
            try:
                self._socket.sendall(request)
                self._socket.shutdown(socket.SHUT_WR)
                self._socket.settimeout(GONE_S)
                while self._socket.recv(4096):
                    pass
            except TimeoutError:
                if not quiet:
                    raise self._has_not_ended() from None
            except OSError:  # it has gone already
                pass

    def _has_not_ended(self) -> LocalError:
        process = f"'wschat.local.process {self._files.state_dir}'"
        return LocalError(
            f"the local lab has not ended within {GONE_S:.0f} s",
            where=str(self._files.state_dir),
            hint=f"if `pgrep -f {process}` still finds it in a moment, end it: pkill -9 -f {process}",
        )
