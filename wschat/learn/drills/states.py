"""What a lab is like in a drill, as the resources that it is made of."""

from dataclasses import replace
from functools import reduce
from itertools import groupby

from wschat.errors import UsageError
from wschat.lab.aws.routes import Integration, Route
from wschat.lab.aws.stages import Stage
from wschat.lab.aws.websocket_api import Api, Deployment
from wschat.lab.blueprint import digest
from wschat.lab.model.actual import Actual
from wschat.lab.model.lab import Lab
from wschat.lab.model.resource import Resource
from wschat.learn.drills.drill import Change, Denial, Drill, Parts, changed

SERVED = (Api, Integration, Route)
"""Of what a deployment is a snapshot."""
POLICY = "wschat-drill"
"""The name of the policy that a drill makes, without the prefix."""


def states(drill: Drill, lab: Lab, desired: Parts) -> tuple[Parts, ...]:
    """Return what a lab is to become, one after the other, so that it is broken in the end.

    Raises:
        UsageError: it lacks what would be broken, or is so already.
    """
    before, after = (_changed(lab, desired, changes) for changes in (drill.by_way_of, drill.changes))
    current, first = _deployment(desired, desired), _deployment(before, desired)
    last = first if drill.stale else _deployment(after, desired)
    ways = (desired, current), (before, first), (after, last)
    becomes = [key for key, _ in groupby(_serving(*way) for way in ways)][1:]
    if not becomes and not drill.denial:
        raise UsageError("this lab is so by choice")
    if drill.denial:
        changed(f"role {drill.denial.role}")(lab, desired)
    return tuple(becomes) or (desired,)


def is_as_broken(drill: Drill, lab: Lab, desired: Parts, actual: Actual) -> bool:
    """Tell whether something has the very value that the drill gave it.

    What is missing is for a trial to tell: by hand it may be made under another name.
    """
    broken = {each.key: each for each in states(drill, lab, desired)[-1]}
    for each in desired:
        found = actual.resources.get(each.key)
        values = each.differences(broken[each.key]) if found and each.key in broken else {}
        if any(getattr(found, name) == value for name, (_, value) in values.items()):
            return True
    return bool(drill.denial and policy_arn(lab) in _attached(lab, drill.denial, actual))


def broken_keys(drill: Drill, lab: Lab, desired: Parts) -> set[tuple[str, str]]:
    """Return the keys of what differs in a drill, of all that should exist."""
    broken = states(drill, lab, desired)[-1]
    return {each.key for each in desired if each not in broken}


def policy_arn(lab: Lab) -> str:
    """Return the ARN of the policy that a drill makes."""
    return lab.arn("iam", f"policy/{lab.name(POLICY)}")


def _attached(lab: Lab, denial: Denial, actual: Actual) -> tuple[str, ...]:
    return getattr(actual.resources.get(("role", lab.name(denial.role))), "attached", ())


def _changed(lab: Lab, desired: Parts, changes: tuple[Change, ...]) -> Parts:
    return reduce(lambda parts, change: change(lab, parts), changes, desired)


def _deployment(parts: Parts, desired: Parts) -> Deployment:
    """Return the deployment of what is served: the desired one, if that is what it should be."""
    served, wanted = ([each for each in some if isinstance(each, SERVED)] for some in (parts, desired))
    if served == wanted:
        return next(each for each in desired if isinstance(each, Deployment))
    return Deployment(name=digest(*served))


def _serving(parts: Parts, deployment: Deployment) -> Parts:
    """Return the same parts with this deployment, and stages that serve it."""

    def deployed(each: Resource) -> Resource:
        if isinstance(each, Deployment):
            return deployment
        return replace(each, deployment=deployment.name) if isinstance(each, Stage) else each

    return tuple(map(deployed, parts))
