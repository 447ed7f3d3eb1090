"""Bad input: an error event, never an exception, never a changed table."""

import json

import pytest

from tests.functions.conftest import Connect, Tables, code

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
