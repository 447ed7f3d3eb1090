"""The clock's times as AWS writes them: MiniStack's dates are of a time in which nothing takes long."""

import time
from datetime import UTC, datetime

from wschat.lab.clock import Clock


class Dates:
    """Counts from the real time at which it was made."""

    def __init__(self, clock: Clock) -> None:
        self._start = time.time() - clock.now()

    def second(self, now: float) -> str:
        """Write a time as IAM and API Gateway do, in whole seconds."""
        return f"{self._at(now):%Y-%m-%dT%H:%M:%SZ}"

    def millisecond(self, now: float) -> str:
        """Write a time as Lambda does."""
        when = self._at(now)
        return f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03}+0000"

    def _at(self, now: float) -> datetime:
        return datetime.fromtimestamp(self._start + now, UTC)
