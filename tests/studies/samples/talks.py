"""What is said at the API of a sample, by its name, and what must be heard."""

import json
import re
from collections.abc import Callable, Sequence

from websockets.sync.client import connect

from tests.support.others.talk import talk_as_lab, talk_simply

HEARD_S = 30.0
Line = tuple[str, str, dict[str, str]]
"""Who says it, `a` or `b`; what; and what each must hear then, or the beginning of it."""


def lines(*said: Line) -> Callable[[str], None]:
    """Return what lets two people say lines, one after the other."""

    def talk(url: str) -> None:
        with connect(url) as a, connect(url) as b:
            people = {"a": a, "b": b}
            for who, text, heard in said:
                people[who].send(text)
                for name, beginning in heard.items():
                    got = str(people[name].recv(HEARD_S))
                    assert got.startswith(beginning), f"{name} heard {got!r} of {text!r}, not {beginning!r}"

    return talk


HELLO = json.dumps({"action": "sendmessage", "data": "hello"})
TALKS: Sequence[tuple[str, Callable[[str], None]]] = (
    ("SimpleChatWebSocket.*", lines(("a", HELLO, {"a": "hello", "b": "hello"}))),
    ("(echo-server-|cdk-echo).*", lines(("a", "foo", {"a": "foo"}), ("b", "bar", {"b": "bar"}))),
    (
        "chalice-chat-example-.*",
        lines(
            ("a", "John", {"a": "Using nickname: John"}),
            ("b", "Jenny", {"b": "Using nickname: Jenny"}),
            ("a", "/join chalice", {"a": 'Joined chat room "chalice"'}),
            ("b", "/join chalice", {"b": 'Joined chat room "chalice"', "a": "Jenny joined room."}),
            ("a", "Hi", {"a": "John: Hi", "b": "John: Hi"}),
            ("b", "/quit", {"b": 'Left chat room "chalice"', "a": "Jenny left room."}),
        ),
    ),
    ("chatroom-websocket template-simple", talk_simply),
    ("chatroom-websocket.*", talk_as_lab),
)


def talk(name: str, url: str) -> bool:
    """Talk at an API, of this name and made of that, as it is meant; false: how is not known.

    To such an API it only connects.
    """
    for pattern, known in TALKS:
        if re.fullmatch(pattern, name):
            known(url)
            return True
    with connect(url):
        return False
