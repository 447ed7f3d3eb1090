import json
import re

import pytest

from tests.support.attacks import ATTACKS
from tests.support.play import Play
from wschat.chat.machine import effects
from wschat.chat.machine.advice import HINTS
from wschat.chat.machine.update import Requested
from wschat.chat.ui.json_lines import FIELDS, encode, events, request
from wschat.protocol import events as wire
from wschat.protocol.lab_wire import OtherWire

ITEMS: list[effects.Item] = [
    effects.Message(wire.ClientMessage("eve", "hi", "ops", 1, 2)),
    effects.FromServer(wire.Signup("ann", ("ops",), "t")),
    effects.FromServer(wire.MultiMessage("ops", ("ann",), id="t"), "ann"),
    effects.Acknowledged(wire.Ack(1, 2, "t", 3, 4), "message", "ops"),
    effects.Unheard("hi", 3, 4, "t"),
    effects.News((wire.UserJoined("bob", "ops"), wire.UserLeft("bob", "ops"))),
    effects.News((wire.SingleRoom("ops"), wire.DeleteRoom("ops"))),
    effects.FromServer(OtherWire("lab", ("no ids",))),
    effects.Disconnected("gone"),
    effects.Reconnected(3),
    effects.RequestFailed("/join x", "no", "hint", "no-such-room", "t"),
    effects.Unsent("hi", id="t"),
    effects.Frame(sent=False, text="{}", time=1, id="t"),
]


def test_fields_are_documented() -> None:
    """Each event has exactly the fields that the document tells of."""
    found: dict[str, set[str]] = {}
    for item in ITEMS:
        for event in events(item):
            known = json.loads(encode(event))
            found.setdefault(known.pop("type"), set()).update(known)
    assert found.keys() == FIELDS.keys()
    for type_, fields in found.items():
        words = set(re.findall(r"\w+", FIELDS[type_]))
        assert fields <= words, (type_, fields - words)


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ('{"action": "message", "value": "a\\nb", "id": "1"}', ("message", "a\nb", "1")),
        ('{"action": "leave"}', ("leave", "", None)),
    ],
)
def test_requests(line: str, meaning: tuple[str, str, str | None]) -> None:
    """A request is an object with known fields."""
    assert request(line) == Requested(line, *meaning)


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("hello", "a request is a JSON object"),
        ("[]", "a request is a JSON object"),
        ("[" * 100_000, "a request is a JSON object"),
        ("{}", "action is a string"),
        ('{"action": 3}', "action is a string"),
        ('{"action": "message", "value": 3}', "value is a string"),
        ('{"action": "message", "value": "x", "id": 7}', "id is a string"),
        ('{"action": "message", "value": "x", "id": 0}', "id is a string"),
        ('{"action": "message", "valeu": "x"}', "there is no field valeu"),
    ],
    ids=range(9),
)
def test_what_is_no_request(line: str, wrong: str) -> None:
    """Everything else is none, and it is said why."""
    assert request(line) == Requested(line, wrong=wrong)
    [failure] = Play().feed(request(line)).shown
    assert isinstance(failure, effects.RequestFailed)
    assert failure.what == f"this is no request: {wrong}: {line}"


@pytest.mark.parametrize("code", HINTS)
def test_hints(code: str) -> None:
    """None names a command, which programs have not."""
    [event] = events(effects.RequestFailed("", "no", HINTS[code], code))
    assert not re.search(r"(^|\s)/\w", str(event["hint"]))


def test_json_carries_the_exact_text() -> None:
    """Programs get it as it is, in one line that is harmless on a screen."""
    for attack in ATTACKS:
        line = encode({"message": attack})
        assert line.isprintable()
        assert json.loads(line) == {"message": attack}
