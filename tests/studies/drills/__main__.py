"""`python -m tests.studies.drills` does every drill on the lab of this machine, and prints what was seen.

`account` behind it does them in virtual time, by somebody with the policy of a person and what each drill
says that it needs. Numbers behind that do only those. It fails where a symptom can't be seen, the check is
wrong, something is left, or the chat does not work in the end.
"""

import sys
from collections.abc import Iterator, Sequence

from tests.documents import show
from tests.studies.drills.account import Place
from tests.studies.drills.trial import try_drill
from tests.support.emulator import account_in_emulator
from tests.support.labs import provision
from tests.support.plane.embedded import Embedded
from wschat.learn.drills.catalogue import DRILLS
from wschat.learn.drills.drill import Drill

YES, NO, OVER = "yes", "**no**", "mended"
HEADS = ("drill", "a client sees", "the check says", "mended, it says", "a client sees then", "held")


def main() -> int:
    """Print the table, row by row; return the exit code."""
    asked = {*sys.argv[1:]}
    chosen = [each for each in DRILLS if not asked - {"account"} or str(each.number) in asked]
    if "account" in asked:
        rows = show(("drill", "wrong", "held"), in_account(chosen))
    else:
        rows = show(HEADS, on_this_machine(chosen))
    return int(any(row[-1] != YES for row in rows))


def on_this_machine(drills: Sequence[Drill]) -> Iterator[tuple[str, ...]]:
    """Do drills in a local lab; yield a row for each."""
    with account_in_emulator() as (cloud, _):
        url = provision(cloud)
        for drill in drills:
            trial = try_drill(cloud, url, drill)
            told = trial.symptom, trial.broken or OVER, trial.mended or OVER, trial.works or "it works"
            yield f"{drill.number} {drill.name}", *told, YES if trial.held(drill) else NO


def in_account(drills: Sequence[Drill]) -> Iterator[tuple[str, ...]]:
    """Do drills in an account in virtual time; yield a row for each."""
    place = Place(Embedded())
    for drill in drills:
        wrong = place.try_drill(drill)
        yield f"{drill.number} {drill.name}", wrong, NO if wrong else YES


if __name__ == "__main__":
    sys.exit(main())
