"""All cases, by what they are of."""

from tests.studies.doctor import faults
from tests.studies.doctor.case import Case
from tests.studies.doctor.drift import drift
from tests.studies.doctor.drills import drills, pairs
from tests.studies.doctor.reports import reports


def singles() -> dict[str, tuple[Case, ...]]:
    """Return the cases of one fault; what people report is broken as cases of the other groups are."""
    found = {
        "drills": (*drills(),),
        "changed by hand": (*drift(),),
        "handshakes": faults.HANDSHAKES,
        "addresses": faults.ADDRESSES,
        "answers": faults.ANSWERS,
        "code": faults.CODE,
        "account": faults.IN_ACCOUNT,
    }
    cases = {case.name: case for group in found.values() for case in group}
    return {**found, "reported": (*reports(cases),)}


def groups() -> dict[str, tuple[Case, ...]]:
    """Return all cases, with those of two faults: to find these takes seconds."""
    return {**singles(), "pairs": (*pairs(),)}
