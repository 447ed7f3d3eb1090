"""One connection to a lab's gateway, as somebody has it who may read slowly, and may lose it."""

import json
import socket
import threading
import time
from contextlib import ExitStack, suppress
from itertools import count
from queue import Empty, SimpleQueue
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from wschat.protocol.events import Event
from wschat.protocol.reader import decode_event
from wschat.protocol.requests import Request

REPLY_S = 30.0
IDS = count(1)


class Lost(Exception):  # noqa: N818
    """The connection is gone, or no reply came."""


class Line:
    """A WebSocket, with what came on it: replies apart from what came unasked.

    `slow` is how many seconds each frame takes to read.
    """

    def __init__(self, url: str, slow: float = 0.0) -> None:
        self._end = ExitStack()
        self._socket = self._end.enter_context(
            connect(url, open_timeout=REPLY_S, ping_interval=None, compression=None)
        )
        self._slow = slow
        self._replies: dict[str, SimpleQueue[Event]] = {}
        self._unasked: SimpleQueue[Event] = SimpleQueue()
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def _read(self) -> None:
        with suppress(ConnectionClosed, OSError):
            for frame in self._socket:
                told = json.loads(frame)
                mine = told.get("type") != "client-message"  # that has the id of who said it
                waiting = self._replies.get(told.get("id", "")) if mine else None
                (waiting or self._unasked).put(decode_event(str(frame)))
                time.sleep(self._slow)

    def ask(self, action: str, value: str = "", **fields: Any) -> Event:  # noqa: ANN401
        """Send a request; return the reply.

        Raises:
            Lost: there is no reply.
        """
        number = f"{next(IDS)}"
        self._replies[number] = SimpleQueue()
        try:
            self._socket.send(Request(action, value, id=number, **fields).encode())
            return self._replies[number].get(timeout=REPLY_S)
        except (ConnectionClosed, OSError, Empty) as error:
            raise Lost(action) from error

    def heard(self) -> list[Event]:
        """Return what came unasked since the last time."""
        return [self._unasked.get() for _ in range(self._unasked.qsize())]

    def cut(self, *, kindly: bool) -> None:
        """End it, with a close frame or as when a cable is pulled; return when the gateway knows."""
        self._slow = 0.0
        with suppress(OSError):
            if not kindly:
                self._socket.socket.shutdown(socket.SHUT_WR)
                self._reading.join(REPLY_S)
            self._end.close()
        self._reading.join(REPLY_S)
