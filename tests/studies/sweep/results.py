"""The file of results, which a later sweep goes on from, and the table that it makes."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from tests.documents import table
from tests.studies.sweep.cases import Case
from tests.studies.sweep.trials import Result

ROOT = Path(__file__).parents[3]
SOURCES = (
    "wschat/lab",
    "wschat/protocol",
    "wschat/errors.py",
    "wschat/retry.py",
    "tests/support/labs.py",
    "tests/support/plane",
    "tests/studies/account.py",
    "tests/studies/sweep",
)
"""What the results depend on: not on what the functions do, nor on the tests of these tests."""
PACKAGES = ("botocore", "ministack")
ALL = ("all", "")
ENDS = {
    "cases": "cases",
    "done": "done after retries",
    "told": "clear error",
    "killed": "killed",
    "held": "held",
}


def digest() -> str:
    """Return what tells one code base from another."""
    found = hashlib.sha256()
    for source in SOURCES:
        path = ROOT / source
        for each in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            if not each.name.startswith(("test_", "conftest")):
                found.update(each.read_bytes())
    for package in PACKAGES:
        found.update(version(package).encode())
    return found.hexdigest()[:16]


class Results:
    """One JSON line for each case, and of which code base it is: results of another one are forgotten."""

    def __init__(self, path: Path) -> None:
        self._path, self._sources = path, digest()
        self.by_case: dict[str, Result] = {}
        for line in path.read_text().splitlines() if path.exists() else ():
            with suppress(ValueError):  # the last line of a sweep that was killed may be half of one
                sources, told = json.loads(line)
                self.by_case |= {told["case"]: Result(**told)} if sources == self._sources else {}

    def add(self, result: Result) -> None:
        self.by_case[result.case] = result
        with self._path.open("a") as file:
            file.write(f"\n{json.dumps([self._sources, asdict(result)])}")


def by_fault(results: Iterable[Result]) -> str:
    """Return how many cases of each run and fault there were, how they ended, and how many held."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for result in results:
        case = Case.read(result.case)
        for names in ((case.run, case.fault), ALL):
            counts.setdefault(names, Counter()).update(
                ["cases", result.ended, *["held"] * (not result.wrong)]
            )
    order = sorted(counts.items(), key=lambda each: each[0] == ALL)
    rows = [(*names, *(str(each[end]) for end in ENDS)) for names, each in order]
    return table(("run", "fault", *ENDS.values()), rows)
