"""What follows a run that fails somewhere: whether the next one makes good."""

import re
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NoReturn

from tests.studies.sweep.account import contents
from tests.studies.sweep.cases import Case, Reference
from tests.studies.sweep.forks import Copies, in_a_copy
from tests.studies.sweep.world import LAG_S, PREFIX, Death, End, World
from tests.support.plane.faults import Fault
from tests.support.plane.wire import Call
from wschat.errors import WschatError
from wschat.lab import engine, inventory
from wschat.lab.aws.websocket_api import API_NAME
from wschat.lab.blueprint import FUNCTIONS, STAGE

ROUTES = {key for spec in FUNCTIONS for key in spec.routes} | {"ping", "$default"}
PLACES = re.compile(
    r"login|looking at what exists|the account's limits"
    r"|(create|update|delete|check) (table|role|policy|log group|function|API|integration|route|permission"
    r"|deployment|stage) \S+"
)
"""What an error may say that it is about: a step, or one of the looks around the steps."""


@dataclass
class Result:
    """What became of a case; `wrong` is why it did not hold."""

    case: str
    call: str = ""
    ended: str = ""
    told: list[list[str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


class Crossing:
    """A run through which this process goes unharmed; at a call, copies of it, each with a case, leave.

    A case is one call that fails in one way, and in some cases all later ones of that operation as well.
    """

    def __init__(self, cases: Iterable[Case], copies: Copies[Result]) -> None:
        self._copies, self.count = copies, 0
        self._cases: dict[int, list[Case]] = {}
        for case in cases:
            self._cases.setdefault(case.call, []).append(case)
        self.case: Case | None = None
        self.caught: Call | None = None

    def __call__(self, call: Call) -> Fault | None:
        if self.case and self.caught:
            return self._again(call, self.case, self.caught)
        self.count += 1
        for case in self._cases.get(self.count, ()):
            if self._copies.begin(str(case)):
                self.case, self.caught = case, call
                return case.kind
        return None

    @staticmethod
    def _again(call: Call, case: Case, caught: Call) -> Fault | None:
        if case.dies:
            raise Death
        return case.kind if case.always and call.operation == caught.operation else None


def cross(world: World, run: str, cases: Iterable[Case], known: Reference, copies: Copies[Result]) -> None:
    """Go through a run, which must be clean; let copies go on with the cases."""
    crossing = Crossing(cases, copies)
    world.plane.on_kill = _die
    ended: End | BaseException
    try:
        ended = world.run(run, crossing)
    except (Death, Exception) as error:  # noqa: BLE001  judged in the copy
        ended = error
    if crossing.case:
        case = crossing.case
        copies.tell(lambda: conclude(world, known, case, ended))
    if isinstance(ended, BaseException):
        raise ended
    ended.must_be_clean()
    assert crossing.count == len(known.calls[run]), "this run was another one"


def _die() -> NoReturn:
    raise Death


def conclude(world: World, known: Reference, case: Case, ended: End | BaseException) -> Result:
    """Judge how a run ended, and make good; whatever happens becomes part of the result."""
    result = Result(str(case), call=str(known.asked(case)))
    try:
        if isinstance(ended, End):
            _judge(ended, case, result)
        elif isinstance(ended, Death):
            result.ended = "killed"
        else:
            result.wrong.append("".join(traceback.format_exception(ended)))
        if case.run == "provision":
            result.wrong += in_a_copy(lambda: _provision_again(world, known))
        if case.run == "provision" or result.ended != "done" or contents():
            result.wrong += _succeed(world, "teardown")
        result.wrong += [f"left: {line}" for line in contents()]
    except Exception:  # noqa: BLE001  what fails in an unknown way did not hold
        result.wrong.append(traceback.format_exc())
    return result


def _judge(end: End, case: Case, result: Result) -> None:
    """See that a run ended with success, or with an error that a person can use."""
    result.ended = "told" if end.told else "done"
    result.told = [[error.where, error.what, error.hint] for error in end.told]
    for error in end.told:
        result.wrong += [f"unclear: {error.where}: {error.what}: {error.hint}"] * (not _clear(error))
    result.wrong += [f"{case.run} ends with this still to do: {step}" for step in end.left]


def _clear(error: WschatError) -> bool:
    return bool(PLACES.fullmatch(error.where) and error.what.strip() and error.hint.strip())


def _provision_again(world: World, known: Reference) -> list[str]:
    """See that another provision succeeds, and that all is then as after a clean run."""
    try:
        found = [*_succeed(world, "provision"), *_compare(world, known)]
        return found or [*_look_again(world)]
    except Exception:  # noqa: BLE001  what fails in an unknown way did not hold
        return [traceback.format_exc()]


def _succeed(world: World, run: str) -> Iterator[str]:
    end = world.run(run)
    yield from (f"the next {run} fails: {error.where}: {error.what}" for error in end.told)
    yield from (f"the next {run} does not do: {step}" for step in end.left)


def _compare(world: World, known: Reference) -> Iterator[str]:
    """See that the account is as after a clean run."""
    found, wanted = Counter(contents(world.url)), Counter(known.lines)
    for line in sorted(found | wanted):
        if extra := found[line] - wanted[line]:
            yield f"{extra:+d} {line}"


def _look_again(world: World) -> Iterator[str]:
    """See that all is served, and that the engine finds all as it should be when the reads no longer lag."""
    world.clock.sleep(LAG_S)
    actual = inventory.look(world.cloud)
    served = world.plane.served(actual.ids["API", f"{PREFIX}{API_NAME}"], STAGE)
    yield from (f"the stage does not serve {key}" for key in sorted(ROUTES - served))
    yield from (f"seen otherwise: {each}" for each in engine.differences(world.cloud, actual))
    yield from (f"seen as a stranger: {each}" for each in actual.unmanaged)
