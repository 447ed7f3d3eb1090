"""The file of results, which a later sweep goes on from, and the table that it makes."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from tests.studies.sweep.cases import Case
from tests.studies.sweep.trials import Result

ROOT = Path(__file__).parents[3]
SOURCES = (
    "wschat/lab",
    "wschat/protocol",
    "wschat/errors.py",
    "tests/support/labs.py",
    "tests/support/plane",
    "tests/studies/sweep",
)
"""What the results depend on: not on what the functions do, nor on the tests of these tests."""
PACKAGES = ("botocore", "ministack")
LEGEND = (
    "Done after retries + ended with a clear error; of kills, their number; after a !, what did not hold."
)


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
    """One JSON line for each case after a header; results of another code base are forgotten."""

    def __init__(self, path: Path) -> None:
        self._path, header = path, json.dumps({"sources": digest()})
        lines = path.read_text().splitlines() if path.exists() else []
        known = lines[1:] if lines[:1] == [header] else []
        self.by_case = {result.case: result for result in _read(known)}
        path.write_text("\n".join((header, *map(_line, self.by_case.values()))) + "\n")

    def add(self, result: Result) -> None:
        self.by_case[result.case] = result
        with self._path.open("a") as file:
            file.write(f"{_line(result)}\n")


def _line(result: Result) -> str:
    return json.dumps(asdict(result))


def _read(lines: Iterable[str]) -> Iterator[Result]:
    """Yield what can be read: the last line of a sweep that was killed may be half of one."""
    for line in lines:
        try:
            yield Result(**json.loads(line))
        except (ValueError, TypeError):
            continue


def by_fault(results: Iterable[Result]) -> str:
    """Return how many cases of each run and fault there were, how they ended, and how many held."""
    counts: dict[tuple[str, ...], Ends] = {}
    for result in results:
        case = Case.read(result.case)
        for names in ((case.run, case.fault), ("all", "")):
            counts.setdefault(names, Ends()).add(result)
    rows = [(*names, *ends.numbers()) for names, ends in counts.items() if names != ("all", "")]
    return _table(
        [("run", "fault", *Ends.NAMES), *rows, ("all", "", *counts.get(("all", ""), Ends()).numbers())]
    )


def by_call(results: Iterable[Result]) -> str:
    """Return the same for each kind of call and fault, in short."""
    counts: dict[tuple[str, ...], dict[str, Ends]] = {}
    faults: dict[str, None] = {}
    for result in results:
        case = Case.read(result.case)
        faults[case.fault] = None
        row = counts.setdefault((case.run, result.call.partition(" ")[0]), {})
        row.setdefault(case.fault, Ends()).add(result)
    heads = ("run", "call", *(fault.lower().replace("_", "-") for fault in faults))
    rows = [
        (*names, *(row[each].short() if each in row else "" for each in faults))
        for names, row in counts.items()
    ]
    return f"{_table([heads, *rows])}\n{LEGEND}"


@dataclass
class Ends:
    """How cases ended."""

    cases: int = 0
    done: int = 0
    told: int = 0
    killed: int = 0
    held: int = 0

    NAMES = ("cases", "done after retries", "clear error", "killed", "held")

    def add(self, result: Result) -> None:
        clear = not any(each.startswith("unclear") for each in result.wrong)
        self.cases += 1
        self.done += result.ended == "done"
        self.told += result.ended == "told" and clear
        self.killed += result.ended == "killed"
        self.held += not result.wrong

    def numbers(self) -> tuple[str, ...]:
        return tuple(map(str, (self.cases, self.done, self.told, self.killed, self.held)))

    def short(self) -> str:
        ended = str(self.killed) if self.killed else f"{self.done}+{self.told}"
        return ended if self.held == self.cases else f"{ended} !{self.cases - self.held}"


def _table(lines: list[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(_row(line, widths) for line in lines)


def _row(line: tuple[str, ...], widths: list[int]) -> str:
    words = [cell.ljust(width) for cell, width in zip(line[:2], widths, strict=False)]
    numbers = [cell.rjust(width) for cell, width in zip(line[2:], widths[2:], strict=True)]
    return "  ".join((*words, *numbers))
