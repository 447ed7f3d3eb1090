"""How long things take on AWS, how often one may ask, and what may not happen at the same time."""

from dataclasses import dataclass, fields

from tests.support.plane.errors import error, throttled
from tests.support.plane.wire import Answer, Call

FOREVER = float("inf")


@dataclass(frozen=True)
class Times:
    """Seconds, calls a second and how many at once: AWS's quotas, and what people measured.

    Recorded in us-east-1, 2026-09: a role is assumed after 7.5 to 10.2 s, a function is active after 0.6 to
    2.9 s, a table after 6.8 to 9.6 s. Three times two deployments within 2 s were taken there; the quota is
    documented.
    """

    latency: float = 0.1
    read_lag: float = 2.0
    table_creating: float = 8.0
    table_deleting: float = 5.0
    ttl_cooldown: float = 3600.0
    role_assumable: float = 10.0
    function_pending: float = 3.0
    function_updating: float = 2.0
    gateway_rate: float = 10.0
    gateway_burst: float = 40.0
    deployment_every: float = 5.0
    deployment_pending: float = 0.0
    lambda_rate: float = 15.0
    get_function_rate: float = 100.0
    table_rate: float = 1.0
    table_burst: float = 2.0
    page: int = 2
    log_delays: tuple[float, ...] = (8.7, 8.1, 9.0, 8.8, 7.6, 5.3)


NO_DELAY = Times(
    page=100,
    log_delays=(0.0,),
    **{
        each.name: 1e9 if each.name.endswith(("rate", "burst")) else 1e-9
        for each in fields(Times)
        if each.type in {"float", float} and each.default
    },
)
"""Times of a control plane that is about something else."""


class Bucket:
    """A token bucket, full at first."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._tokens, self._then = burst, -FOREVER

    def has(self, now: float) -> bool:
        if self._then == -FOREVER:
            self._then = now
        now = max(now, self._then)  # calls of one moment may be looked at in another order
        self._tokens = min(self._burst, self._tokens + (now - self._then) * self._rate)
        self._then = now
        return self._tokens >= 1 - 1e-9

    def take(self) -> None:
        self._tokens -= 1


class Limits:
    """The account's rates: who asks too often is refused, and takes nothing."""

    def __init__(self, times: Times) -> None:
        self._gateway = Bucket(times.gateway_rate, times.gateway_burst)
        self._deployments = Bucket(1 / times.deployment_every, 1)
        self._lambda = Bucket(times.lambda_rate, max(1.0, times.lambda_rate))
        self._get_function = Bucket(times.get_function_rate, times.get_function_rate)
        self._tables = Bucket(times.table_rate, times.table_burst)

    def refuse(self, call: Call, now: float) -> Answer | None:
        buckets = self._of(call)
        if any(not bucket.has(now) for bucket in buckets):
            return throttled(call.service)
        for bucket in buckets:
            bucket.take()
        return None

    def _of(self, call: Call) -> list[Bucket]:
        if not call.control:
            return []
        match call.service:
            case "apigateway":
                extra = [self._deployments] if call.operation == "CreateDeployment" else []
                return [self._gateway, *extra]
            case "lambda":
                return [self._get_function if call.operation == "GetFunction" else self._lambda]
            case "dynamodb" if call.write:
                return [self._tables]
        return []


CONCURRENT = {
    "apigateway": (
        "ConflictException",
        "Unable to complete operation due to concurrent modification. Please try again later",
    ),
    "lambda": (
        "ResourceConflictException",
        "The function could not be updated due to a concurrent update operation",
    ),
}


class Traffic:
    """Which APIs and functions are being changed: a change holds its place for as long as it takes."""

    def __init__(self, latency: float) -> None:
        self._latency = latency
        self._until: dict[tuple[str, str], float] = {}

    def refuse(self, call: Call, now: float) -> Answer | None:
        """Refuse a change that overlaps with another; else begin it."""
        key = self._key(call)
        if key is None:
            return None
        if now < self._until.get(key, -FOREVER):
            return error(call.service, 409, *CONCURRENT[call.service])
        self._until[key] = now + self._latency
        return None

    @staticmethod
    def _key(call: Call) -> tuple[str, str] | None:
        if call.service == "apigateway" and call.write and call.api:
            return call.service, call.api
        changes = call.operation.startswith("Update") or call.operation.endswith("Permission")
        if call.service == "lambda" and changes:
            return call.service, call.resource
        return None
