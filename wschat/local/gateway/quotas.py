"""API Gateway's quotas, which of them one may change, and what keeps to them."""

from dataclasses import dataclass

from wschat.local.gateway.model import Stage

MESSAGE_BYTES = 128 * 1024
FRAME_BYTES = 32 * 1024
"""The most that a client may send in one frame."""
SENT_FRAME_BYTES = 4096
"""The most that API Gateway sends in one frame (recorded, us-east-1, 2026-09)."""
URL_CHARACTERS = 4096
BUFFER_BYTES = 2 * MESSAGE_BYTES
"""How many bytes are buffered for a client that reads slowly; AWS does not say how many."""
CONNECTS = 500.0
"""New connections a second, in one account and region."""


@dataclass(frozen=True)
class GatewayOptions:
    """Some of API Gateway's quotas, by default as on AWS, and faults to inject.

    Attributes:
        idle_timeout: seconds without a message, either way, until a connection is closed.
        max_age: seconds that a connection may live.
        rate: requests a second in the whole account; half as many may come at once, or one.
        shuffle: deliver what is done at the same time in a hostile order.
        drop: how many connections a minute are cut at random.
    """

    idle_timeout: float = 600.0
    max_age: float = 7200.0
    rate: float = 10_000.0
    shuffle: bool = False
    drop: float = 0.0


AS_ON_AWS = GatewayOptions()


class TokenBucket:
    """Lets `rate` requests a second pass, and `burst` at once.

    `now` is in seconds; when the clock is set back, no time has passed.
    """

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = self._tokens = burst
        self._then = 0.0

    def take(self, now: float) -> bool:
        """Take a token; false when there is none, and the request is one too many."""
        self._tokens = min(self._burst, self._tokens + max(0.0, now - self._then) * self._rate)
        self._then = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Throttles:
    """All throttles: of the account, of new connections, of stages and their routes."""

    def __init__(self, rate: float) -> None:
        self._account = TokenBucket(rate, max(1, rate / 2))
        self._connects = TokenBucket(CONNECTS, CONNECTS)
        self._routes: dict[object, TokenBucket] = {}

    def connect(self, stage: Stage, now: float) -> bool:
        """Tell whether one more may connect."""
        return self._connects.take(now) and self.message(stage, "$connect", now)

    def message(self, stage: Stage, route_key: str, now: float) -> bool:
        """Tell whether one more message may take a route."""
        throttle = stage.throttle(route_key)
        if throttle is None:
            return self.post(now)
        key = (stage.api, stage.name, route_key, throttle)
        return self._routes.setdefault(key, TokenBucket(*throttle)).take(now) and self.post(now)

    def post(self, now: float) -> bool:
        """Tell whether the account may make one more request; posts to connections count as such."""
        return self._account.take(now)
