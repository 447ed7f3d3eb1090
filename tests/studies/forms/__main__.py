"""Lets each field of each answer come in each form that nobody expects; see --help."""

import argparse
import os
import random
import sys
from collections import Counter
from collections.abc import Sequence
from functools import cache, partial
from multiprocessing import get_context

from tests.studies.forked import forked
from tests.studies.forms.trials import RUNS, Standing, heard, judge
from tests.studies.forms.warps import Warp
from tests.support.plane.embedded import Embedded
from wschat.local.environment import clean_environment

LONGEST_S = 60
"""Seconds of a core that a case may take, however busy the machine is."""
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
    """Return what is to be tried: each form of each answer that a command gets and that is not alike."""
    found = list[tuple[str, Warp]]()
    for run in given.run or RUNS:
        forms = [each for each in heard_by(run) if str(each).startswith(given.only)]
        chosen = random.Random(0).sample(forms, min(given.sample, len(forms))) if given.sample else forms  # noqa: S311
        found += [(run, each) for each in UNLIKE.get(run, list)(chosen)]
    return found


@cache
def heard_by(run: str) -> list[Warp]:
    return forked(partial(heard, STANDING[0], run), LONGEST_S)


@cache
def told_by_status(warp: Warp) -> list[str]:
    return forked(lambda: STANDING[0].run("status", warp).differs, LONGEST_S)


def in_what_they_tell(forms: list[Warp]) -> list[Warp]:
    """Return, of the forms of one field by which status tells the same, the first; none if that is nothing.

    Who changes something reads that as status does, and does what it tells; what status does not read is
    tried whole.
    """
    read, found = {*heard_by("status")}, dict[object, Warp]()
    for each in forms:
        if each not in read:
            found[each] = each
        elif differs := told_by_status(each):
            found.setdefault((each.operation, each.path, *differs), each)
    return list(found.values())


def in_lists(forms: list[Warp]) -> list[Warp]:
    """Return the forms of lists of the whole account: each lab is read as status reads it."""
    read = {*heard_by("status")}
    return [each for each in forms if each not in read or each.operation in LISTS]


UNLIKE = {"provision": in_what_they_tell, "teardown": in_what_they_tell, "find": in_lists}
LISTS = {"GetApis", "DescribeLogGroups"}
"""What is read of one lab as well."""


def attempt(case: tuple[str, Warp]) -> tuple[str, list[str]]:
    """Try one case; return its command, and what must not be."""
    run, warp = case
    try:
        found = forked(partial(judge, STANDING[0], run, warp), LONGEST_S)
    except EOFError:
        found = [f"it does not end within {LONGEST_S} s of a core"]
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
            if (number := tried.total()) % 500 == 0:
                print(f"{number} of {len(wanted)}", flush=True)
    for run, number in tried.items():
        print(f"{run}: {number} answers in another form")
    print(f"{sum(tried.values())} cases, {len(failed)} of them did not hold")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
