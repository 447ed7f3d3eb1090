"""Tries all cases, or some; see --help."""

import argparse
import os
import signal
import sys
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from tests.studies.sweep.cases import PARTS, Case, Reference, cases, reference, sample
from tests.studies.sweep.forks import Copies
from tests.studies.sweep.killing import kill
from tests.studies.sweep.results import Results, by_fault
from tests.studies.sweep.trials import Result, cross
from tests.studies.sweep.world import LAG_S, World
from tests.support.plane.embedded import Embedded
from wschat.local.environment import clean_environment

ALONE = "python -m tests.studies.sweep --case {}"


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
    parser.add_argument("--only", choices=PARTS, help="one part")
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
    found = [case for case in everything if given.only in {None, case.part}]
    return sample(found, given.sample, given.seed) if given.sample else found


def main() -> int:
    given, start = options(), time.monotonic()
    os.environ.update(clean_environment())
    ministack = Embedded()
    known = reference(ministack)
    wanted = chosen(given, known)
    results = Results(Path(os.devnull) if given.case else given.results)
    missing = [case for case in wanted if str(case) not in results.by_case]
    print(f"{len(wanted)} cases, {len(missing)} of them to be tried.", flush=True)
    copies = Copies[Result](given.jobs, Report(results, len(missing)))
    stop_with(copies)
    try_all(ministack, known, missing, copies)
    tried = [results.by_case[str(case)] for case in wanted]
    print(f"\n{by_fault(tried)}\n\n{time.monotonic() - start:.0f} s")
    return tell_what_did_not_hold(tried)


def try_all(ministack: Embedded, known: Reference, missing: list[Case], copies: Copies[Result]) -> None:
    """Try the kills one by one; for all others go through one provision and one teardown."""
    for case in missing:
        if case.kills and copies.begin(str(case)):
            copies.tell(partial(kill, ministack, known, case))
    world = World(ministack)
    for run in ("provision", "teardown"):
        cross(world, run, (case for case in missing if case.part == run), known, copies)
        world.clock.sleep(LAG_S)
    copies.wait()


class Report:
    """Keeps each result, and tells what did not hold, and how far it has come."""

    def __init__(self, results: Results, number: int) -> None:
        self._results, self._number, self._heard = results, number, 0

    def __call__(self, case: str, result: Result | None) -> None:
        self._heard += 1
        result = result or Result(case, wrong=["its process ended before it could tell"])
        self._results.add(result)
        if result.wrong:
            print(f"{result.case}: {result.wrong[0].splitlines()[-1]}", flush=True)
        if self._heard % 50 == 0:
            print(f"{self._heard} of {self._number}", flush=True)


def stop_with(copies: Copies[Result]) -> None:
    """Let Ctrl-C, or a plain kill, end all; what was tried is kept."""

    def stop(*_: object) -> None:
        copies.kill()
        print("Stopped: the same command goes on from here.", flush=True)
        os._exit(130)

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, stop)


def tell_what_did_not_hold(results: Iterable[Result]) -> int:
    failed = [result for result in results if result.wrong]
    for result in failed:
        print(f"\n{ALONE.format(result.case)}    # {result.call}")
        for problem in result.wrong:
            print(f"    {problem}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
