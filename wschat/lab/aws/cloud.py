"""boto3's clients for one lab, and how they are called: again, where the retry policy says so."""

import math
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from wschat.errors import AwsError
from wschat.lab.attributes.answers import MISSING, UNSEEN, Unknown
from wschat.lab.aws.errors import classify, refusal, translated
from wschat.lab.clock import WORKERS, Clock, Stopped
from wschat.lab.model.lab import Lab
from wschat.lab.model.resource import Key
from wschat.retry import Attempts, Backoff, Failure

if TYPE_CHECKING:
    from mypy_boto3_apigatewayv2 import ApiGatewayV2Client
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient

P = ParamSpec("P")
T = TypeVar("T")
Test = Callable[[T], bool]


@dataclass(frozen=True)
class Pacing:
    """How fast an endpoint may be called, and how far its reads lag.

    Attributes:
        api_calls_a_second: to API Gateway's control plane, which takes 10 of a whole account and region.
        read_lag: seconds that reads may lag behind writes, and a margin.
        log_lag: seconds after which what was logged can be read, and a margin. Recorded, us-east-1, 2026-09:
            5.3 to 9.0, as Lambda delivers a batch every 9 s.
    """

    api_calls_a_second: float
    read_lag: float
    log_lag: float


AWS_PACING = Pacing(api_calls_a_second=5, read_lag=3.0, log_lag=10.0)
EMULATOR_PACING = Pacing(api_calls_a_second=math.inf, read_lag=0.0, log_lag=0.0)
POLL_S = 300.0
AT_WORK = "somebody else may be at work: run the same command again"
POLL = Backoff(first=0.05, longest=1.0, factor=1.25, jitter=0)
EVEN = Backoff(first=0.5, longest=0.5)


