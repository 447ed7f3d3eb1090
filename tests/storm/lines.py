"""Connections to a lab: of functions in this process, or of a gateway that has a URL."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from queue import Empty, SimpleQueue
from typing import Any, Protocol

import boto3
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.functions.conftest import Person
from tests.functions.database import Database
from tests.functions.post_sink import PostSink
from wschat.functions import _tables, _talk
from wschat.protocol import Event, Request, decode_event

REPLY_S = 30.0
IDS = count(1)


class Lost(Exception):  # noqa: N818
    """The connection is gone, or no reply came."""


class Line(Protocol):
    """One connection."""

    def ask(self, action: str, value: str = "", **fields: Any) -> Event:  # noqa: ANN401
        """Send a request; return the reply."""

    def heard(self) -> list[Event]:
        """Return what came unasked since the last time."""

    def cut(self, late: float | None) -> None:
        """Cut it; $disconnect comes so many seconds later, or never."""


class Lab(Protocol):
    """What people connect to."""

    def open(self, slow: float = 0.0) -> Line:
        """Open a connection, which takes so many seconds to read what it gets."""

    def items(self) -> dict[str, Any]:
        """Return all items of both tables, as `Database.items` does."""


class Here:
    """Functions in this process, each call in the thread of whoever makes it."""

    def __init__(self, database: Database, sink: PostSink) -> None:
        self._database, self._sink = database, sink
        self.items = database.items

    def open(self, slow: float = 0.0) -> Line:
        person = Person(f"L0SM{next(IDS):06}=", self._sink)
        if slow:
            self._sink.linger[person.connection] = slow
        person.call("$connect")
        return _Called(person)


class _Called:
    def __init__(self, person: Person) -> None:
        self._person = person
        self.heard = person.heard

    def ask(self, action: str, value: str = "", **fields: Any) -> Event:  # noqa: ANN401
        result = self._person.call(action, Request(action, value, id=f"{next(IDS)}", **fields).encode())
        return decode_event(result["body"])

    def cut(self, late: float | None) -> None:
        self._person.sink.gone.add(self._person.connection)
        if late is not None:
            threading.Timer(late, self._person.call, ["$disconnect"]).start()


@contextmanager
def here(conflicts: int = 2) -> Iterator[Lab]:
    """Give a lab of functions in this process; so many of a hundred writes meet somebody else's."""
    with ExitStack() as stack:
        patch, sink, database = stack.enter_context(pytest.MonkeyPatch.context()), PostSink(), Database()
        url = stack.enter_context(sink.listening())
        settings = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}
        for name, value in {**settings, "MANAGEMENT_URL": f"{url}/{{api}}"}.items():
            patch.setenv(name, value)
        stack.enter_context(database.behind(_tables.dynamodb()))
        database.conflicts = conflicts
        yield Here(database, sink)
        while any(isinstance(thread, threading.Timer) for thread in threading.enumerate()):
            time.sleep(0.05)
        _talk.gateway("api", sink.stage).close()


class There:
    """A gateway at a URL; its tables are at an endpoint, under a prefix."""

    def __init__(self, url: str, endpoint: str, prefix: str) -> None:
        self._url, self._prefix = url, prefix
        self._tables = boto3.Session(
            aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1"
        ).client("dynamodb", endpoint_url=endpoint)

    def open(self, slow: float = 0.0) -> Line:
        return _Socket(connect(self._url, open_timeout=REPLY_S), slow)

    def items(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for table, key, word in ((_tables.CLIENTS, "ID", ""), (_tables.ROOMS, "room", "room ")):
            pages = self._tables.get_paginator("scan").paginate(TableName=f"{self._prefix}{table}")
            found |= {f"{word}{item[key]['S']}": item for page in pages for item in page["Items"]}
        return found


class _Socket:
    def __init__(self, socket: ClientConnection, slow: float) -> None:
        self._socket, self._slow = socket, slow
        self._replies: dict[str, SimpleQueue[Event]] = {}
        self._unasked: SimpleQueue[Event] = SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        with suppress(ConnectionClosed, OSError):
            for frame in self._socket:
                event = decode_event(str(frame))
                known = json.loads(frame).get("id") if event.type in {"ack", "error"} else None
                known = getattr(event, "id", None) if event.type in {"signup", "multi-message"} else known
                self._replies.get(str(known), self._unasked).put(event)
                time.sleep(self._slow)

    def ask(self, action: str, value: str = "", **fields: Any) -> Event:  # noqa: ANN401
        number = f"{next(IDS)}"
        self._replies[number] = SimpleQueue()
        try:
            self._socket.send(Request(action, value, id=number, **fields).encode())
            return self._replies[number].get(timeout=REPLY_S)
        except (ConnectionClosed, OSError, Empty) as error:
            raise Lost(action) from error

    def heard(self) -> list[Event]:
        found = []
        with suppress(Empty):
            while True:
                found.append(self._unasked.get_nowait())
        return found

    def cut(self, late: float | None) -> None:
        with suppress(ConnectionClosed, OSError):
            if late is None:
                self._socket.socket.close()  # no close frame: as when a cable is pulled
            else:
                self._socket.close()
