"""The structured log: one line of JSON for each invocation."""

import json
from typing import Any

import pytest

from tests.support.functions.gate import Gate
from tests.support.functions.people import Connect, Tables
from tests.support.functions.post_sink import PostSink


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_line(connect: Connect, sink: PostSink, capsys: pytest.CaptureFixture[str]) -> None:
    """One line tells who, where, how many, how long; neither what was said nor with which token."""
    ann = connect("Ann", "Ops", token="my-secret")
    bob, _ = connect("Bob", "Ops"), connect("Carl", "Ops")
    sink.gone.add(bob.connection)
    told = capsys.readouterr().out
    ann.ask("message", "nobody else's business")
    (line,) = lines(capsys)
    assert {"all", "posts", "forget"} == line.pop("ms").keys()
    assert line == {
        "route": "message",
        "connection": ann.connection,
        "room": "ops",
        "members": 5,  # three for the message, two for the news that Bob is gone
        "posted": 4,
        "gone": 1,
    }
    assert "business" not in told + json.dumps(line)
    assert "my-secret" not in told


def test_who(connect: Connect, capsys: pytest.CaptureFixture[str]) -> None:
    """The line names the source address and, where API Gateway tells it, who signed."""
    ann = connect()
    arn = "arn:aws:iam::123456789012:user/ann"
    capsys.readouterr()
    ann.call("$connect", identity={"sourceIp": "192.0.2.7", "userArn": arn})
    for odd in ({"sourceIp": 7}, {}, None, "192.0.2.7"):
        ann.call("$connect", identity=odd)
    first, *others = lines(capsys)
    assert (first["source"], first["signer"]) == ("192.0.2.7", arn)
    assert all({"source", "signer"} & line.keys() == set() for line in others)


def test_refused(connect: Connect, capsys: pytest.CaptureFixture[str]) -> None:
    """A refusal is told by its code."""
    ann = connect("Ann")
    capsys.readouterr()
    ann.ask("message", "hello")
    (line,) = lines(capsys)
    assert line["error"] == "not-in-a-room"


def test_failed(connect: Connect, gate: Gate, capsys: pytest.CaptureFixture[str]) -> None:
    """A function that raises has its line all the same."""
    ann = connect("Ann")

    def broken() -> None:
        raise OSError("no table")

    gate.meanwhile("GetItem", broken)
    capsys.readouterr()
    with pytest.raises(OSError, match="no table"):
        ann.ask("message", "hello")
    (line,) = lines(capsys)
    assert (line["error"], line["why"]) == ("OSError", "no table")


@pytest.mark.parametrize("at", [None, "soon", True, 1.5, -1, 10**30])
def test_strange_times(connect: Connect, tables: Tables, at: object) -> None:
    """A connection's time that is none is taken as now."""
    ann = connect()
    for route in ("$connect", "register"):
        assert ann.call(route, '{"value": "Ann"}', connectedAt=at)["statusCode"] == 200
    assert tables()["name#ann"]["owner"]["S"] == ann.connection
