"""Lets each field of each answer come in each form that nobody expects; see --help."""

import argparse
import os
import pickle
import random
import signal
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing import get_context
from typing import TypeVar

from tests.studies.forms.trials import RUNS, Standing, heard, judge
from tests.studies.forms.warps import Warp
from tests.support.plane.embedded import Embedded
from wschat.local.environment import clean_environment

T = TypeVar("T")
LONGEST_S = 120
STANDING = list[Standing]()
"""The account, of which each trial has a copy: so none is met by what another one left, nor by its memory."""


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.studies.forms",
        description="Let each field of each answer of AWS be missing, of another type, or written otherwise;"
        " see that no command breaks, says what is not so, or changes what is somebody else's.",
        epilog="It ends with 0 if all cases hold, else with 1.",
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="cases at a time")
    parser.add_argument("--run", action="append", choices=RUNS, help="this command alone; may be given often")
    parser.add_argument("--sample", type=int, help="so many cases of each command, always the same")
    parser.add_argument("--only", default="", help="cases whose name begins so")
    return parser.parse_args(arguments)


def cases(given: argparse.Namespace) -> list[tuple[str, Warp]]:
    """Return what is to be tried: each form of each answer that a command gets, or a sample."""
    found = list[tuple[str, Warp]]()
    for run in given.run or RUNS:
        forms = [
            each for each in forked(partial(heard, STANDING[0], run)) if str(each).startswith(given.only)
        ]
        chosen = random.Random(0).sample(forms, min(given.sample, len(forms))) if given.sample else forms  # noqa: S311
        found += [(run, each) for each in (unlike(chosen) if run == "provision" else chosen)]
    return found


def unlike(forms: Sequence[Warp]) -> list[Warp]:
    """Return, of the forms of one field by which status tells the same, the first; none if that is nothing.

    Provision reads what status reads, and does what that tells.
    """
    found = dict[tuple[object, ...], Warp]()
    for each in forms:
        if differs := forked(partial(told_by_status, each)):
            found.setdefault((each.operation, each.path, *differs), each)
    return list(found.values())


def told_by_status(warp: Warp) -> list[str]:
    return STANDING[0].run("status", warp).differs


def forked(work: Callable[[], T]) -> T:
    """Do something in a copy of this process, which is forgotten; return what it returns.

    Raises:
        EOFError: the copy died, or did not end within `LONGEST_S`.
    """
    read, write = os.pipe()
    if child := os.fork():
        os.close(write)
        try:
            with os.fdopen(read, "rb") as pipe:
                told: T = pickle.load(pipe)  # noqa: S301  our own
        finally:
            os.waitpid(child, 0)
        return told
    signal.alarm(LONGEST_S)
    with os.fdopen(write, "wb") as pipe:
        pickle.dump(work(), pipe)
    os._exit(0)


def attempt(case: tuple[str, Warp]) -> tuple[str, list[str]]:
    """Try one case; return its command, and what must not be."""
    run, warp = case
    try:
        found = forked(partial(judge, STANDING[0], run, warp))
    except EOFError:
        found = [f"it does not end within {LONGEST_S} s"]
    return run, [f"{run} with {warp}: {problem}" for problem in found]


def main() -> int:
    given = options()
    os.environ.update(clean_environment())
    ministack = Embedded()
    ministack.empty()
    STANDING.append(Standing(ministack))
    tried, failed = Counter[str](), list[str]()
    wanted = cases(given)
    with get_context("fork").Pool(given.jobs) as pool:
        for run, problems in pool.imap_unordered(attempt, wanted):
            tried[run] += 1
            failed += problems
            print(*problems, sep="\n", end="\n" if problems else "", flush=True)
    for run, number in tried.items():
        print(f"{run}: {number} answers in another form")
    print(f"{sum(tried.values())} cases, {len(failed)} of them did not hold")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
