"""The cable between a page and its lab, which can be cut, or let through one way only."""

import socket
import threading
from contextlib import suppress


class Cable:
    """Forwards connections to a port of this machine.

    Attributes:
        port: where to connect.
        deaf: swallow what comes back, as on a network that fails: requests arrive, replies do not.
    """

    def __init__(self, to: int) -> None:
        self.deaf = False
        self._to = to
        self._is_cut = False
        self._ends: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """End all connections, and let no new one through."""
        self._is_cut = True
        self._drop()

    def mend(self) -> None:
        """Let connections through again."""
        self._is_cut = self.deaf = False

    def close(self) -> None:
        """End for good."""
        self._listener.close()
        self._drop()

    def _drop(self) -> None:
        while self._ends:
            end = self._ends.pop()
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if self._is_cut:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self._to))
                self._ends += [near, far]
                threading.Thread(target=self._forward, args=(near, far, False), daemon=True).start()
                threading.Thread(target=self._forward, args=(far, near, True), daemon=True).start()

    def _forward(self, source: socket.socket, sink: socket.socket, back: bool) -> None:  # noqa: FBT001
        with suppress(OSError):
            while data := source.recv(65536):
                if not (back and self.deaf):
                    sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)
