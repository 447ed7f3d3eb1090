"""CloudWatch Logs' events: shown late, a batch at a time, in pages of which some are empty."""

from itertools import count, cycle
from typing import Any

from tests.support.plane.errors import error
from tests.support.plane.log_groups import LogGroups
from tests.support.plane.rates import Times
from tests.support.plane.wire import Answer, Call

Key = tuple[str, str, int, str]
"""Log group, log stream, time and message."""


class Logs(LogGroups):
    """Each PutLogEvents is a batch: from then on its events have one time of ingestion, and an id each."""

    def __init__(self, times: Times) -> None:
        super().__init__()
        self._delays, self._numbers = cycle(times.log_delays), count()
        self._events: dict[Key, tuple[float, int, int]] = {}

    def serve(self, call: Call, answer: Answer, now: float) -> Answer:
        group = call.params.get("logGroupName", "")
        if answer.ok and call.operation == "PutLogEvents":
            delay, events = next(self._delays), call.params["logEvents"]
            for each in events:
                key = (group, call.params["logStreamName"], each["timestamp"], each["message"])
                ingested = events[0]["timestamp"] + int(delay * 1000)
                self._events[key] = (now + delay, ingested, next(self._numbers))
        elif answer.ok and call.operation == "FilterLogEvents":
            return self._page(call, answer, now)
        return answer

    def _page(self, call: Call, answer: Answer, now: float) -> Answer:
        shown = list[Any]()
        for each in answer.json["events"]:
            key = (call.params["logGroupName"], each["logStreamName"], each["timestamp"], each["message"])
            due, ingested, number = self._events[key]
            if due <= now:
                event_id = f"{each['timestamp'] << 144 | number:056}"
                shown.append({**each, "ingestionTime": ingested, "eventId": event_id})
        half = len(shown) // 2
        pages: tuple[list[Any], ...] = (shown[:half], [], shown[half:], [])
        asked = str(call.params.get("nextToken", "0"))
        if not asked.isdigit() or int(asked) >= len(pages):
            return error("logs", 400, "InvalidParameterException", "The specified nextToken is invalid.")
        page, following = pages[int(asked)], int(asked) + 1
        token = {"nextToken": str(following)} if following < len(pages) else {}
        return answer.with_json({"events": page, "searchedLogStreams": [], **token})
