"""The functions' logs, read from CloudWatch Logs: in order, of one or all, once each."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from tests.studies.account import Account
from tests.support.plane.embedded import Embedded
from tests.support.plane.rates import Times
from tests.support.websocket_api import make_function, package
from wschat.errors import AwsError
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.log_groups import log_group_of
from wschat.lab.blueprint import FUNCTIONS, Spec
from wschat.lab.clock import Stopped
from wschat.lab.logs.cloudwatch import ReorderBuffer, source_of, sources, tail
from wschat.lab.logs.lines import LogLine

SPECS = {spec.name: spec for spec in FUNCTIONS}
FACTS = {
    "route": "message",
    "connection": "L0SM=",
    "room": "ops",
    "members": 2,
    "ms": {"all": 41, "posts": 12},
}


def write(cloud: Cloud, spec: Spec, *texts: str, at: int, apart: int = 1) -> None:
    group, stream = log_group_of(cloud.lab.name(spec.name)), f"stream{at}"
    cloud.logs.create_log_stream(logGroupName=group, logStreamName=stream)
    events = [{"timestamp": at + number * apart, "message": f"{text}\n"} for number, text in enumerate(texts)]
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
    lines = list(tail(cloud, sources(cloud, FUNCTIONS), now - 60_000))
    assert [(line.function, line.time - now) for line in lines] == [
        ("JoinRoom", -3_000),
        ("JoinRoom", -2_999),
        ("SendMessage", -1_999),
        ("JoinRoom", -1_000),
    ]
    assert list(tail(cloud, sources(cloud, FUNCTIONS), now - 1_500)) == lines[3:]
    assert lines[2].facts == FACTS
    assert json.loads(lines[2].json()) == {"time": now - 1_999, "function": "SendMessage", **FACTS}
    assert lines[2].readable().endswith("message L0SM= room=ops members=2 (all 41 ms, posts 12 ms)")
    assert (lines[1].facts, json.loads(lines[1].json())["text"]) == ({}, "Traceback (most recent call last):")


def test_too_much(cloud: Cloud, now: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what is too much the newest comes, followed or not, and never what is older; who is cut is told."""
    monkeypatch.setattr("wschat.lab.logs.newest.MOST", 8)
    monkeypatch.setattr("wschat.lab.logs.cloudwatch.POLL_S", 0.0)
    write(cloud, SPECS["SendMessage"], *map(str, range(20)), at=now - 50_000, apart=2_000)
    cuts = dict[str, int]()
    asked = cloud, sources(cloud, [SPECS["SendMessage"]]), now - 60_000
    lines = list(tail(*asked, on_cut=cuts.__setitem__))
    numbers = [line.text for line in lines if line.text.isdigit()]
    assert numbers == [str(number) for number in range(20)][-len(numbers) :]
    assert (len(numbers) < 10, cuts["SendMessage"] <= lines[0].time) == (True, True)
    following = tail(*asked, follow=ReorderBuffer())
    assert list(islice(following, len(lines))) == lines
    write(cloud, SPECS["SendMessage"], "later", at=now)
    assert next(following).text == "later"


NOW_MS = 1_790_000_000_000
SPEAKERS = [SPECS["SendMessage"], SPECS["JoinRoom"]]


def followed(embedded: Embedded, lines: int, delays: tuple[float, ...]) -> tuple[Account, list[Any]]:
    """Follow functions that log in turn, three times in two seconds, on a plane with such delays.

    Return the account, and each line that was shown with how many ms after it was written.
    """
    embedded.empty()
    account = Account(embedded, times=Times(page=25, log_delays=delays))
    cloud = account.lab("logs-")
    for spec in SPEAKERS:
        cloud.logs.create_log_group(logGroupName=log_group_of(cloud.lab.name(spec.name)))

    def now() -> int:
        return NOW_MS + int(cloud.clock.now() * 1000)

    def functions() -> None:
        for number in range(lines):
            at = now()
            write(cloud, SPEAKERS[number % 2], f'{{"route": "{number}", "late": 1}}', f"said {number}", at=at)
            cloud.clock.sleep(0.7)

    cloud.clock.start(functions)
    shown = islice(tail(cloud, sources(cloud, SPEAKERS), NOW_MS, ReorderBuffer()), 2 * lines)
    return account, [(line, now() - line.time) for line in shown]


