"""Bad input: an error event, never an exception, never a changed table."""

import json
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.functions.conftest import Connect, Tables, code
from wschat.lab.blueprint import FUNCTIONS
from wschat.protocol.names import clean_name, fold
from wschat.protocol.refusals import Refused

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


@pytest.mark.parametrize("action", ["create", "join", "message", "leave"])
def test_not_registered(connect: Connect, tables: Tables, action: str) -> None:
    """Without a name nothing can be done."""
    stranger = connect()
    before = tables()
    assert code(stranger.ask(action, "Ops")) == "not-registered"
    assert tables() == before


def test_not_in_a_room(connect: Connect) -> None:
    """Nobody can speak without a room."""
    assert code(connect("Ann").ask("message", "hello?")) == "not-in-a-room"
    assert code(connect("Bob").ask("join", "nowhere")) == "no-such-room"


@pytest.mark.parametrize("route", ["$connect", "$disconnect"])
def test_a_client_sends_a_gateway_route(connect: Connect, tables: Tables, route: str) -> None:
    """A message with the action $connect or $disconnect changes nothing."""
    ann = connect("Ann", "Ops")
    before = tables()
    assert ann.call(route, eventType="MESSAGE") == {"statusCode": 200}
    assert tables() == before


STRANGE_IDS: list[object] = [
    None,
    7,
    "",
    [],
    {},
    "#rooms",
    "name#ann",
    "a b",
    "é",
    "x" * 5_000,
    "\ud800",
    "\x00",
]
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


@pytest.mark.parametrize("at", [None, "soon", True, 1.5, -1, 10**30])
def test_strange_times(connect: Connect, tables: Tables, at: object) -> None:
    """A connection's time that is none is taken as now."""
    ann = connect()
    for route in ("$connect", "register"):
        assert ann.call(route, '{"value": "Ann"}', connectedAt=at)["statusCode"] == 200
    assert tables()["name#ann"]["owner"]["S"] == ann.connection


TEXTS = [
    "👩‍👩‍👧‍👦",
    "e\u0301",
    "ﬃ",
    "İ",
    "ß",
    "\u202eevil",
    "\u200b",
    "\u3164",
    "\uff21",
    "\u0345",
    "a" * 33,
    "\U0001d504" * 32,
    "\ufeff",
]


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
@settings(max_examples=15, deadline=None, database=None, derandomize=True)
@given(noise=st.text(max_size=40))
def test_unicode(text: str, noise: str) -> None:
    """Whatever a name is made of: a clean one stays as it is when cleaned again, and compares to itself."""
    for each in (text, noise, text + noise):
        try:
            name = clean_name(each)
        except Refused:
            continue
        assert clean_name(name) == name
        assert fold(fold(name)) == fold(name)
        assert len(name.encode()) <= 4 * 32
        assert 0 < len(fold(name).encode()) <= 12 * 32


def test_unicode_is_said_as_it_is(connect: Connect) -> None:
    """Names and messages of all sorts pass both ways unchanged."""
    ann = connect("Ann 👩‍👩‍👧‍👦", "Café ☕")
    for text in TEXTS:
        ann.heard()
        ack = ann.ask("message", text)
        assert ack.type == ("ack" if text.strip() else "error")
        assert [getattr(event, "message", "") for event in ann.heard()] == [text] * bool(text.strip())
