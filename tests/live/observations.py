"""What AWS's documents leave open about the WebSocket side of an API: asked, and seen."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

PATIENCE_S = 5.0
SHOWN = 160  # characters


@dataclass(frozen=True)
class Question:
    """What a client sends, and a word of what should come of it, if the assumptions here are right."""

    about: str
    frame: str | bytes
    expected: str


QUESTIONS = (
    Question("a MOCK integration answers `ping`", '{"action":"ping"}', '"pong"'),
    Question("a MOCK integration answers an action without a route", '{"action":"bogus"}', "unknown-action"),
    Question("… and what is no JSON", "hello", "unknown-action"),
    Question("… and JSON without an action", "{}", "unknown-action"),
    Question("… and an action that is a number", '{"action":5}', "unknown-action"),
    Question("… and an action that is a list", '{"action":["join"]}', "unknown-action"),
    Question("a client's `$connect` is an action like another", '{"action":"$connect"}', "nothing"),
    Question("a client's `$default` is one, too", '{"action":"$default"}', "unknown-action"),
    Question("a frame of 40 KB closes with 1009", json.dumps({"action": "ping", "x": "x" * 40_000}), "1009"),
    Question("a binary frame closes with 1003", b'{"action":"ping"}', "1003"),
)


def observe(url: str) -> Iterator[str]:
    """Ask each question on a connection of its own; yield a line for each answer."""
    verdict = "as expected" if answers_pings(url) else f"NOT a pong in {PATIENCE_S:.0f} s"
    yield f"  a ping of the protocol is answered, by which the chat notices a network that is gone: {verdict}"
    for question in QUESTIONS:
        seen = ask(url, question.frame)
        verdict = "as expected" if question.expected in seen else f"NOT {question.expected}"
        yield f"  {question.about}: {verdict}; seen: {seen}"


def answers_pings(url: str) -> bool:
    """Tell whether a control frame that asks for a pong gets one."""
    with connect(url, compression=None, ping_interval=None) as socket:
        return socket.ping().wait(PATIENCE_S)


def ask(url: str, frame: str | bytes) -> str:
    """Send one frame; return what comes back first, be it a close."""
    with connect(url, compression=None) as socket:
        try:
            socket.send(frame)
            return str(socket.recv(timeout=PATIENCE_S))[:SHOWN]
        except TimeoutError:
            return f"nothing in {PATIENCE_S:.0f} s"
        except ConnectionClosed as closed:
            return f"closed, {closed.rcvd.code} {closed.rcvd.reason}" if closed.rcvd else "cut off"
