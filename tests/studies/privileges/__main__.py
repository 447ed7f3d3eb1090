"""`python -m tests.studies.privileges` takes each action away in turn, and prints what fails without it.

`functions` or `person` behind it does only the seven functions' policies, or only a person's.
"""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tests.documents import show
from tests.studies.privileges import grants
from tests.studies.privileges.desk import Desk, at_desk
from tests.studies.privileges.errands import ERRANDS, proofs_of_a_person
from tests.studies.privileges.grants import Grant
from tests.studies.privileges.rooms import Rooms, open_rooms
from tests.studies.privileges.scenarios import SCENARIOS, proofs_of_functions
from tests.support.emulator import account_in_emulator, emulator
from wschat.local.environment import clean_environment

NOTHING, PROVED = "**nothing**", "proved"
UNVERIFIED = "not verified: the control plane does not ask for it"


def prove(
    place: Rooms | Desk, acts: Iterable[Any], proofs: Mapping[Grant, Any], granted: Iterable[Grant]
) -> Iterator[tuple[Grant, str]]:
    """Run all acts; then yield for each grant the name of the act that fails without it."""
    for act in acts:
        place.run(act)
    for grant in granted:
        proof = proofs.get(grant)
        yield grant, proof.name if proof and place.fails(proof, grant) else NOTHING


def prove_functions() -> Iterator[list[str]]:
    """Yield a row for each action of the seven functions' policies."""
    with account_in_emulator(prefix="proof-") as (cloud, root), open_rooms(cloud, root) as rooms:
        granted = grants.of_functions(cloud.lab)
        for grant, name in prove(rooms, SCENARIOS, proofs_of_functions(cloud.lab), granted):
            on = grant.on.split(":", 5)[5].removeprefix("table/proof-")
            yield [grant.whose, grant.action, on, name]


def prove_person() -> Iterator[list[str]]:
    """Yield a row for each action of a person's policy."""
    unverified = grants.of_a_person(verified=False)
    with emulator() as place, at_desk(place) as desk:
        for grant, name in prove(desk, ERRANDS, proofs_of_a_person(), grants.of_a_person()):
            yield [grant.action, grant.on, UNVERIFIED if name == NOTHING and grant in unverified else name]


PROOFS = {
    "functions": (["function", "action", "on", "without it fails"], prove_functions, len(SCENARIOS)),
    "person": (["action", "on", "without it fails"], prove_person, len(ERRANDS)),
}


def main(wanted: Iterable[str]) -> bool:
    """Print the tables; tell whether every action is needed."""
    os.environ |= clean_environment()  # nothing of AWS's settings
    is_needed = True
    for name in wanted:
        heads, prove, number = PROOFS[name]
        start = time.monotonic()
        ends = [row[-1] if row[-1] in {NOTHING, UNVERIFIED} else PROVED for row in show(heads, prove())]
        found = Counter(ends)
        is_needed = is_needed and not found[NOTHING]
        told = f"{number} scenarios work with the whole policies. Without any one of {found[PROVED]} actions"
        took = f"{time.monotonic() - start:.0f} s"
        print(f"\n{told} one fails; {found[UNVERIFIED]} not verified ({took}).\n")
    return is_needed


if __name__ == "__main__":
    sys.exit(not main(sys.argv[1:] or PROOFS))