def test_follow_in_order(embedded: Embedded, monkeypatch: pytest.MonkeyPatch) -> None:
    """What AWS delivers late, and in another order, is held back until it can be put in order; once each."""
    monkeypatch.setattr("wschat.lab.logs.cloudwatch.LATE_MS", 12_000)
    account, shown = followed(embedded, 24, Times().log_delays)
    times, marks = [line.time for line, _ in shown], {line.out_of_order for line, _ in shown}
    assert times == sorted(times)
    assert (len({line.text for line, _ in shown}), marks) == (48, {False})
    assert max(after for _, after in shown) < 10_000 + 9_000
    looks = [call.params["startTime"] for call in account.plane.calls if call.operation == "FilterLogEvents"]
    assert max(looks) > NOW_MS + 1_000  # of what has been shown long ago nothing is kept


def test_what_comes_later_still(embedded: Embedded) -> None:
    """What comes later than is waited for is shown when it is seen, once, and marked; the others as ever."""
    _, shown = followed(embedded, 24, (8.0, 30.0, 1.0))
    assert len({line.text for line, _ in shown}) == 48
    late = [line for line, _ in shown if line.out_of_order]
    assert {line.facts.get("route", "1") for line in late} <= {str(number) for number in range(1, 24, 3)}
    assert len(late) > 8
    told = json.loads(late[0].json())
    assert (" (out of order) " in late[0].readable(), told["out_of_order"], told["late"]) == (True, True, 1)
    on_time = [line.time for line, _ in shown if not line.out_of_order]
    assert on_time == sorted(on_time)


def held(embedded: Embedded, write_more: Callable[[Cloud], None]) -> list[LogLine]:
    """Return what is shown of a log that is followed until all is written and somebody stops it."""
    embedded.empty()
    cloud = Account(embedded, times=Times(page=25, log_delays=(1.0,))).lab("logs-")
    cloud.logs.create_log_group(logGroupName=log_group_of(cloud.lab.name("JoinRoom")))
    shown, buffer = list[LogLine](), ReorderBuffer()

    def functions() -> None:
        write_more(cloud)
        cloud.clock.sleep(5)
        cloud.clock.stop()

    cloud.clock.start(functions)
    with pytest.raises(Stopped):
        shown.extend(tail(cloud, sources(cloud, [SPECS["JoinRoom"]]), NOW_MS, buffer))
    return [*shown, *buffer.take()]


def test_what_is_held_back_at_the_end(embedded: Embedded) -> None:
    """Who stops following sees what was held back, in order."""

    def functions(cloud: Cloud) -> None:
        for number in (2, 1, 0):
            write(cloud, SPECS["JoinRoom"], f"said {number}", at=NOW_MS + number)

    assert [line.text for line in held(embedded, functions)] == ["said 0", "said 1", "said 2"]


def test_what_comes_from_the_future(embedded: Embedded) -> None:
    """A line with a time that is still to come, as anybody may write, hides none that is written now."""

    def functions(cloud: Cloud) -> None:
        write(cloud, SPECS["JoinRoom"], "now", "in an hour", at=NOW_MS, apart=3_600_000)
        cloud.clock.sleep(5)
        write(cloud, SPECS["JoinRoom"], "then", at=NOW_MS + 5_000)

    assert [line.text for line in held(embedded, functions)] == ["now", "then", "in an hour"]


def test_no_lab(cloud: Cloud) -> None:
    """Without a lab it is said that there is none."""
    with pytest.raises(AwsError, match="there is no log group"):
        list(tail(cloud, sources(cloud, FUNCTIONS), 0))


TALKER = """
import json

def handler(event, context):
    print("plain text")
    print(json.dumps({"level": "warn", "message": "told"}))
    raise ValueError("boom")
"""


def test_anybodys_function(cloud: Cloud) -> None:
    """Of any function all is found that it and Lambda wrote, by its name or ARN, wherever it logs."""
    name = f"{cloud.lab.prefix}talker"
    make_function(cloud, name, package({"main.py": TALKER}), LoggingConfig={"LogGroup": "/talkers"})
    with pytest.raises(AwsError, match="there is no log group") as caught:
        list(tail(cloud, [source_of(cloud, f"{name}-none")], 0))
    assert "there may be no such function" in caught.value.hint
    cloud.functions.invoke(FunctionName=name)
    arn = cloud.lab.arn("lambda", f"function:{name}")
    for each in (name, arn, f"{name}:1", f"{arn}:live"):
        lines = [*tail(cloud, [source_of(cloud, each)], 0)]
        assert {line.function for line in lines} == {name}
        assert [line.text for line in lines[:2]] == ["plain text", "[warn] told"]
        assert "ValueError: boom" in lines[-1].text


class Refusing:
    """Lambda, of which nobody may ask anything."""

    def get_function_configuration(self, **_: str) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "GetFunction")


def test_whoever_may_not_ask(cloud: Cloud) -> None:
    """Where nobody may ask Lambda, the group is read that it prescribes."""
    cloud = replace(cloud, functions=cast("Any", Refusing()))
    assert source_of(cloud, "talker").group == "/aws/lambda/talker"