class OutcomeUnknown(Exception):  # noqa: N818  it asks for a look
    """Whether a create took effect is not known, or its name is taken: look before it is tried again."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error
        self.exists = classify(error) is Failure.EXISTS


@dataclass(frozen=True)
class Cloud:
    """The clients for one lab, which never retry by themselves: the methods here do.

    `caller` is the ARN of who asks. `ids` are those that AWS gave to resources of the lab, as far as a run
    of a plan knows them.
    `on_wait` is called before each pause with the reason and the seconds waited so far.
    `notes` are what could not be looked at, and why, each once.
    `workers` is how many threads there may be. `jitter` gives numbers from 0 to 1.
    Where many labs are looked at, `lists` keeps what lists of the whole account have, each read once; and
    to be `brief` leaves out what takes a call for each route, or several for each function.
    """

    lab: Lab
    dynamodb: "DynamoDBClient"
    iam: "IAMClient"
    functions: "LambdaClient"
    logs: "CloudWatchLogsClient"
    api: "ApiGatewayV2Client"
    make_metrics: Callable[[], "CloudWatchClient"]
    caller: str = ""
    clock: Clock = field(default_factory=Clock)
    pacing: Pacing = AWS_PACING
    workers: int = WORKERS
    on_wait: Callable[[str, float], None] = lambda _why, _seconds: None
    jitter: Callable[[], float] = random.random
    ids: dict[Key, str] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    lists: dict[str, list[Any]] | None = None
    brief: bool = False

    @property
    def metrics(self) -> "CloudWatchClient":
        """The client for metrics, which few need, so that it is made when it is asked for."""
        return self.make_metrics()

    @property
    def api_id(self) -> str:
        """The id of the lab's API, the first that was found or made."""
        found = next((which for (kind, _), which in self.ids.items() if kind == "API"), None)
        if found is None:
            raise AwsError("the API is gone", hint=AT_WORK)
        return found

    def pause(self, seconds: float, why: str, so_far: float = 0.0) -> None:
        """Wait, and say why.

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
            Exception: botocore's, of what does not pass by itself, or has not in time.
            Stopped: the person asked to stop.
        """
        return self._retry({Failure.EXISTS: Failure.CONFLICT}, call, *args, **kwargs)

    def create(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call until AWS takes it, but never again when it may have been carried out.

        Raises:
            OutcomeUnknown: it may have been, or what it would make exists.
            Exception, Stopped: as `call`.
        """
        try:
            return self._retry({Failure.NO_ANSWER: Failure.PERMANENT}, call, *args, **kwargs)
        except Exception as error:
            if classify(error) in {Failure.NO_ANSWER, Failure.EXISTS}:
                raise OutcomeUnknown(error) from error
            raise

    def find(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Call as `call` does; return None when AWS says that there is no such thing."""
        try:
            absent = {Failure.EXISTS: Failure.CONFLICT, Failure.NOT_FOUND: Failure.PERMANENT}
            return self._retry(absent, call, *args, **kwargs)
        except Exception as error:
            if classify(error) is Failure.NOT_FOUND:
                return None
            raise

    def ask(self, what: str, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | Unknown | None:
        """Find; where AWS refuses, note that `what` could not be looked at, and go on.

        What it answers then is `UNSEEN`: false, and in each of its parts itself. It is for reads without
        which the rest can be told; what tells whether a thing is there at all has to `find` it.
        """
        try:
            return self.find(call, *args, **kwargs)
        except Exception as error:
            if why := refusal(error):
                return self.unseen(what, why)
            raise

    def translated(self) -> AbstractContextManager[None]:
        """Turn botocore's errors of a block into ours, which say nothing yet of where."""
        return translated("")

    def unseen(self, what: str, why: str) -> Unknown:
        """Note that something could not be looked at; return what stands for it."""
        self.notes[f"could not look at {what}: {why}"] = None
        return UNSEEN

    def listing(self, client: Any, operation: str, path: str, **params: Any) -> list[Any] | None:  # noqa: ANN401
        """Return what a JMESPath leads to in all pages of a list; None if what it is of is gone.

        A page that has no such list holds one thing that is `Unknown`.
        """
        kept = None if params else self.lists
        if kept is not None and operation in kept:
            return kept[operation]
        pages = client.get_paginator(operation)
        found = self.find(lambda: [*pages.paginate(**params).search(path)])
        found = found and [MISSING if each is None else each for each in found]
        if kept is not None and found is not None:
            kept[operation] = found
        return found

    def pages(self, client: Any, operation: str, path: str, **params: Any) -> list[Any]:  # noqa: ANN401
        """Return the `listing`; nothing if what it is of is gone."""
        return self.listing(client, operation, path, **params) or []

    def id_of(self, key: Key) -> str:
        """Return the id that AWS gave to a resource.

        Raises:
            AwsError: it is not known, since the resource is gone, or can't be read.
        """
        if key not in self.ids:
            raise AwsError(f"the id of {' '.join(key)} is not known", hint=AT_WORK)
        return self.ids[key]

    def looks(self, why: str, patience: float, pauses: Backoff = EVEN) -> Iterator[float]:
        """Yield the seconds so far before each of several looks, until patience ends; pauses say why.

        Raises:
            Stopped: the person asked to stop.
        """
        start = self.clock.now()
        for number in count():
            yield self.clock.now() - start
            so_far = self.clock.now() - start
            if so_far >= patience:
                return
            self.pause(pauses.pause(number), why, so_far)

    def poll(
        self, until: Test[T | None], why: str, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T | None:
        """Find something again and again `until` it is as it should be; `why` says that it is not yet.

        Raises:
            AwsError: it is not after `POLL_S`.
            Stopped: the person asked to stop.
        """
        for _ in self.looks(why, POLL_S, POLL):
            if until(found := self.find(call, *args, **kwargs)):
                return found
        raise AwsError(f"{why}, after {POLL_S:.0f} s", hint="run the same command again")

    def _retry(
        self, read_as: Mapping[Failure, Failure], call: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Call by the retry policy; `read_as` says which failures mean another one to this caller.

        A role that was given is not new, so Lambda will not know it later.
        """
        start = self.clock.now()
        attempts = Attempts(start)
        given = {Failure.NEW_ROLE: Failure.PERMANENT} if self.lab.choices.role else {}
        read_as = {**given, **read_as}
        while True:
            try:
                return call(*args, **kwargs)
            except Exception as error:
                failure, now = classify(error), self.clock.now()
                failure = read_as.get(failure, failure)
                pause = attempts.pause(failure, now, self.jitter())
                if pause is None:
                    raise
                self.pause(pause, failure.value, now - start)
