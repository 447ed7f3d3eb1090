"""Recordings are compared with what is here: no difference with AWS's, and each that there is, is seen."""

import json
from pathlib import Path

import pytest

from tests.replay.__main__ import main, replay
from tests.replay.recorded import Line, load
from wschat.local.gateway.gateway import Gateway
from wschat.local.gateway.responses import Problem, Result

PUBLISHED = Path(__file__).parent.parent / "recordings" / "published"


def test_published() -> None:
    """What was published of AWS is what the readers, the errors' classes and the gateway have."""
    told, differs = replay(load(PUBLISHED))
    assert differs == []
    assert "read: lab (no prefix): 5 readings of 5 resources" in told
    assert "error: CreateFunction: InvalidParameterValueException: NEW_ROLE" in told
    assert not [each for each in told if "not compared" in each]


class Mute(Gateway):
    """A gateway on which no message has a route."""

    async def _answer(self, *_: object) -> Result:
        return Result(Problem.FORBIDDEN)


def test_a_gateway_that_does_otherwise() -> None:
    """It is seen by what it answers, and by what it answers where AWS says nothing."""
    _, differs = replay(load(PUBLISHED), Mute)
    assert [each for each in differs if "two-way" in each and "Forbidden" in each]
    assert [each for each in differs if "nothing was recorded, here came" in each]


CHANGES: tuple[tuple[str, str, str], ...] = (
    ('"status": 500', '"status": 502', "handshake, connection 3 of gateway.jsonl: recorded 502, here 500"),
    ('"x-amz-apigw-id": ', '"server": ', "headers: recorded"),
    (r'"body": "{\"denied', r'"body": "{\"refused', "body: recorded"),
    (r"{\"message\": \"Forbidden", r"{\"message\":\"Forbidden", "answer, connection 1"),
    ("4096", "2048, 2048", "a frame of 4096 bytes, recorded were at most 2999"),
    ("Binary is not supported", "Binary", "recorded (1003, 'Binary')"),
    ('"status": 413', '"status": 200', "recorded 200, here 413"),
    ("ForbiddenException", "AccessDenied", "GetConnection"),
    ("Connection Closed Normally", "", "end, connection 7"),
    ('"retentionInDays": 14', '"retentionInDays": 7', "retention_days: is 7, should be 14"),
    ('"CreationDateTime"', '"CreatedAt"', "table client-records: KeyError"),
    ("DeleteConflict", "DeleteRefused", "an error without a class: DeleteRole: DeleteRefused"),
)
"""What to change in the recording, and what is told then."""


def test_what_was_recorded_otherwise(tmp_path: Path) -> None:
    """Whatever differs is told."""
    for file in PUBLISHED.glob("*.jsonl"):
        text = file.read_text()
        for before, after, _ in CHANGES:
            text = text.replace(before, after)
        (tmp_path / file.name).write_text(text)
    _, differs = replay(load(tmp_path))
    assert [tells for *_, tells in CHANGES if not any(tells in each for each in differs)] == []


def test_frames_of_what_was_replaced() -> None:
    """A text that a stand-in made longer than it was says nothing of how large frames may be."""
    lines = [line for line in load(PUBLISHED) if "frames" not in line or isinstance(line.get("text"), str)]
    for line in lines:
        if line.get("from") == "server":
            line["frames"] = [1]
    _, differs = replay(lines)
    assert not [each for each in differs if "a frame of" in each]


def test_exit_codes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """0 is no difference, 1 is one, 2 is what can't be read, which is named."""
    run: Line = {"kind": "run", "at": 0, "format": 1}
    call: Line = {"kind": "call", "at": 1, "service": "iam", "operation": "GetRole"}
    odd = (
        call
        | {"parameters": {}}
        | {"status": 400, "body": "<ErrorResponse><Error><Code>Odd</Code></Error></ErrorResponse>"}
    )
    for lines, code, tells in (
        ([], 2, "there is no recording"),
        ([run], 0, "No difference."),
        ([run, odd], 1, "an error without a class: GetRole: Odd"),
        ([run, {"kind": "call"}], 2, "line 2: that is no line of a recording"),
        ([run, call], 2, "line 2: that is no line of a recording"),
        ([run, odd | {"status": "400"}], 2, "line 2: that is no line of a recording"),
        ([run, odd | {"body": ""}], 1, "an error without a class: GetRole: "),
        ([run, odd | {"body": "{"}], 1, "an error without a class: GetRole: "),
        ([odd], 2, "does not begin with a line of format 1"),
        ([run | {"format": 2}], 2, "format 1"),
    ):
        if lines:
            (tmp_path / "x.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
        assert main([str(tmp_path)]) == code
        assert tells in "".join(capsys.readouterr())
    with pytest.raises(SystemExit, match="2"):
        main([])


def test_what_is_damaged(tmp_path: Path) -> None:
    """A last line that is cut is left out, and what can't be played is told; all else is played."""
    for file in PUBLISHED.glob("*.jsonl"):
        text = file.read_text().replace("Binary is", "Binary \u2028\x85is")
        (tmp_path / file.name).write_text(text.replace('"reason": "', '"why": "', 1) + text[:50])
    _, differs = replay(load(tmp_path))
    assert [each for each in differs if "KeyError: 'reason'" in each]
    assert [each for each in differs if "\\u2028" in each]
