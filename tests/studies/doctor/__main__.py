"""`python -m tests.studies.doctor` breaks one thing after the other, and prints what doctor says first.

Words behind it choose: the names of groups, or parts of the names of cases. `--write` writes the table, but
for the pairs, into wschat/doctor/README.md. It fails where less than 95 of 100 are named first, or of pairs
less than 4 of 5.
"""

import re
import sys
from collections.abc import Iterator, Sequence

from tests.documents import ROOT, show, table
from tests.studies.doctor.case import Break, Case, Places, tried
from tests.studies.doctor.groups import groups
from wschat.doctor.findings import Finding

HEADS = ("case", "doctor says first", "right")
WRITE, README = "--write", ROOT / "wschat/doctor/README.md"
PAIRS = "pairs"
YES, NO = "yes", "**no**"


def main() -> int:
    """Print the table, row by row, and the counts; return the exit code."""
    asked, known = [each for each in sys.argv[1:] if each != WRITE], groups()
    chosen = [
        (group, case)
        for group, cases in known.items()
        for case in cases
        if not asked or group in asked or any(each in case.name for each in asked if each not in known)
    ]
    with Places() as places:
        rows = show(("group", *HEADS), _rows(places, chosen))
    if WRITE in sys.argv:
        before, head, rest = README.read_text().partition(table(("group", *HEADS), []))
        assert head, "no place for the table"
        singles = [row for row in rows if row[0] != PAIRS]
        README.write_text(before + table(("group", *HEADS), singles) + re.sub(r"\A(\n\|.*)*", "", rest))
    failed = False
    for group in dict.fromkeys(group for group, _ in chosen):
        right = [row[-1] == YES for row in rows if row[0] == group]
        print(f"{group}: {sum(right)} of {len(right)}")
        failed |= sum(right) < len(right) * (0.8 if group == PAIRS else 0.95)
    return int(failed)


def _rows(places: Places, chosen: Sequence[tuple[str, Case]]) -> Iterator[tuple[str, ...]]:
    known = dict[Break, tuple[Finding, ...]]()
    for group, case in chosen:
        found = known[case.broken] = known.get(case.broken) or tried(places, case)
        told = ", ".join(each.cause.name for each in (found if case.pair else found[:1]))
        right = YES if case.held(found) else f"{NO}: {', '.join(case.expects)}"
        yield group, case.name, told or "nothing", right


if __name__ == "__main__":
    sys.exit(main())
