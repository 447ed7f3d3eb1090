"""`python -m tests.studies.drift` changes every attribute by hand, and prints what heals it.

`at-once` behind it tries two runs at once on one lab, begun at once or not.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product

from tests.documents import show
from tests.studies.drift.cases import CASES, FIXED, TAGS_CHANGED
from tests.studies.drift.hand import Case
from tests.studies.drift.house import House, Pair, down
from tests.studies.drift.unset import MENDED, TOLD
from tests.support.labs import provision
from tests.support.plane.backend import Backend
from tests.support.plane.embedded import Embedded
from wschat.errors import WschatError

OFFSETS = (0.0, 0.1, 1.0, 5.0, 12.0)
"""Seconds by which the second run begins later."""
DONE = (0, 8, 25, 45)
"""Steps of the plan that were done before both began."""
SHOWN = 40  # characters of a value
DRIFT = ("resource", "attribute", "should be", "is", "changed by hand with", "healed by")
AT_ONCE = ("begun later by", "steps done before", "two provisions", "a provision and a teardown")


def main() -> None:
    """Print one table, row by row."""
    heads, rows = (AT_ONCE, outcomes) if sys.argv[1:] == ["at-once"] else (DRIFT, drift)
    show(heads, rows(Embedded()))


def drift(ministack: Backend) -> Iterator[tuple[str, ...]]:
    """Go through all cases; yield the rows in their order."""
    house = House(ministack, "x-")
    for case in (*CASES, *MENDED):
        seen, _, calls = house.heal(case)
        unlike = ["**not the smallest change**"] * (tuple(calls) != case.heals)
        pair = seen.differences.get(case.attribute, ("", ""))
        told = ", ".join([*calls, *unlike])
        yield (case.resource, case.attribute, *map(_short, pair), _by_hand(case), told)
    for case in TOLD:
        seen, _, _ = house.tell(case)
        told = f"nothing: {seen.resource.told[case.attribute]}"
        yield (
            case.resource,
            case.attribute,
            *map(_short, seen.differences[case.attribute]),
            _by_hand(case),
            told,
        )
    for number, case in enumerate(FIXED):
        step, error = house.elsewhere(case, f"fixed{number}-")
        pair = step.fixed[case.attribute]
        told = f"nothing: {error.what.rpartition(', and ')[2]}; {error.hint}"
        yield (case.resource, case.attribute, *map(_short, pair), _by_hand(case), told)
    for resource, what in TAGS_CHANGED:
        name, error = house.given_away(resource, what)
        told = f"nothing: {error.what.partition(' has ')[0]} has {name} then; {error.hint}"
        yield (resource, "tags", "managed", "unmanaged", str(what), told)


def outcomes(ministack: Backend) -> Iterator[tuple[str, ...]]:
    """Try every pair of two provisions, and of a provision and a teardown; tell how each ends."""
    today = datetime.now(UTC).date().toordinal()
    for number, (offset, done) in enumerate(product(OFFSETS, DONE), start=today):
        both = Pair(ministack, f"both{number}-", number)
        both.begin(done)
        ended = " and ".join(map(_told, both.run(provision, provision, offset)))
        wrong = ", ".join(both.wrong()) or "one lab"
        other = Pair(ministack, f"other{number}-", number)
        other.begin(done)
        torn = " and ".join(map(_told, other.run(provision, down, offset)))
        other.clock.sleep(5)
        down(other.second)
        yield f"{offset:g} s", str(done), f"{ended}: {wrong}", f"{torn}; torn down again: nothing left"


def _told(outcome: object) -> str:
    if isinstance(outcome, WschatError):
        return f"stopped at {outcome.where}"
    if isinstance(outcome, BaseException):
        raise outcome
    return "done"


def _by_hand(case: Case) -> str:
    return ", ".join(f"{what} on {what.on}" if what.on else str(what) for what in case.by_hand)


def _short(value: object) -> str:
    text = str(value).replace("|", "\\|")
    return f"`{text if len(text) <= SHOWN else text[:SHOWN] + '…'}`" if text else ""


if __name__ == "__main__":
    main()
