"""Tries all cases, or some, in several processes, each with a MiniStack of its own; see --help."""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from tests.sweep.cases import Case, Reference, cases, sample
from tests.sweep.results import Results, table
from tests.sweep.trials import Result
from tests.sweep.worker import Worker

ALONE = "python -m tests.sweep --case {}"


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.sweep",
        description="Let each call of a provision and of a teardown fail, in each way that calls fail;"
        " then provision again, and, in another account, tear down.",
    )
    parser.add_argument("--workers", type=int, default=2, help="processes (default: %(default)s)")
    parser.add_argument(
        "--results", type=Path, default=Path(".sweep.jsonl"), help="where a stopped sweep goes on"
    )
    parser.add_argument("--only", choices=["provision", "teardown", "kill"], help="one part")
    parser.add_argument("--sample", type=int, help="so many cases, chosen by chance")
    parser.add_argument("--seed", type=int, default=0, help="of that chance (default: %(default)s)")
    parser.add_argument("--case", action="append", type=Case.read, help="this one alone; may be given often")
    return parser.parse_args(arguments)


def chosen(given: argparse.Namespace, known: Reference) -> list[Case]:
    """Return the cases that are asked for."""
    if given.case:
        return list(given.case)
    found = [case for case in cases(known) if given.only in {None, "kill" if case.kills else case.run}]
    return sample(found, given.sample, given.seed) if given.sample else found


def main() -> int:
    given, start = options(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sweep") as directory:
        pool = ProcessPoolExecutor(given.workers, get_context("spawn"), Worker.start, (directory,))
        try:
            wanted = chosen(given, pool.submit(Worker.reference).result())
            results = Results(Path(os.devnull) if given.case else given.results)
            missing = [case for case in wanted if str(case) not in results.by_case]
            print(f"{len(wanted)} cases, {len(missing)} of them to be tried.", flush=True)
            _try({pool.submit(Worker.attempt, case) for case in missing}, results)
        except KeyboardInterrupt:
            print("Stopped: the same command goes on from here.")
            return 130
        finally:
            pool.shutdown(cancel_futures=True)
    tried = [results.by_case[str(case)] for case in wanted]
    print(table(tried), f"\n{time.monotonic() - start:.0f} s")
    return _tell_what_did_not_hold(tried)


def _try(futures: set[Future[Result]], results: Results) -> None:
    for number, future in enumerate(as_completed(futures), 1):
        result = future.result()
        results.add(result)
        if result.wrong:
            print(f"{result.case}: {result.wrong[0].splitlines()[-1]}", flush=True)
        if number % 50 == 0:
            print(f"{number} of {len(futures)}", flush=True)


def _tell_what_did_not_hold(results: Iterable[Result]) -> int:
    failed = [result for result in results if result.wrong]
    for result in failed:
        print(f"\n{ALONE.format(result.case)}    # {result.call}")
        for problem in result.wrong:
            print(f"    {problem}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
