"""boto3's clients for one lab, and calling them with the patience that AWS asks for."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import botocore.exceptions as aws

from wschat.errors import AwsError
from wschat.lab.clock import AT_ONCE, Clock, Stopped
from wschat.lab.model import Lab
from wschat.lab.refusals import FAILURES, Trouble, trouble

if TYPE_CHECKING:
    from mypy_boto3_apigatewayv2 import ApiGatewayV2Client
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Manners:
    """How one deals with who answers.

    Attributes:
        api_calls_a_second: to API Gateway's control plane, which takes 10 of a whole account and region.
        lag: seconds that reads may lag behind writes, and a margin.
    """

    api_calls_a_second: float
    lag: float


AWS = Manners(api_calls_a_second=5, lag=3.0)
EMULATOR = Manners(api_calls_a_second=math.inf, lag=0.0)
PATIENCE = {
    Trouble.THROTTLED: 900.0,  # thirty labs at one deployment per 5 s take 150 s, and that is the best case
    Trouble.ROLE_IS_NEW: 900.0,  # AWS Support: up to 15 minutes; nearly all take 15 seconds
    Trouble.BUSY: 300.0,
    Trouble.MISSING: 60.0,  # what was just made is not always found at once; Terraform waits 120 s for it
    Trouble.UNSURE: 60.0,
}
"""Seconds for which a failure of each kind is tried again."""
LONGEST_S = max(PATIENCE.values())
"""Seconds for which a call is tried again, whatever the kinds."""
WAIT_S = 300.0
LONGEST_PAUSE_S = {Trouble.THROTTLED: 20.0, Trouble.UNSURE: 10.0}


class Doubt(Exception):  # noqa: N818  it asks for a look
    """Whether a create took effect is not known, or its name is taken: look before it is tried again."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error
        self.taken = trouble(error) is Trouble.TAKEN


@dataclass(frozen=True)
class Cloud:
    """The clients for one lab, which never try again by themselves: the methods here do.

    `on_wait` is told before each pause why, and for how many seconds already.
    `at_once` is how many threads there may be. `jitter` gives numbers from 0 to 1.
    """

    lab: Lab
    dynamodb: "DynamoDBClient"
    iam: "IAMClient"
    functions: "LambdaClient"
    logs: "CloudWatchLogsClient"
    api: "ApiGatewayV2Client"
    clock: Clock = field(default_factory=Clock)
    manners: Manners = AWS
    at_once: int = AT_ONCE
    on_wait: Callable[[str, float], None] = lambda _what, _seconds: None
    jitter: Callable[[], float] = random.random

    def pause(self, seconds: float, why: str, so_far: float = 0.0) -> None:
        """Wait, and tell why.

        Raises:
            Stopped: the person asked to stop.
        """
        if not self.clock.stopped:
            self.on_wait(why, so_far)
            self.clock.sleep(seconds)
        if self.clock.stopped:
            raise Stopped

    def call(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call until AWS has caught up with itself: for reads, and for writes that may be done twice.

        Raises:
            FAILURES: it does not pass by itself, or has not in time.
            Stopped: the person asked to stop.
        """
        return self._persist({Trouble.TAKEN: Trouble.BUSY}, call, *args, **kwargs)

    def create(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call until AWS takes it, but never again when it may have been carried out.

        Raises:
            Doubt: it may have been, or what it would make exists.
            FAILURES, Stopped: as `call`.
        """
        try:
            doubtful = {Trouble.UNSURE: Trouble.LASTING, Trouble.TAKEN: Trouble.LASTING}
            return self._persist(doubtful, call, *args, **kwargs)
        except FAILURES as error:
            if trouble(error) in {Trouble.UNSURE, Trouble.TAKEN}:
                raise Doubt(error) from error
            raise

    def find(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Call as `call` does; return None when AWS says that there is no such thing."""
        try:
            absent = {Trouble.TAKEN: Trouble.BUSY, Trouble.MISSING: Trouble.LASTING}
            return self._persist(absent, call, *args, **kwargs)
        except aws.ClientError as error:
            if trouble(error) is Trouble.MISSING:
                return None
            raise

    def wait(self, done: Callable[[], bool], why: str, seconds: float = WAIT_S) -> None:
        """Ask until something is so; `why` says that it is not.

        Raises:
            AwsError: it is not after `seconds`.
            Stopped: the person asked to stop.
        """
        start = self.clock.now()
        while not done():
            so_far = self.clock.now() - start
            if so_far > seconds:
                raise AwsError(f"{why}, after {seconds:.0f} s", hint="run the same command again")
            self.pause(min(max(so_far / 4, 0.05), 1.0), why, so_far)

    def wait_gone(self, call: Callable[P, T], why: str, *args: P.args, **kwargs: P.kwargs) -> None:
        """Ask until AWS says that there is no such thing; raises as `wait` does."""
        self.wait(lambda: self.find(call, *args, **kwargs) is None, why)

    def _persist(
        self, read_as: dict[Trouble, Trouble], call: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        start = since = self.clock.now()
        before, turn = None, 0
        while True:
            try:
                return call(*args, **kwargs)
            except FAILURES as error:
                kind, now = read_as.get(trouble(error), trouble(error)), self.clock.now()
                if kind is not before:  # what was waited for has passed, and something else is in the way
                    before, since, turn = kind, now, 0
                if now - since >= PATIENCE.get(kind, 0.0) or now - start >= LONGEST_S:
                    raise
                self.pause(self._delay(kind, turn, now - start), kind.value, now - start)
                turn += 1

    def _delay(self, kind: Trouble, turn: int, so_far: float) -> float:
        """Return the next pause in seconds: growing with jitter if AWS is in distress, else steady."""
        if kind in LONGEST_PAUSE_S:
            return min(LONGEST_PAUSE_S[kind], 0.5 * float(2**turn)) * (0.5 + self.jitter())
        return (0.6 if so_far < 30 else 5.0) * (0.5 + self.jitter())  # noqa: PLR2004  a steady poll
