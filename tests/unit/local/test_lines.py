"""What happens in a local lab as lines: short, aligned, harmless; and as JSON for programs."""

import json
from typing import Any

import pytest

from tests.support.attacks import ATTACKS, is_bad
from wschat.local.lines import KNOWN, Lines, as_json

AT = {"time": 1_790_000_000_123, "api": "api", "stage": "dev"}


def shown(*traces: dict[str, Any]) -> list[str]:
    """Return the lines of traces, without their times."""
    lines = Lines()
    return [str(line)[13:] for trace in traces for line in lines.of({**AT, **trace})]


@pytest.mark.parametrize(
    ("trace", "line"),
    [
        (
            {
                "event": "connect",
                "route": "$connect",
                "integration": "Connect",
                "milliseconds": 41.2,
                "status": 101,
            },
            "open    $connect → Connect, 41 ms; c1 at api/dev",
        ),
        ({"event": "connect", "milliseconds": 0.2, "status": 101}, "open    no route, 0 ms; c1 at api/dev"),
        ({"event": "connect", "status": 403, "why": "no stage"}, "refused 403: no stage (api/dev)"),
        (
            {"event": "connect", "status": 401, "route": "$connect", "integration": "Connect"},
            "refused 401 by $connect → Connect (api/dev)",
        ),
        ({"event": "frame", "route": "echo", "integration": "Echo", "text": "x"}, "frame   echo → Echo: x"),
        ({"event": "frame", "text": "x"}, "frame   no route: x"),
        ({"event": "reply", "route": "echo", "milliseconds": 9.6, "text": "y"}, "reply   echo, 10 ms: y"),
        ({"event": "reply", "route": "echo", "milliseconds": 9}, "reply   echo, 9 ms, nothing to reply"),
        (
            {"event": "reply", "route": "echo", "milliseconds": 9, "text": "{}", "why": "it raised"},
            "failed  echo, 9 ms: it raised; replied: {}",
        ),
        (
            {"event": "reply", "milliseconds": 0, "text": "{}", "why": "no route of it"},
            "failed  no route of it; replied: {}",
        ),
        ({"event": "post", "milliseconds": 1.2, "status": 200, "text": "z"}, "post    200, 1 ms: z"),
        (
            {"event": "post", "milliseconds": 0.3, "status": 410, "text": "z", "why": "gone"},
            "post    410, 0 ms: gone: z",
        ),
        ({"event": "delete", "milliseconds": 2, "status": 204}, "delete  204, 2 ms"),
        ({"event": "end", "status": 1000, "why": "bye"}, "end     1000: bye"),
        (
            {"event": "disconnect", "route": "$disconnect", "integration": "Disconnect", "milliseconds": 9},
            "done    $disconnect → Disconnect, 9 ms",
        ),
    ],
)
def test_lines(trace: dict[str, Any], line: str) -> None:
    """Each is one line, the most important first."""
    opened = {"event": "connect", "status": 101, "milliseconds": 1, "connection": "c1"}
    assert shown(opened, {"connection": "c1", **trace})[-1] == f"#1  {line}"


def test_numbers() -> None:
    """Connections have numbers; one that was there before is introduced, the first of many forgotten."""
    end = {"event": "end", "status": 1000}
    told = shown(
        {**end, "connection": "old"}, {**end, "connection": "old"}, {"event": "connect", "status": 400}
    )
    assert told[0].startswith("#1  known   old")
    assert [line[:4] for line in told] == ["#1  ", "#1  ", "#1  ", "-   "]
    lines = Lines()
    for number in range(KNOWN + 1):
        lines.of({**AT, **end, "connection": str(number)})
    assert len(lines._numbers) == KNOWN
    assert str(lines.of({**AT, **end, "connection": "0"})[0])[13:].startswith(f"#{KNOWN + 2} known")


def test_left_out() -> None:
    """What was lost is said where it was."""
    lost, _, _ = Lines().of({**AT, "event": "end", "status": 1000, "connection": "c", "left_out": 7})
    assert "lost    7, which" in str(lost)


@pytest.mark.parametrize("attack", ATTACKS)
def test_strangers(attack: str) -> None:
    """What strangers send, or call their things, can't steer a terminal; JSON is one line."""
    trace = dict.fromkeys(("text", "why", "route", "integration", "api", "stage", "connection"), attack)
    for event in ("connect", "frame", "reply", "post", "end", "disconnect"):
        told = {**AT, "milliseconds": 1, "status": 200, **trace, "event": event}
        for line in map(str, Lines().of(told)):
            assert not [char for char in line if is_bad(char)]
        assert as_json(told).isprintable()
        assert json.loads(as_json(told))["text"] == attack
