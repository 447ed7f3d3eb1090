"""Functions called in this process, on the emulator's DynamoDB, with posts taken by a sink."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from importlib import import_module
from itertools import count
from typing import Any

import pytest

from tests.functions.granted import calling, refuse_what_is_not_granted
from tests.functions.post_sink import PostSink
from tests.functions.strict_dynamodb import refuse_what_dynamodb_refuses
from wschat.functions import _tables
from wschat.lab import engine
from wschat.lab.blueprint import FUNCTIONS
from wschat.lab.cloud import Cloud
from wschat.lab.executor import execute
from wschat.lab.model import Table
from wschat.lab.steps import Actual
from wschat.local.emulator import Emulator
from wschat.protocol import Error, Event, Request, decode_event

CONNECTIONS = count(1)
SPECS = {route: spec for spec in FUNCTIONS for route in spec.routes}


def code(event: Event) -> str:
    """Return the code of an error event."""
    assert isinstance(event, Error), event
    return event.code


@pytest.fixture(scope="session")
def _tables_exist(clients: Cloud) -> None:
    """The lab's two tables, without a prefix."""
    lab = replace(clients, lab=replace(clients.lab, prefix=""))
    plan = [step for step in engine.plan_up(lab, Actual()) if isinstance(step.resource, Table)]
    list(execute(lab, plan, Actual()))


@pytest.fixture(scope="session")
def _sink() -> Iterator[tuple[PostSink, str]]:
    sink = PostSink()
    with sink.listening() as url:
        yield sink, url


@dataclass
class Person:
    """One connection: calls functions as API Gateway does."""

    connection: str
    sink: PostSink
    connected_at: int = field(default_factory=lambda: int(time.time() * 1000))

    def call(self, route: str, body: object = None, **context: object) -> dict[str, Any]:
        """Invoke a route's function with a raw event; return what it returns."""
        kind = {"$connect": "CONNECT", "$disconnect": "DISCONNECT"}.get(route, "MESSAGE")
        event: dict[str, Any] = {
            "requestContext": {
                "routeKey": route,
                "eventType": kind,
                "connectionId": self.connection,
                "connectedAt": self.connected_at,
                "apiId": "api",
                "stage": "development",
                **context,
            },
            "isBase64Encoded": False,
        }
        if kind == "MESSAGE":
            event["body"] = body
        spec = SPECS[route]
        with calling(spec):
            result = import_module(f"wschat.functions.{spec.module}").handler(event, None)
        json.dumps(result)
        return dict(result)

    def ask(self, action: str, value: str = "", **fields: Any) -> Event:  # noqa: ANN401
        """Send a request; return the reply, which must be 200 and echo the id."""
        result = self.call(action, Request(action, value, id="7", **fields).encode())
        assert result["statusCode"] == 200
        assert json.loads(result["body"]).get("id") == "7"
        return decode_event(result["body"])

    def heard(self) -> list[Event]:
        """Return what was posted to this connection since the last time."""
        return self.sink.take(self.connection)


Connect = Callable[..., Person]
Tables = Callable[[], dict[str, Any]]


@pytest.fixture
def sink(
    _tables_exist: None, _sink: tuple[PostSink, str], emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> PostSink:
    """The sink, with the environment that Lambda gives to functions; the tables are empty."""
    taken, url = _sink
    settings = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": emulator.endpoint,
        "MANAGEMENT_URL": f"{url}/{{api}}",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    fresh = _tables.dynamodb.cache_info().currsize == 0
    client = _tables.dynamodb()
    if fresh:
        refuse_what_dynamodb_refuses(client)
        refuse_what_is_not_granted(client)
    for table, key in ((_tables.CLIENTS, "ID"), (_tables.ROOMS, "room")):
        for item in client.scan(TableName=table)["Items"]:
            client.delete_item(TableName=table, Key={key: item[key]})
    taken.posted.clear()
    taken.gone.clear()
    taken.barrier = None
    return taken


@pytest.fixture
def connect(sink: PostSink) -> Connect:
    """Opens a connection; with a name, registers it; with a room, joins or creates it."""

    def connect(name: str = "", room: str = "", token: str | None = None) -> Person:
        person = Person(f"conn{next(CONNECTIONS)}=", sink)
        assert person.call("$connect") == {"statusCode": 200}
        if name:
            assert person.ask("register", name, token=token).type == "signup"
        if room and person.ask("join", room).type == "error":
            assert person.ask("create", room).type == "multi-message"
        return person

    return connect


@pytest.fixture
def tables(sink: PostSink) -> Tables:
    """Reads all items of both tables, by key."""

    def read() -> dict[str, Any]:
        assert sink
        client = _tables.dynamodb()
        clients = {item["ID"]["S"]: item for item in client.scan(TableName=_tables.CLIENTS)["Items"]}
        rooms = {f"room {item['room']['S']}": item for item in client.scan(TableName=_tables.ROOMS)["Items"]}
        return clients | rooms

    return read
