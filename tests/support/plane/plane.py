"""The control plane: from a request to the answer that AWS would give."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any

import boto3

from tests.support.plane.backend import Backend
from tests.support.plane.clock import Dates
from tests.support.plane.errors import broken, reworded, throttled
from tests.support.plane.faults import AFTER, DROPS, KILLS, Dropped, Fault
from tests.support.plane.functions import Functions
from tests.support.plane.gateway import Gateway, Routes
from tests.support.plane.inside import session
from tests.support.plane.logs import Logs
from tests.support.plane.pages import Pages, first_page, paging, whole
from tests.support.plane.permissions import Layer, Need, Permissions
from tests.support.plane.rates import Limits, Times, Traffic
from tests.support.plane.reads import Reads
from tests.support.plane.roles import Roles
from tests.support.plane.server import serve
from tests.support.plane.service import Service
from tests.support.plane.tables import Tables
from tests.support.plane.wire import Answer, Call, Request, identify
from wschat.lab.clock import Clock


class Plane:
    """Stands between boto3 and MiniStack, and behaves as AWS does where MiniStack doesn't.

    All that changes the account goes through here: what is done behind its back it does not know.

    Args:
        backend: MiniStack, with IAM enforced.
        clock: whose time it is; each call takes `times.latency` of its caller.
        seed: of the chance that decides how far each read lags, and of the tokens of lists.
        times: how long and how often.
    """

    def __init__(
        self,
        backend: Backend,
        clock: Clock,
        *,
        seed: int = 0,
        times: Times = Times(),  # noqa: B008
    ) -> None:
        self.endpoint = backend.endpoint
        self.calls: list[Call] = []
        self.fault: Callable[[Call], Fault | None] = lambda _: None
        self.on_kill: Callable[[], None] = lambda: None
        self.backend = backend
        self._clock, self._times = clock, times
        self._limits, self._traffic = Limits(times), Traffic(times.latency)
        self._pages = Pages(times.page, Random(seed))  # noqa: S311
        self._reads = Reads(self._fetch, times.read_lag, Random(seed))  # noqa: S311
        self._dates = dates = Dates(clock)
        self._roles = Roles(times, self._reads, dates)
        self._functions = Functions(times, self._roles, self._reads, dates)
        self._permissions = Permissions(self._functions.mapped)
        self._gateway = Gateway(times, self._reads, self.backend, dates)
        self._services: dict[str, Service] = {
            "apigateway": self._gateway,
            "dynamodb": Tables(times, self._reads),
            "iam": self._roles,
            "lambda": self._functions,
            "logs": Logs(times),
        }
        self._nothing = Service()
        self._lock = threading.RLock()

    def session(self, key: str = "", secret: str = "", region: str = "us-east-1") -> boto3.Session:
        """Return a session, root's if not told, whose clients, made with MiniStack's URL, go through here."""
        root = self.backend.root
        key, secret = key or root.access_key, secret or root.secret_key
        return session(self.handle, key, secret, region, signed=self.backend.signed)

    @contextmanager
    def listening(self) -> Iterator[str]:
        """Listen on the loopback interface, and return the URL: for other processes, in real time."""
        with serve(self.handle) as url:
            yield url

    def restrict(self, key: str, policy: dict[str, Any], user: str = "person") -> None:
        """Enforce an IAM policy for all calls with an access key."""
        self.admit(key, [Layer(policy)], f"arn:aws:iam::000000000000:user/{user}")

    def admit(self, key: str, layers: Sequence[Layer], caller: str) -> None:
        """Let who has an access key be this caller, and enforce these policies."""
        self._permissions.restrict(key, layers, caller)

    def offer(self, *architectures: str) -> None:
        """Offer functions of these architectures alone, as some regions do."""
        self._functions.architectures = {*architectures}

    def needs(self, call: Call) -> Iterator[Need]:
        """Yield what a call needed to be granted."""
        return self._permissions.needs(call)

    def unlink(self) -> None:
        """Take away API Gateway's service-linked role: as in an account that has never had an API."""
        self._permissions.linked = False

    def served(self, api: str, stage: str, after: float = 0.0) -> Routes:
        """Return the routes that a stage serves to a fresh connection so many seconds from now.

        They are as they were when its deployment was made; an update is met and not met in turns at first.
        """
        with self._lock:
            return self._gateway.served(api, stage, self._clock.now() + after)

    def locked_out(self) -> list[str]:
        """Return the functions that can't be called since their role was deleted, made anew or not."""
        return self._functions.locked_out()

    def handle(self, request: Request) -> Answer:
        """Answer a request.

        Raises:
            Dropped: a fault wants the connection to end instead.
        """
        call = identify(request, self._clock.now())
        if call is None:
            return self.backend.forward(request)
        self.calls.append(call)
        fault = self.fault(call)
        if fault is None or fault in AFTER:
            answer = reworded(call.service, self._carry_out(call))
        else:
            self._clock.sleep(self._times.latency)
            answer = self._fail(call, fault)
        if fault in KILLS:
            self.on_kill()
        if fault in DROPS:
            raise Dropped
        return answer.with_date(self._dates.header(self._clock.now()))

    def _fail(self, call: Call, fault: Fault) -> Answer:
        if fault is Fault.THROTTLED:
            return throttled(call.service)
        if fault is Fault.DENIED:
            return self._permissions.deny(call)
        return broken(call.service)

    def _carry_out(self, call: Call) -> Answer:
        refusal = (
            self._permissions.refuse(call)
            or self._limits.refuse(call, call.time)
            or self._traffic.refuse(call, call.time)
        )
        self._clock.sleep(self._times.latency)
        if answer := refusal or self._permissions.answer(call):
            return answer
        service, now = self._services.get(call.service, self._nothing), self._clock.now()
        with self._lock:
            if refusal := service.refuse(call, now):
                return refusal
            if call.write:
                return self._write(call, service, now)
            if call.read:
                return self._read(call, service, now)
        return service.serve(call, self.backend.forward(call.request), now)

    def _write(self, call: Call, service: Service, now: float) -> Answer:
        before = self._reads.before(call)
        answer = self.backend.forward(call.request)
        if not answer.ok:
            return answer
        self._reads.after(call, before, now)
        return service.done(call, answer, now)

    def _read(self, call: Call, service: Service, now: float) -> Answer:
        if later := self._pages.later(call):
            return later
        answer = service.show(call, self._reads.answer(first_page(call), now), now)
        return self._permissions.refuse_answer(call, answer) or self._pages.first(call, answer)

    def _fetch(self, call: Call, as_root: bool) -> Answer:  # noqa: FBT001
        """Ask MiniStack what a read asks; lists always as root, as the caller signed for one page."""
        service = self._services.get(call.service, self._nothing)
        ask: Callable[[Request], Answer] = self.backend.forward
        if as_root or paging(call.service, call.operation):
            ask = lambda request: self.backend.ask(call, request)  # noqa: E731
        return service.mend(call, whole(call, ask))
