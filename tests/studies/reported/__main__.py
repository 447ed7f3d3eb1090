"""`python -m tests.studies.reported` tries what others reported, and prints how it goes: all but the page."""

import sys

from tests.documents import show
from tests.studies.reported.case import Case
from tests.studies.reported.library import HEADS, HERE


def _tried(case: Case) -> tuple[str, str, str]:
    symptom, where, here = case.row
    try:
        case.check()
    except Exception as error:  # noqa: BLE001  whatever goes wrong is what is asked
        here = f"**goes wrong**: {error!r:.100}"
    return symptom, where, here


if __name__ == "__main__":
    sys.exit(any("**" in here for *_, here in show(HEADS, map(_tried, HERE))))
