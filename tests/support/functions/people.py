"""Fixtures: functions called in this process, on MiniStack's DynamoDB, with posts taken by a sink."""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.support.functions.database import Database
from tests.support.functions.gate import Gate, gated
from tests.support.functions.post_sink import PostSink
from tests.support.functions.second_database import SecondDatabase
from tests.support.functions.second_database import database as database_asked
from wschat.functions.shared.broadcast import management_api
from wschat.functions.shared.dynamodb_client import dynamodb
from wschat.functions.shared.management_api import ManagementApi
from wschat.lab.blueprint import FUNCTIONS
from wschat.protocol.events import Error, Event
from wschat.protocol.reader import decode_event
from wschat.protocol.requests import Request

CONNECTIONS = count(1)
PATIENT = 60.0  # seconds for posts, on a machine that has much else to do
SPECS = {route: spec for spec in FUNCTIONS for route in spec.routes}
KINDS = {"$connect": "CONNECT", "$disconnect": "DISCONNECT"}


def event_of(route: str, connection: str, body: object = None, **context: object) -> dict[str, Any]:
    """Return what API Gateway gives to a route's function; `context` is of the connection."""
    known = {"routeKey": route, "eventType": KINDS.get(route, "MESSAGE"), "connectionId": connection}
    told = {"connectedAt": int(time.time() * 1000), "apiId": "api", **known, **context}
    return {"requestContext": told, "isBase64Encoded": False, **({} if route in KINDS else {"body": body})}


def code(event: Event) -> str:
    """Return the code of an error event."""
    assert isinstance(event, Error), event
    return event.code


@pytest.fixture(scope="session")
def _sink() -> Iterator[tuple[PostSink, str]]:
    sink = PostSink()
    with sink.listening() as url:
        yield sink, url
        with suppress(KeyError):  # no test here has posted
            management_api("api", sink.stage).close()


def invoke(module: str, event: dict[str, Any]) -> dict[str, Any]:
    """Call a function in this process; return what it returns, which must be JSON."""
    result = import_module(f"wschat.functions.{module}").handler(event, None)
    json.dumps(result)
    return dict(result)


@dataclass(eq=False)
class Person:
    """One connection: calls functions as API Gateway does, and hears what is posted."""

    connection: str
    stage: str
    take: Callable[[str], list[Event]]
    invoke: Callable[[str, dict[str, Any]], dict[str, Any]] = invoke
    connected_at: int = field(default_factory=lambda: int(time.time() * 1000))

    def call(self, route: str, body: object = None, **context: object) -> dict[str, Any]:
        """Invoke a route's function with a raw event; return what it returns."""
        told = {"connectedAt": self.connected_at, "stage": self.stage, **context}
        return self.invoke(SPECS[route].module, event_of(route, self.connection, body, **told))

    def ask(self, action: str, value: str = "", **fields: Any) -> Event:  # noqa: ANN401
        """Send a request; return the reply, which must be 200 and echo the id."""
        request = Request(action, value, **{"id": "7", **fields})
        result = self.call(action, request.encode())
        assert result["statusCode"] == 200
        assert json.loads(result["body"]).get("id") == request.id
        return decode_event(result["body"])

    def end(self, code: int = 1000) -> None:
        """Be disconnected, with this close code: 1000 is goodbye."""
        self.call("$disconnect", disconnectStatusCode=code)

    def heard(self) -> list[Event]:
        """Return what was posted to this connection since the last time."""
        return self.take(self.connection)


Connect = Callable[..., Person]
Tables = Callable[[], dict[str, Any]]


@pytest.fixture(scope="session")
def _database() -> Iterator[Database]:
    made = database_asked()
    yield made
    if isinstance(made, SecondDatabase) and (path := os.environ.get("DYNAMODB_COUNTS")):
        Path(path).write_text(json.dumps(made.counts))


@pytest.fixture
def database(
    _database: Database, _sink: tuple[PostSink, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Database]:
    """The two tables, empty, with the environment that Lambda gives to functions."""
    settings = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "MANAGEMENT_URL": f"{_sink[1]}/{{api}}",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(ManagementApi, "CONNECT_TIMEOUT", PATIENT)
    monkeypatch.setattr(ManagementApi, "READ_TIMEOUT", PATIENT)
    monkeypatch.setattr("wschat.functions.shared.broadcast.POSTING_TIME", PATIENT)
    with _database.behind(dynamodb()):
        yield _database


@pytest.fixture
def sink(database: Database, _sink: tuple[PostSink, str]) -> PostSink:
    """The sink, empty; and so are the tables."""
    assert database
    taken, _ = _sink
    taken.posted.clear()
    taken.gone.clear()
    taken.never_issued.clear()
    taken.refused = ""
    return taken


@pytest.fixture
def connect(sink: PostSink) -> Connect:
    """Opens a connection; with a name, registers it; with a room, joins or creates it."""

    def connect(name: str = "", room: str = "", token: str | None = None) -> Person:
        person = Person(f"conn{next(CONNECTIONS)}=", sink.stage, sink.take)
        assert person.call("$connect") == {"statusCode": 200}
        if name:
            assert person.ask("register", name, token=token).type == "signup"
        if room and person.ask("join", room).type == "error":
            assert person.ask("create", room).type == "multi-message"
        return person

    return connect


@pytest.fixture
def tables(database: Database) -> Tables:
    """Reads all items of both tables, by key."""
    return database.items


@pytest.fixture
def gate(database: Database, monkeypatch: pytest.MonkeyPatch) -> Gate:
    """The gate that each call of a function passes, from here on."""
    assert database
    return gated(monkeypatch)
