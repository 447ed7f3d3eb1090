"""The functions' logs, read from CloudWatch Logs: in order, of one or all, once each."""

import json
import time
from dataclasses import replace
from itertools import count, islice

import pytest

from wschat.errors import AwsError
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.log_groups import log_group_of
from wschat.lab.blueprint import FUNCTIONS, Spec
from wschat.lab.logs import select_functions, tail

SPECS = {spec.name: spec for spec in FUNCTIONS}
FACTS = {
    "route": "message",
    "connection": "L0SM=",
    "room": "ops",
    "members": 2,
    "ms": {"all": 41, "posts": 12},
}


def write(cloud: Cloud, spec: Spec, *texts: str, at: int) -> None:
    group, stream = log_group_of(cloud.lab.name(spec.name)), f"stream{at}"
    cloud.logs.create_log_stream(logGroupName=group, logStreamName=stream)
    events = [{"timestamp": at + number, "message": f"{text}\n"} for number, text in enumerate(texts)]
    cloud.logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)  # type: ignore[arg-type]


@pytest.fixture
def now(cloud: Cloud) -> int:
    """The time in milliseconds; two functions have logged something in the last minute."""
    now = int(time.time() * 1000)
    for spec in FUNCTIONS:
        cloud.logs.create_log_group(logGroupName=log_group_of(cloud.lab.name(spec.name)))
    start = "START RequestId: 1 Version: $LATEST"
    write(cloud, SPECS["SendMessage"], start, json.dumps(FACTS), "REPORT RequestId: 1", at=now - 2_000)
    write(cloud, SPECS["JoinRoom"], '{"route": "join"}', "Traceback (most recent call last):", at=now - 3_000)
    write(cloud, SPECS["JoinRoom"], '{"route": "join", "late": 1}', at=now - 1_000)
    return now


def test_all_in_order(cloud: Cloud, now: int) -> None:
    """Lines of all functions come by their time, since one, without those that Lambda writes about itself."""
    lines = list(tail(cloud, select_functions(None), now - 60_000))
    assert [(line.function, line.time - now) for line in lines] == [
        ("JoinRoom", -3_000),
        ("JoinRoom", -2_999),
        ("SendMessage", -1_999),
        ("JoinRoom", -1_000),
    ]
    assert list(tail(cloud, select_functions(None), now - 1_500)) == lines[3:]
    assert lines[2].facts == FACTS
    assert json.loads(lines[2].json()) == {"time": now - 1_999, "function": "SendMessage", **FACTS}
    assert lines[2].readable().endswith("message L0SM= room=ops members=2 (all 41 ms, posts 12 ms)")
    assert (lines[1].facts, json.loads(lines[1].json())["text"]) == ({}, "Traceback (most recent call last):")


def test_follow_in_order(cloud: Cloud, now: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written later comes later, and once; what was written before it and seen later, before it."""
    monkeypatch.setattr("wschat.lab.logs.POLL_S", 0.01)
    looks = count(1)

    def writes(_why: str, _seconds: float) -> None:
        look = next(looks)
        write(cloud, SPECS["LeaveRoom"], '{"route": "leave"}', at=now + 10 * look)
        write(cloud, SPECS["Connect"], '{"route": "$connect"}', at=now + 10 * look - 12)

    lines = islice(
        tail(replace(cloud, on_wait=writes), select_functions(None), now - 60_000, follow=True), 12
    )
    times = [line.time for line in lines]
    assert len(times) == 12
    assert times == sorted(set(times))


def test_no_lab(cloud: Cloud) -> None:
    """Without a lab it is said that there is none."""
    with pytest.raises(AwsError, match="there is no log group"):
        list(tail(cloud, select_functions(None), 0))
