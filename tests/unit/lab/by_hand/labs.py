"""Labs as they are made where nothing is."""

from wschat.lab import engine
from wschat.lab.model.actual import Actual
from wschat.lab.model.lab import Lab
from wschat.lab.plan import Step, steps_to

LAB = Lab(account="123456789012", region="eu-west-1", prefix="anna-")


def whole(lab: Lab = LAB, *kinds: str) -> tuple[Step, ...]:
    """Return the steps to a whole lab, or those of some kinds."""
    steps = steps_to(engine.desired(lab, Actual()), Actual())
    return tuple(step for step in steps if not kinds or step.resource.kind in kinds)
