"""A request: whatever comes in, an error event at worst goes out, and no table changes."""

import json
from importlib import import_module

import pytest

from tests.support.functions.people import Connect, Tables
from wschat.lab.blueprint import FUNCTIONS

BODIES = [
    *(None, "", "{", "[]", "null", "7", '"text"', "[" * 100_000, '{"value": 7, "id": 8}', '{"value": []}'),
    *('{"value": "' + "x" * 5_000 + '"}', '{"value": "   "}', '{"value": "\\ud800"}'),
    *('{"value": "a#b"}', '{"value": "a\\u0000"}', '{"value": "a\\u2028b"}', '{"value": "\\ud83d"}'),
]


@pytest.mark.parametrize("action", ["register", "create", "join", "message", "leave"])
@pytest.mark.parametrize("body", BODIES, ids=lambda body: str(body)[:14])
def test_bad_input(connect: Connect, tables: Tables, action: str, body: str | None) -> None:
    """Whatever comes in, an error event goes out (who is in no room can't speak or leave either)."""
    person = connect("Ann") if action in {"message", "leave"} else connect()
    before = tables()
    result = person.call(action, body)
    assert result["statusCode"] == 200
    assert json.loads(result["body"])["type"] == "error"
    assert tables() == before


@pytest.mark.parametrize("body", ['{"value": "\\ud800"}', '{"value": " "}', '{"value": 7}', "[]"])
def test_bad_messages(connect: Connect, tables: Tables, body: str) -> None:
    """In a room, too, what is no message is refused."""
    person = connect("Ann", "Ops")
    before = tables()
    assert json.loads(person.call("message", body)["body"])["type"] == "error"
    assert tables() == before


STRANGE_IDS: list[object] = [None, 7, "", [], {}, "#rooms", "name#ann", "a b", "é"]
STRANGE_IDS += ["x" * 5_000, "\ud800", "\x00"]
EVENTS: list[object] = [None, [], "", "text", 7, {}, {"requestContext": None}, {"requestContext": []}]
EVENTS += [
    {"requestContext": {"connectionId": each, "eventType": kind, "connectedAt": "soon", "apiId": None}}
    for each in STRANGE_IDS
    for kind in ("CONNECT", "DISCONNECT", "MESSAGE", None, 7)
]


@pytest.mark.parametrize("module", [spec.module for spec in FUNCTIONS])
def test_strange_events(connect: Connect, tables: Tables, module: str) -> None:
    """What API Gateway never sends is answered all the same, and changes nothing."""
    connect("Ann", "Ops")
    before = tables()
    handler = import_module(f"wschat.functions.{module}").handler
    for event in EVENTS:
        strange = event | {"body": '{"value": "Eve"}'} if isinstance(event, dict) else event
        result = handler(strange, None)
        assert result["statusCode"] == 200
        assert "body" not in result or json.loads(result["body"])["type"] == "error"
    assert tables() == before
