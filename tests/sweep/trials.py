"""One trial: a run that fails somewhere, and whether the next one makes good."""

import re
import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from types import FrameType
from typing import NoReturn

from tests.plane.faults import Fault
from tests.plane.wire import Call
from tests.sweep.account import Account
from tests.sweep.cases import Case, Reference, ask
from tests.sweep.killing import KillWorld
from tests.sweep.world import LAG_S, Death, End, World
from wschat.errors import WschatError
from wschat.lab import engine
from wschat.lab.blueprint import FUNCTIONS, STAGE

HUNG_S = 120
"""Seconds of real time after which a trial has no end."""
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


def attempt(account: Account, known: Reference, case: Case) -> Result:
    """Try a case; whatever happens becomes part of the result."""
    result = Result(str(case), call=str(known.asked(case)))
    try:
        with _alarm():
            TRIALS[case.run](account, known, case, result)
    except Exception:  # noqa: BLE001  a trial that fails in an unknown way did not hold
        result.wrong.append(traceback.format_exc())
    return result


def _provision(account: Account, known: Reference, case: Case, result: Result) -> None:
    """Fail in a provision; provision again, and see that all is as after a clean run; or tear down.

    Where the second provision finds nothing to do, the account is as the first left it.
    """
    world = _begin(account, known, case, result)
    before = len(world.plane.calls)
    _succeed(world, "provision", "the second provision", result)
    wrote = any(call.write for call in world.plane.calls[before:])
    _compare(world, known, result)
    if wrote:
        _look_again(world, result)
        world.close()
        world = _begin(account, known, case, Result(""))
    _succeed(world, "teardown", "the teardown", result)
    _nothing_left(world, result)
    world.close()


def _teardown(account: Account, known: Reference, case: Case, result: Result) -> None:
    """Fail in a teardown of a whole lab; tear down again, if anything is left, and see that nothing is."""
    world = _begin(account, known, case, result)
    if result.ended != "done" or account.names():
        _succeed(world, "teardown", "the second teardown", result)
    _nothing_left(world, result)
    world.close()


TRIALS = {"provision": _provision, "teardown": _teardown}


class Trap:
    """Lets the call of a case fail, and, if the fault stays, all later ones of that operation."""

    def __init__(self, case: Case) -> None:
        self._case, self._count = case, 0
        self.caught: Call | None = None

    def __call__(self, call: Call) -> Fault | None:
        self._count += 1
        if self._count == self._case.call:
            self.caught = call
            return self._case.kind
        if self.caught and self._case.dies:
            raise Death
        again = self.caught and self._case.always and call.operation == self.caught.operation
        return self._case.kind if again else None


def _begin(account: Account, known: Reference, case: Case, result: Result) -> World:
    """Return a world in which the run of a case has just failed as it should."""
    world = KillWorld(account) if case.kills else World(account)
    if case.run == "teardown":
        world.run("provision").must_be_clean()
        world.clock.sleep(LAG_S)
    if isinstance(world, KillWorld):
        world.kill(case, known)
        result.ended = "killed"
        return world
    trap = Trap(case)
    world.plane.on_kill = _die
    try:
        _judge(world.run(case.run, trap), case, result)
    except Death:
        result.ended = "killed"
    assert trap.caught, "this call was never made"
    caught, wanted = ask(world.plane, trap.caught), known.asked(case)
    assert (caught.operation, caught.resource) == (wanted.operation, wanted.resource), caught
    return world


def _die() -> NoReturn:
    raise Death


def _judge(end: End, case: Case, result: Result) -> None:
    """See that a run ended with success, or with an error that a person can use."""
    result.ended = "told" if end.told else "done"
    result.told = [[error.where, error.what, error.hint] for error in end.told]
    for error in end.told:
        result.wrong += [f"unclear: {error.where}: {error.what}: {error.hint}"] * (not _clear(error))
    result.wrong += [f"{case.run} ends with this still to do: {step}" for step in end.left]


def _clear(error: WschatError) -> bool:
    return bool(PLACES.fullmatch(error.where) and error.what.strip() and error.hint.strip())


def _succeed(world: World, run: str, which: str, result: Result) -> None:
    end = world.run(run)
    result.wrong += [f"{which} fails: {error.where}: {error.what}" for error in end.told]
    result.wrong += [f"{which} does not do: {step}" for step in end.left]


def _compare(world: World, known: Reference, result: Result) -> None:
    """See that the account is as after a clean run."""
    lines = world.account.dump(world.url)
    for line in set(lines) | set(known.lines):
        if (extra := lines.count(line) - known.lines.count(line)) != 0:
            result.wrong.append(f"{extra:+d} {line}")
    if not result.wrong:
        served = world.plane.served(world.account.api(), STAGE)
        result.wrong += [f"the stage does not serve {key}" for key in sorted(ROUTES - served)]


def _look_again(world: World, result: Result) -> None:
    """See that the engine, too, finds all as it should be, when the reads no longer lag."""
    world.clock.sleep(LAG_S)
    cloud = world.cloud()
    actual = engine.look(cloud)
    wanted = {each.key: each for each in engine.desired(cloud.lab, actual)}
    different = wanted.items() ^ actual.resources.items()
    result.wrong += [f"seen otherwise: {each}" for _, each in sorted(different, key=str)]
    result.wrong += [f"seen as a stranger: {each}" for each in actual.strangers]


def _nothing_left(world: World, result: Result) -> None:
    result.wrong += [f"left: {name}" for name in world.account.names()]


@contextmanager
def _alarm() -> Iterator[None]:
    """Let what hangs in this, the main thread, end with an error."""

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"no end after {HUNG_S} s of real time")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(HUNG_S)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def as_json(result: Result) -> dict[str, object]:
    return asdict(result)
