"""Lines of logs, in Lambda's two formats: Text and JSON."""

import json
from typing import Any

import pytest

from wschat.lab.logs.lines import read_line

ID = "RequestId: 6b1c"
REPORT = (
    f"REPORT {ID}\tDuration: 1.65 ms\tBilled Duration: 2 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\t"
)
UNABLE = "Unable to import module 'app': No module named 'daily'"
RAISED = (
    "[ERROR] RuntimeError: no\nTraceback (most recent call last):\n"
    '\u00a0\u00a0File "/var/task/index.py", line 25, in handler\n'
    '\u00a0\u00a0\u00a0\u00a0raise RuntimeError("no")'
)
FACTS = {"route": "join", "ms": {"all": 4}}


def platform(kind: str, **record: Any) -> str:  # noqa: ANN401  any JSON
    return json.dumps({"time": "2026-10-08T07:30:29.470Z", "type": f"platform.{kind}", "record": record})


def application(**record: Any) -> str:  # noqa: ANN401  any JSON
    return json.dumps({"timestamp": "2026-10-08T07:30:29Z", "requestId": "6b1c", **record})


METRICS = {"durationMs": 1233.96, "billedDurationMs": 1698, "memorySizeMB": 256, "maxMemoryUsedMB": 123}
LINES: dict[str, str | None] = {
    "INIT_START Runtime Version: python:3.13.mainlinev2.v43\tRuntime Version ARN: arn:aws:lambda\n": None,
    f"START {ID} Version: $LATEST\n": None,
    f"END {ID}\n": None,
    f"{REPORT}\n": None,
    f"{REPORT}Init Duration: 83.67 ms\t\n": None,
    f"{REPORT}Status: timeout\n": "REPORT: timeout",
    f"{REPORT}Status: error\tError Type: Runtime.OutOfMemory\n": "REPORT: error, Runtime.OutOfMemory",
    "INIT_REPORT Init Duration: 9999.79 ms\tPhase: init\tStatus: timeout\n": "INIT_REPORT: timeout",
    "INIT_REPORT Init Duration: 90.1 ms\tPhase: invoke\tStatus: error\tError Type: Runtime.Unknown": (
        "INIT_REPORT: error, Runtime.Unknown"
    ),
    "2026-07-06T22:00:00Z 6b1c Task timed out after 25.00 seconds\n\n": (
        "2026-07-06T22:00:00Z 6b1c Task timed out after 25.00 seconds"
    ),
    f"[ERROR] Runtime.ImportModuleError: {UNABLE}\nTraceback (most recent call last):": (
        f"[ERROR] Runtime.ImportModuleError: {UNABLE}\nTraceback (most recent call last):"
    ),
    RAISED: RAISED.replace("\u00a0", " "),
    "STARTED": "STARTED",
    platform("initStart", initializationType="on-demand", phase="init", runtimeVersion="python:3.13"): None,
    platform("initRuntimeDone", initializationType="on-demand", phase="init", status="error"): None,
    platform("start", requestId="6b1c", version="$LATEST"): None,
    platform("runtimeDone", requestId="6b1c", status="timeout", metrics={}): None,
    platform("end", requestId="6b1c"): None,
    platform("report", requestId="6b1c", status="success", metrics=METRICS): None,
    platform("report", requestId="6b1c", status="timeout", metrics=METRICS): "REPORT: timeout",
    platform("report", status="error", errorType="Runtime.OutOfMemory"): "REPORT: error, Runtime.OutOfMemory",
    platform("initReport", status="timeout", phase="init"): "INIT_REPORT: timeout",
    '{"type": "platform.report", "record": 1}': None,
    '{"type": "platform.report"}': None,
    application(level="WARNING", message="slow", logger="root"): "[WARNING] slow",
    application(level="INFO"): "[INFO] None",
    application(level="INFO", message=json.dumps({"a": 1})): '{"a": 1}',
    application(
        log_level="ERROR", errorType="KeyError", errorMessage="'x'", stackTrace=["  File 1\n    x\n"]
    ): ("[ERROR] KeyError: 'x'\n  File 1\n    x"),
    '{"level": 1}': "[1] None",
    "[" * 9999: "[" * 9999,
}
"""What stands in log events, to what is shown of it; nothing where Lambda tells that all is well."""


@pytest.mark.parametrize("message", LINES)
def test_lines(message: str) -> None:
    """Lambda's own lines are left out, unless they tell what failed; the others are lines for people."""
    line = read_line(0, "Connect", message)
    assert (line and line.text) == LINES[message]
    assert line is None or line.facts == {}


@pytest.mark.parametrize("message", [json.dumps(FACTS), application(level="INFO", message=json.dumps(FACTS))])
def test_the_facts_of_an_invocation(message: str) -> None:
    """The line that each invocation ends with has its facts, in both formats."""
    line = read_line(0, "JoinRoom", message)
    assert line
    assert line.facts == FACTS
    assert line.readable() == "1970-01-01 00:00:00.000 JoinRoom     join  (all 4 ms)"


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ('{"route": "x", "time": 5, "function": "Other"}', {"route": "x"}),
        ('{"route": NaN}', {"text": '{"route": NaN}'}),
        ('{"route": 1e999}', {"text": '{"route": 1e999}'}),
    ],
)
def test_json_of_any_text(message: str, told: dict[str, str]) -> None:
    """Whatever a function writes, a line for programs is JSON, with its own time and function."""
    line = read_line(7, "JoinRoom", message)
    assert line
    found = json.loads(line.json(), parse_constant=pytest.fail)
    assert found == {"time": 7, "function": "JoinRoom", **told}
