"""What follows a run that fails somewhere: whether the next one makes good."""

import re
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import NoReturn

from tests.studies.forked import forked
from tests.studies.sweep.cases import ALWAYS, Case, Reference, ask
from tests.studies.sweep.killing import KillWorld
from tests.studies.sweep.world import LAG_S, PREFIX, Death, End, World, contents
from tests.support.plane.embedded import Embedded
from tests.support.plane.faults import Fault
from tests.support.plane.wire import Call
from wschat.errors import WschatError
from wschat.lab import engine, inventory
from wschat.lab.aws.websocket_api import API_NAME
from wschat.lab.blueprint import FUNCTIONS, STAGE

LONGEST_S = 60
"""Seconds of a core that a case may take."""
SERVED_S = 90.0
"""Seconds after which an update is served everywhere."""
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
    wrong: list[str] = field(default_factory=list)


class Failing:
    """Lets the call of a case fail, and in some cases all later ones of that operation as well."""

    def __init__(self, case: Case) -> None:
        self._case, self.count = case, 0
        self.caught: Call | None = None

    def __call__(self, call: Call) -> Fault | None:
        self.count += 1
        if self.count < self._case.call:
            return None
        if self.caught is None:
            self.caught = call
            return self._case.kind
        if self._case.dies:
            raise Death
        return (
            self._case.kind
            if self._case.fault in ALWAYS and call.operation == self.caught.operation
            else None
        )


def attempt(known: Reference, case: Case) -> Result:
    """Try a case in a copy of a world; whatever happens becomes part of the result."""
    world = _before(case.run, kills=case.kills)
    try:
        return forked(partial(_attempt, world, known, case), LONGEST_S)
    except EOFError:
        return Result(str(case), str(known.asked(case)), wrong=[f"it died, or takes more than {LONGEST_S} s"])


@lru_cache(maxsize=1)
def _before(run: str, *, kills: bool) -> World:
    """Return a world in which a run can begin; it lasts until the next one: a process has one account."""
    ministack = Embedded()
    ministack.empty()
    world = KillWorld(ministack) if kills else World(ministack)
    if run == "teardown":
        world.run("provision").must_be_clean()
        world.clock.sleep(LAG_S)
    return world


def _attempt(world: World, known: Reference, case: Case) -> Result:
    """Let a run fail, and go on from there in each way, in a copy of the world."""
    result = Result(str(case), call=str(known.asked(case)))
    try:
        ended = _fail(world, case, known)
        _judge(ended, case, result)
        if case.run == "provision":
            result.wrong += forked(partial(_provision_again, world, known), LONGEST_S)
        result.wrong += _tear_down(world)
    except (Exception, Death):  # noqa: BLE001  what fails in an unknown way did not hold
        result.wrong.append(traceback.format_exc())
    return result


def _fail(world: World, case: Case, known: Reference) -> End | Death:
    """Let a run fail; return how it ended."""
    if isinstance(world, KillWorld):
        world.kill(case, known)
        return Death()
    failing = Failing(case)
    ended: End | Death
    world.plane.on_kill = die
    try:
        ended = world.run(case.run, failing)
    except Death as death:
        ended = death
    assert failing.caught, "this run was another one"
    assert str(ask(world.plane, failing.caught)) == str(known.asked(case)), "this run was another one"
    return ended


def die() -> NoReturn:
    """Let the process of a run be gone."""
    raise Death


def _judge(end: End | Death, case: Case, result: Result) -> None:
    """See that a run ended with success, or with an error that a person can use, if it was not killed."""
    if isinstance(end, Death):
        result.ended = "killed"
        return
    unclear = [error for error in end.told if not _clear(error)]
    result.ended = "" if unclear else "told" if end.told else "done"
    result.wrong += [f"unclear: {error.where}: {error.what}: {error.hint}" for error in unclear]
    result.wrong += [f"{case.run} ends with this still to do: {step}" for step in end.left]


def _clear(error: WschatError) -> bool:
    return bool(PLACES.fullmatch(error.where) and error.what.strip() and error.hint.strip())


def _provision_again(world: World, known: Reference) -> list[str]:
    """See that another provision succeeds, and that all is then as after a clean run."""
    found = [*_succeed(world, "provision"), *_compare(world, known)]
    return found or [*_look_again(world)]


def _tear_down(world: World) -> list[str]:
    """See that a teardown leaves nothing."""
    return [*_succeed(world, "teardown"), *(f"left: {line}" for line in contents())]


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
    served = world.plane.served(actual.ids["API", f"{PREFIX}{API_NAME}"], STAGE, after=SERVED_S)
    yield from (f"the stage does not serve {key}" for key in sorted(ROUTES - served.keys()))
    yield from (f"seen otherwise: {each}" for each in engine.drift(world.cloud, actual))
    yield from (f"seen as a stranger: {each}" for each in actual.unmanaged)
