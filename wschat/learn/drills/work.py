"""Break one thing in a lab, tell whether that is mended, and end the drill.

A tag of the API holds the drill's number from before the first change until after the last one; so wherever
a run was ended, it is known that there is a drill, and mending starts from what exists.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial

from wschat.errors import AccessError, AwsError, ConnectError, UsageError, WschatError
from wschat.lab import engine, inventory
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.errors import translated
from wschat.lab.aws.websocket_api import Api, tag_resource
from wschat.lab.blueprint import CLIENTS
from wschat.lab.executor import execute
from wschat.lab.model.actual import Actual
from wschat.lab.plan import Step, Verb, changes, checked, steps_to
from wschat.learn.drills import denial
from wschat.learn.drills.catalogue import DRILLS
from wschat.learn.drills.drill import Drill, Parts
from wschat.learn.drills.states import broken_keys, is_as_broken, states

TAG, DONE = "wschat:drill", "wschat:drills"
"""Tags of the API: the drill that it is in, with how many hints were given, or nothing; and those done."""
MEND = "`wschat learn drill --mend` mends it"


@dataclass(frozen=True)
class Running:
    """The drill that a lab is in, and how many of its hints were given."""

    drill: Drill
    hints: int = 0


def running(actual: Actual) -> Running | None:
    """Return the drill that a lab is in, by its API's tag; None for one that nobody knows here."""
    number, _, hints = _tags(actual).get(TAG, "").partition(" ")
    found = (each for each in DRILLS if str(each.number) == number)
    return next((Running(each, int(hints) if hints in {"1", "2", "3"} else 0) for each in found), None)


def done(actual: Actual) -> set[int]:
    """Return the numbers of the drills that were found in this lab."""
    return {int(each) for each in _tags(actual).get(DONE, "").split() if each.isdecimal()}


def named(name: str) -> Drill:
    """Return the drill of a name or number.

    Raises:
        UsageError: there is none.
    """
    for each in DRILLS:
        if name in {each.name, str(each.number)}:
            return each
    raise UsageError(f"there is no drill {name!r}", hint="`wschat learn drill --list` lists them")


def any_order(actual: Actual, chance: Callable[[], float]) -> list[Drill]:
    """Return all drills in an order of chance, those not done yet first; `chance` is from 0 to 1."""
    found = done(actual)
    return sorted(DRILLS, key=lambda drill: (drill.number in found, chance()))


def check_ready(steps: Iterable[Step], actual: Actual) -> None:
    """Check that a lab is all as it should be, so that one thing alone is wrong after it was broken.

    Raises:
        UsageError: it is in a drill already, or not as it should be.
    """
    if drill := running(actual):
        hint = f"`wschat learn check` tells whether it is mended; {MEND}"
        raise UsageError(f"the lab is in a drill already: {drill.drill.name}", hint=hint)
    if not actual.resources:
        raise UsageError(
            "there is no lab here", hint="`wschat provision` makes it; or learn drills with --local"
        )
    if [*steps] or actual.unmanaged or actual.unknown:
        hint = "`wschat status` shows how; `wschat provision` makes it so"
        raise UsageError("a drill needs a lab in which all is as it should be", hint=hint)


def connected(cloud: Cloud) -> int | None:
    """Return how many connections the lab's table has, beside names and the list of rooms.

    None if nobody lets one see that.
    """
    what = "who is connected"
    scan = partial(
        cloud.dynamodb.scan,
        TableName=cloud.lab.name(CLIENTS),
        Select="COUNT",
        FilterExpression="attribute_exists(#connected)",
        ExpressionAttributeNames={"#connected": "connected"},
    )
    with translated(what):
        (found,) = cloud.clock.run_all([partial(cloud.ask, what, scan)])
    count = found and found["Count"]
    return count if isinstance(count, int) else None


def begin(cloud: Cloud, actual: Actual, drill: Drill) -> None:
    """Break what a drill is about.

    Raises:
        UsageError: this lab has nothing that it could break.
        AccessError: the account does not let one; all is as it was.
        WschatError: a call failed; `mend` goes on from there.
        Stopped: the person asked to stop; likewise.
    """
    cloud, desired = engine.as_chosen(cloud, actual), engine.desired(cloud.lab, actual)
    ways = states(drill, cloud.lab, desired)
    _mark(cloud, actual, {TAG: str(drill.number)})
    try:
        for parts in ways:
            actual = _become(cloud, parts, actual)
        if drill.denial:
            _do(cloud, "the drill's policy", partial(denial.make, cloud, drill.denial))
    except AccessError:
        try:
            mend(cloud, _after(cloud, (), actual))
        except AccessError as error:
            raise AwsError(error.what, where=error.where, hint=f"the lab is in a drill: {MEND}") from error
        raise


