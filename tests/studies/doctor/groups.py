"""All cases, by what they are of."""

from collections.abc import Callable, Iterable

from tests.studies.doctor import faults
from tests.studies.doctor.case import Case
from tests.studies.doctor.drift import drift
from tests.studies.doctor.drills import drills, pairs

GROUPS: dict[str, Callable[[], Iterable[Case]]] = {
    "drills": drills,
    "drift": drift,
    "handshakes": lambda: faults.HANDSHAKES,
    "addresses": lambda: faults.ADDRESSES,
    "answers": lambda: faults.ANSWERS,
    "code": lambda: faults.CODE,
    "account": lambda: faults.IN_ACCOUNT,
    "pairs": pairs,
}
