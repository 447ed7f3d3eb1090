"""The file of results, which a later sweep goes on from, and the table that it makes."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from tests.sweep.cases import Case
from tests.sweep.trials import Result

ROOT = Path(__file__).parents[2]
SOURCES = ("wschat/lab", "wschat/functions", "wschat/protocol.py", "tests/plane", "tests/sweep")
"""What the results depend on."""


def digest() -> str:
    """Return what tells one code base from another."""
    found = hashlib.sha256()
    for source in SOURCES:
        path = ROOT / source
        for each in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            found.update(each.read_bytes())
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


def table(results: Iterable[Result]) -> str:
    """Return how many cases of each run and fault there were, how they ended, and how many held."""
    columns = ("cases", "done after retries", "clear error", "held")
    counts: dict[tuple[str, str], list[int]] = {}
    for result in results:
        case = Case.read(result.case)
        clear = result.ended == "told" and not any(each.startswith("unclear") for each in result.wrong)
        row = counts.setdefault((case.run, case.fault), [0] * len(columns))
        for column, counted in enumerate((True, result.ended == "done", clear, not result.wrong)):
            row[column] += counted
    total = [sum(column) for column in zip(*counts.values(), strict=True)] or [0] * len(columns)
    lines: list[tuple[str, ...]] = [("run", "fault", *columns)]
    lines += [(*names, *map(str, row)) for names, row in counts.items()]
    lines += [("all", "", *map(str, total))]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(_row(line, widths) for line in lines)


def _row(line: tuple[str, ...], widths: list[int]) -> str:
    words = [cell.ljust(width) for cell, width in zip(line[:2], widths, strict=False)]
    numbers = [cell.rjust(width) for cell, width in zip(line[2:], widths[2:], strict=True)]
    return "  ".join((*words, *numbers))