def mend(cloud: Cloud, actual: Actual) -> None:
    """Make all as it should be, and end the drill; it goes on from whatever there is."""
    cloud, desired = engine.as_chosen(cloud, actual), engine.desired(cloud.lab, actual)
    finish(cloud, _become(cloud, desired, undone(cloud, actual)))


def give_hint(cloud: Cloud, actual: Actual, drill: Running) -> Running:
    """Return the drill with one more hint, if there is one."""
    more = replace(drill, hints=min(drill.hints + 1, len(drill.drill.hints)))
    if more != drill:
        _mark(cloud, actual, {TAG: f"{drill.drill.number} {more.hints}"})
    return more


def why_not_mended(cloud: Cloud, actual: Actual, drill: Drill, try_it: Callable[[], object]) -> str | None:
    """Tell what is still wrong, without a word of why; None if all works.

    It is as it was broken, or else a trial of the lab, which raises WschatError, tells.
    """
    if is_as_broken(drill, cloud.lab, engine.desired(cloud.lab, actual), actual):
        return "what was broken is still so"
    return failure(try_it)


def failure(try_it: Callable[[], object]) -> str | None:
    """Try a lab; return what goes wrong and where, without a word of why; None if all works."""
    try:
        try_it()
    except WschatError as error:
        return error.what if isinstance(error, ConnectError) else f"{error.where}: {error.what}"
    return None


def undone(cloud: Cloud, actual: Actual) -> Actual:
    """Take away what provision can't mend of a drill, if there is one; return what exists then."""
    drill, fixed = running(actual), list[Step]()
    if drill:
        desired = engine.desired(cloud.lab, actual)
        broken = broken_keys(drill.drill, cloud.lab, desired)
        steps = (each for each in steps_to(desired, actual) if each.fixed and each.resource.key in broken)
        fixed = [Step(Verb.DELETE, each.found) for each in steps if each.found]
    if not drill or not (fixed or drill.drill.denial):
        return actual
    clear_policy(cloud, actual)
    return _after(cloud, fixed, actual)


def clear_policy(cloud: Cloud, actual: Actual) -> None:
    """Remove the policy that a drill made, if there is such a drill."""
    drill = running(actual)
    if drill and drill.drill.denial:
        _do(cloud, "the drill's policy", partial(denial.remove, cloud, drill.drill.denial))


def finish(cloud: Cloud, actual: Actual, *, found: bool = False) -> Drill | None:
    """End the drill of a lab that is mended, if there is one, and return it; keep that it was `found`."""
    drill = running(actual)
    if not drill:
        return None
    clear_policy(cloud, actual)
    number = {drill.drill.number} if found else set[int]()
    _mark(cloud, actual, {TAG: "", DONE: " ".join(map(str, sorted(done(actual) | number)))})
    return drill.drill


def _tags(actual: Actual) -> dict[str, str]:
    return next((dict(each.labels) for each in actual.resources.values() if isinstance(each, Api)), {})


def _mark(cloud: Cloud, actual: Actual, tags: dict[str, str]) -> None:
    here = replace(cloud, ids=dict(actual.ids))
    _do(cloud, "the drill's tag", partial(tag_resource, here, f"/apis/{here.api_id}", tags))


def _do(cloud: Cloud, where: str, call: Callable[[], None]) -> None:
    with translated(where):
        cloud.clock.run_all([call])


def _become(cloud: Cloud, parts: Parts, actual: Actual) -> Actual:
    """Make a lab what it is to be in a drill, or should be; return what exists then.

    Raises:
        AwsError: it is still something else, as if somebody else were at work.
    """
    for _ in range(engine.ROUNDS):
        plan = changes(steps_to(parts, actual))
        if not plan:
            return actual
        actual = _after(cloud, checked(plan, parts), actual)
    if changes(steps_to(parts, actual)):
        raise AwsError("the lab is changed by somebody else meanwhile", where="drill", hint=MEND)
    return actual


def _after(cloud: Cloud, plan: Iterable[Step], actual: Actual) -> Actual:
    """Carry out a plan; return what exists then, when AWS shows it."""
    for _ in execute(cloud, plan, actual):
        pass
    if cloud.pacing.read_lag:
        cloud.pause(cloud.pacing.read_lag, "AWS may not show yet what was changed")
    return inventory.look(cloud)
