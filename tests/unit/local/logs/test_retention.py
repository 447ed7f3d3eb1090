"""What the lab keeps of calls that are over: the newest events of each log group, metrics by the minute."""

from typing import Any

from ministack.services.cloudwatch import _calc_stats

from tests.support.until import until
from wschat.lab.aws.cloud import Cloud
from wschat.local.logs.retention import EVENTS, expire_events, summarise


def stream(*times: int, ids: bool = False) -> dict[str, Any]:
    """Return a log stream with events of these times."""
    events = [{"timestamp": time, **({"eventId": f"id{time}"} if ids else {})} for time in times]
    return {"events": events, "lastEventTimestamp": times[-1] if times else None}


def test_the_newest_events_stay() -> None:
    """Of a group's streams the oldest go first, one is cut, and one to which nothing was written stays."""
    streams = {
        "old": stream(1, 2, ids=True),
        "new": stream(7, 8, 9),
        "empty": stream(),
        "cut": stream(4, 5, 6, ids=True),
    }
    assert expire_events(streams, most=5) == ["id4", "id1", "id2"]
    left = {name: [event["timestamp"] for event in each["events"]] for name, each in streams.items()}
    assert left == {"new": [7, 8, 9], "empty": [], "cut": [5, 6]}
    assert expire_events(streams, most=5) == []


def test_old_values_by_the_minute() -> None:
    """Sums, averages and extremes of a minute stay, however often it is done, and so do the newest values."""
    points = [{"Timestamp": 60.0 + number, "Value": float(number % 7)} for number in range(180)]
    before = {minute: _calc_stats(points[minute * 60 : minute * 60 + 60]) for minute in range(3)}
    kept = list(points)
    for most in (100, 90, 10):
        summarise(kept, most)
        by_minute = {
            minute: _calc_stats([each for each in kept if each["Timestamp"] // 60 == minute + 1])
            for minute in range(3)
        }
        assert by_minute == before
    assert kept[-10:] == points[-10:]
    assert len(kept) == 3 + 10


def test_a_lab_does_so(clients: Cloud) -> None:
    """In a lab, what is too much goes by itself: the oldest stream of a log group, whoever wrote it."""
    name: Any = {"logGroupName": "retained"}
    clients.logs.create_log_group(**name)
    for stream_name, count in (("old", 10), ("new", EVENTS)):
        clients.logs.create_log_stream(**name, logStreamName=stream_name)
        events: Any = [{"timestamp": count, "message": "x"}] * count
        clients.logs.put_log_events(**name, logStreamName=stream_name, logEvents=events)

    def left() -> list[str]:
        return [each["logStreamName"] for each in clients.logs.describe_log_streams(**name)["logStreams"]]

    assert "new" in left()
    until(lambda: left() == ["new"])
    clients.logs.delete_log_group(**name)
