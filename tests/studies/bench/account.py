"""An AWS account as the control plane of the tests has it, for programs and tests that measure."""

from dataclasses import replace
from itertools import count
from random import Random

from tests.support.plane.backend import Backend
from tests.support.plane.clock import VirtualClock
from tests.support.plane.plane import Plane
from tests.support.plane.rates import Times
from wschat.lab.aws.cloud import AWS_PACING, Cloud
from wschat.lab.aws.session import connect
from wschat.target import Target

PREFIXES = (f"p{number}-" for number in count(1))
AS_LISTED = Times(page=25)
"""AWS's own pages; those of two in the plane are made to be hostile."""


class Account:
    """One account of its own, in virtual time; a seed makes all that is chance in it."""

    def __init__(self, ministack: Backend, seed: int, times: Times = AS_LISTED) -> None:
        self.clock = VirtualClock()
        self.times = times
        self.plane = Plane(ministack.endpoint, self.clock, seed=seed, times=times, backend=ministack)
        self._random = Random(seed)  # noqa: S311

    def lab(self, prefix: str = "") -> Cloud:
        """Log in, as a person with a terminal of their own does, for a lab that nobody has yet."""
        target = Target(prefix=prefix or next(PREFIXES), endpoint_url=self.plane.endpoint)
        cloud = connect(target, self.plane.session(), self.clock, AWS_PACING)
        return replace(cloud, jitter=Random(self._random.random()).random)  # noqa: S311
