"""Tries all cases, or some; see --help. What was tried is kept, and a later sweep goes on from it."""

import argparse
import hashlib
import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path

from tests.documents import ROOT, table
from tests.studies.sweep.cases import Case, Reference, cases, reference, sample
from tests.studies.sweep.trials import Result, attempt
from tests.support.plane.embedded import Embedded
from wschat.local.environment import clean_environment

ALONE = "python -m tests.studies.sweep --case {}"
SOURCES = ("wschat", "tests/support", "tests/studies")
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
    for path in sorted(path for source in SOURCES for path in (ROOT / source).rglob("*.py")):
        found.update(path.read_bytes())
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


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.studies.sweep",
        description="Let each call of a provision and of a teardown fail, in each way that calls fail;"
        " then, in one copy of the account, provision again, and in another tear down.",
        epilog="It ends with 0 if all cases hold, 1 if one does not, 130 if it was stopped.",
    )
    jobs = os.cpu_count() or 1
    parser.add_argument("--jobs", type=int, default=jobs, help="cases at a time (default: %(default)s)")
    parser.add_argument(
        "--results", type=Path, default=Path(".sweep.jsonl"), help="where a stopped sweep goes on"
    )
    parser.add_argument("--sample", type=int, help="so many cases, chosen by chance")
    today = datetime.now(UTC).date().toordinal()
    parser.add_argument("--seed", type=int, default=today, help="of that chance (default: another each day)")
    parser.add_argument("--case", action="append", type=Case.read, help="this one alone; may be given often")
    return parser.parse_args(arguments)


def chosen(given: argparse.Namespace, known: Reference) -> list[Case]:
    """Return the cases that are asked for."""
    everything = list(cases(known))
    if unknown := [str(case) for case in given.case or () if case not in everything]:
        sys.exit(f"There is no case {', '.join(unknown)}: no such call, or it can't fail in this way.")
    if given.case:
        return list(given.case)
    return sample(everything, given.sample, given.seed) if given.sample else everything


def main() -> int:
    given, start = options(), time.monotonic()
    os.environ.update(clean_environment())
    known = reference(Embedded())
    wanted = chosen(given, known)
    results = Results(Path(os.devnull) if given.case else given.results)
    missing = [case for case in wanted if str(case) not in results.by_case]
    print(f"{len(wanted)} cases, {len(missing)} of them to be tried.", flush=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        try_all(known, missing, given.jobs, results)
    except KeyboardInterrupt:
        print("Stopped: the same command goes on from here.", flush=True)
        return 130
    tried = [results.by_case[str(case)] for case in wanted]
    print(f"\n{by_fault(tried)}\n\n{time.monotonic() - start:.0f} s")
    return tell_what_did_not_hold(tried)


def try_all(known: Reference, missing: list[Case], jobs: int, results: Results) -> None:
    """Try cases, so many at a time; keep each result, and tell what did not hold, and how far it has come."""
    with get_context("fork").Pool(jobs, _begin) as pool:
        for number, result in enumerate(pool.imap_unordered(partial(attempt, known), missing), 1):
            results.add(result)
            if result.wrong:
                print(f"{result.case}: {result.wrong[0].splitlines()[-1]}", flush=True)
            if number % 50 == 0:
                print(f"{number} of {len(missing)}", flush=True)


def _begin() -> None:
    """Let Ctrl-C, and a plain kill, end the process that asked for this one, and that one this."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def tell_what_did_not_hold(results: Iterable[Result]) -> int:
    failed = [result for result in results if result.wrong]
    for result in failed:
        print(f"\n{ALONE.format(result.case)}    # {result.call}")
        for problem in result.wrong:
            print(f"    {problem}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
