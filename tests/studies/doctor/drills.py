"""Each drill, and pairs of them at once."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from tests.studies.doctor.breaks import drilled
from tests.studies.doctor.case import Case
from wschat.errors import UsageError
from wschat.lab.blueprint import blueprint
from wschat.learn.drills.catalogue import DRILLS
from wschat.learn.drills.drill import Drill
from wschat.learn.drills.states import states
from wschat.learn.resources import PLAIN

CAUSES = {
    "lost-for-words": "no-route",
    "deaf-to-all": "wrong-selection",
    "but-it-is-there": "old-deployment",
    "not-a-word-in-the-log": "no-permission",
    "closed-door": "no-permission",
    "it-is-allowed": "no-permission",
    "left-waiting": "no-route-response",
    "talking-to-oneself": "may-not-post",
    "nobody-home": "posts-elsewhere",
    "bad-gateway": "wrong-environment",
    "it-ran-before": "wrong-key",
    "one-word-more": "denied",
    "not-on-the-list": "signs-by-hand",
    "fine-when-alone": "throttle",
    "may-but-can-not": "reserved-concurrency",
    "my-own-name": "no-route",
    "not-our-lines": "wrong-handler",
    "now-and-then": "integration-timeout",
    "moved-away": "no-stage",
    "wrong-number": "wrong-integration",
}
"""The cause that is broken in each."""


def drills() -> Iterator[Case]:
    """Yield a case for each drill."""
    for drill in DRILLS:
        yield Case(drill.name, (CAUSES[drill.name],), drilled(drill))


def pairs() -> Iterator[Case]:
    """Yield a case for each pair of drills of different causes that can stand together."""
    for one, other in combinations(DRILLS, 2):
        causes = CAUSES[one.name], CAUSES[other.name]
        if causes[0] != causes[1] and (both := at_once(one, other)):
            yield Case(f"{one.name} and {other.name}", causes, drilled(both), pair=True)


def at_once(one: Drill, other: Drill) -> Drill | None:
    """Return a drill that is both; None if one of them takes away what the other breaks."""
    stale, fresh = (other, one) if other.stale else (one, other)
    before = (*stale.by_way_of, *fresh.by_way_of, *(fresh.changes if stale.stale else ()))
    both = replace(
        stale, changes=stale.changes + fresh.changes, by_way_of=before, denial=one.denial or other.denial
    )
    parts = blueprint(PLAIN)
    try:
        together = states(both, PLAIN, parts)[-1]
        alone = [states(each, PLAIN, parts)[-1] for each in (one, other)]
    except UsageError:
        return None
    broken = [{each for each in parts if each not in state and each.kind != "stage"} for state in alone]
    lost = any(each in together for each in broken[0] | broken[1])
    return None if lost else both
