"""An AWS account as the control plane of the tests has it, for programs and tests that study labs in it."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from random import Random
from typing import Any

import pytest

from tests.support.labs import drain, provision
from tests.support.plane.backend import Backend
from tests.support.plane.clock import VirtualClock
from tests.support.plane.permissions import Layer
from tests.support.plane.plane import Plane
from tests.support.plane.rates import Times
from tests.support.plane.wire import Call
from wschat.errors import WschatError
from wschat.lab.aws.cloud import AWS_PACING, Cloud, Pacing
from wschat.lab.aws.session import connect
from wschat.lab.chosen.choices import Choices
from wschat.lab.clock import Clock
from wschat.lab.engine import Outcome
from wschat.lab.plan import Progress
from wschat.target import Target

USER = "arn:aws:iam::000000000000:user/ann"
PREFIXES = (f"p{number}-" for number in count(1))
AS_LISTED = Times(page=25)
"""AWS's own pages; those of two in the plane are made to be hostile."""


class Account:
    """One account of its own, in virtual time if no other is given; a seed makes all that is chance in it.

    `url` is where a lab is told that AWS is.
    """

    def __init__(
        self, ministack: Backend, seed: int = 0, times: Times = AS_LISTED, clock: Clock | None = None
    ) -> None:
        self.clock, self.times = clock or VirtualClock(), times
        self.url = ministack.endpoint
        self.plane = Plane(ministack, self.clock, seed=seed, times=times)
        self._random = Random(seed)  # noqa: S311

    def lab(self, prefix: str = "", pacing: Pacing = AWS_PACING) -> Cloud:
        """Log in, as a person with a terminal of their own does, for a lab that nobody has yet."""
        target = Target(prefix=prefix or next(PREFIXES), endpoint_url=self.url)
        cloud = connect(target, self.plane.session(), self.clock, pacing)
        return replace(cloud, jitter=Random(self._random.random()).random)  # noqa: S311

    def restricted(self, *statements: dict[str, Any], caller: str = USER, **choices: Any) -> Cloud:  # noqa: ANN401
        """Log in as a caller whom these statements of a policy restrict, for a lab of these choices."""
        self.plane.admit("ann", [Layer({"Statement": [*statements]})], caller)
        there = Target(endpoint_url=self.url)
        cloud = connect(there, self.plane.session("ann", "x"), self.clock, AWS_PACING)
        return replace(cloud, lab=replace(cloud.lab, choices=Choices(**choices)))

    def seconds(self, run: Generator[Progress, None, Outcome]) -> float:
        """Return how long a run takes, which must do all that it has to."""
        start = self.clock.now()
        _, left = drain(run)
        assert left == ()
        return self.clock.now() - start

    @contextmanager
    def writes(self) -> Iterator[list[Call]]:
        """Keep what is changed in the block: a list that is filled at its end."""
        before, found = len(self.plane.calls), list[Call]()
        try:
            yield found
        finally:
            found += [call for call in self.plane.calls[before:] if call.write]

    def refused(self, cloud: Cloud) -> WschatError:
        """Let provision stop before it changes anything; return what it says."""
        with self.writes() as calls, pytest.raises(WschatError) as stopped:
            provision(cloud)
        assert calls == []
        return stopped.value
