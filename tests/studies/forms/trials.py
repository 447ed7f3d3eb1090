"""What the commands make of answers in another form, in a lab that stands beside another one."""

import io
import time
import traceback
from collections.abc import Callable, Generator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from typing import Any

from tests.studies.account import Account
from tests.studies.forms.warps import Warp, warps
from tests.studies.sweep.world import contents
from tests.support.labs import drain, provision, provisioning, tearing_down
from tests.support.plane.backend import Backend
from tests.support.plane.inside import session
from tests.support.plane.rates import Times
from tests.support.plane.wire import Answer, Call, Request, identify
from wschat.cli import report
from wschat.errors import WschatError
from wschat.lab import engine, inventory, labs
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.functions import Function
from wschat.lab.aws.log_groups import LogGroup, log_group_of
from wschat.lab.aws.roles import Role
from wschat.lab.aws.tables import Table
from wschat.lab.aws.websocket_api import Api
from wschat.lab.blueprint import FUNCTIONS
from wschat.lab.logs.cloudwatch import sources, tail
from wschat.lab.model.actual import Actual
from wschat.lab.plan import Progress, Step

MINE, THEIRS = "mine-", "theirs-"
NONE = {"missing", "null", "empty", "nested"}
"""An answer without a field means its default (`wschat.lab.attributes.attributes`)."""
BY_ITS_TAG = {"DescribeLogGroups logGroups.*.logGroupName"}
"""What need not be read: the tag tells what it is."""
SAME = {"quoted", "twice", "policy: percent-encoded", "policy: object", "nanoseconds", "no zone"}
"""Forms in which a value is read as in AWS's own."""
FAST = Times(latency=0.001, table_creating=1, table_deleting=1, role_assumable=1)


@dataclass
class Told:
    """What a command tells in the end: its error, or what differs, is left, is unknown or was noted."""

    error: str = ""
    differs: list[str] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)
    broken: str = ""

    @property
    def content(self) -> bool:
        """Whether it says that all is as it should be."""
        return not (self.error or self.differs or self.broken)


class Standing(Account):
    """An account with a lab, and somebody else's beside it; `warp` changes what is answered from now on."""

    def __init__(self, ministack: Backend) -> None:
        super().__init__(ministack, times=FAST)
        self.warp: Warp | None = None
        self.heard: list[tuple[Call, Answer]] = []
        self.plane.session = lambda *who: session(self._answer, *who, signed=False)  # type: ignore[method-assign]
        self.mine, self._matter = self.lab(MINE), dict[Warp, bool]()
        theirs = self.lab(THEIRS)
        for kind in (Table, Role, LogGroup, Function, Api):
            next(each for each in engine.desired(theirs.lab, Actual()) if isinstance(each, kind)).create(
                theirs
            )
        provision(self.mine)
        group = log_group_of(self.mine.lab.name(FUNCTIONS[0].name))
        logs: Any = self.mine.logs
        logs.create_log_stream(logGroupName=group, logStreamName="one")
        event = {"timestamp": int(time.time() * 1000), "message": '{"route": "$connect"}'}
        logs.put_log_events(logGroupName=group, logStreamName="one", logEvents=[event])
        self.clock.sleep(60)

    def _answer(self, request: Request) -> Answer:
        answer = self.plane.handle(request)
        call = identify(request, 0)
        if call is None:
            return answer
        self.heard.append((call, answer))
        return self.warp(call, answer) if self.warp else answer

    def matters(self, warp: Warp) -> bool:
        """Tell whether status sees another value of a field, which this form can't be meant for."""
        name = f"{warp.operation} {'.'.join(warp.path)}"
        if warp.form in SAME | NONE or name in BY_ITS_TAG:
            return False
        other = replace(warp, form="other")
        if other not in self._matter:
            self._matter[other] = not self.run("status", other).content
        return self._matter[other]

    def run(self, name: str, warp: Warp | None = None) -> Told:
        """Run a command with answers in another form."""
        self.warp, told = warp, Told()
        mine = replace(self.mine, notes={}, ids={})
        try:
            with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
                RUNS[name](mine, told)
        except WschatError as error:
            told.error = f"{error.where}: {error}"
        except Exception:  # noqa: BLE001  that is what must not be
            told.broken = traceback.format_exc()
        self.warp = None
        told.noted = list(mine.notes)
        return told


def _status(cloud: Cloud, told: Told) -> None:
    actual = inventory.look(cloud)
    steps = engine.drift(cloud, actual)
    report.show_status(engine.desired(cloud.lab, actual), steps, actual)
    report.show_json(cloud.lab, steps, actual, engine.url(cloud, actual), cloud.notes)
    report.show_left_alone(actual.unknown, cloud.notes)
    told.differs = _differs(actual, steps)


def _differs(actual: Actual, steps: tuple[Step, ...]) -> list[str]:
    others = (("unmanaged", actual.unmanaged), ("unknown", actual.unknown))
    return [*map(str, steps), *(f"{how}: {each.name}" for how, found in others for each in found)]


def _carry_out(
    run: Callable[[Cloud], Generator[Progress, None, engine.Outcome]],
) -> Callable[[Cloud, Told], None]:
    def carried_out(cloud: Cloud, told: Told) -> None:
        def hear(progress: Progress) -> None:
            if progress.error:
                told.error = f"{progress.error.where}: {progress.error}"

        actual, left = drain(run(cloud), hear)
        told.differs = _differs(actual, left)

    return carried_out


def _logs(cloud: Cloud, told: Told) -> None:
    lines = [line.readable() + line.json() for line in tail(cloud, sources(cloud, FUNCTIONS), 0)]
    told.differs = [] if lines else ["nothing was logged"]


def _find(cloud: Cloud, told: Told) -> None:
    found, refused = labs.find(cloud)
    told.differs = [f"{each}" for each in refused] + ["fewer labs"] * (len(found) < 2)


def _limits(cloud: Cloud, _told: Told) -> None:
    report.warn_of_quota(engine.concurrency(cloud))


RUNS: dict[str, Callable[[Cloud, Told], None]] = {
    "status": _status,
    "limits": _limits,
    "logs": _logs,
    "find": _find,
    "provision": _carry_out(provisioning),
    "teardown": _carry_out(tearing_down),
}
CHANGING = {"provision", "teardown"}


def heard(standing: Standing, run: str) -> list[Warp]:
    """Return all forms of all answers that a command gets; what it changes stays so."""
    standing.heard.clear()
    standing.run(run)
    return warps(standing.heard)


def theirs(standing: Standing) -> list[str]:
    return [line for line in contents(standing.url) if THEIRS in line]


def judge(standing: Standing, run: str, warp: Warp) -> list[str]:
    """Run a command with one form; return what must not be.

    Where a teardown left nothing, there is nothing for the next provision to mend.
    """
    before, wrong = theirs(standing), []
    told = standing.run(run, warp)
    if told.broken:
        wrong.append(told.broken)
    if run == "status" and told.content and not told.noted and standing.matters(warp):
        wrong.append(f"with {warp}, it says that all is as it should be")
    left = any(MINE in line for line in contents(standing.url))
    if run == "teardown" and told.content and left and not warp.empties:
        wrong.append("it says that nothing is left")
    if theirs(standing) != before:
        wrong.append("it changed another lab")
    if run in CHANGING and left:
        standing.clock.sleep(4000)
        again = standing.run("provision")
        if not again.content:
            wrong.append(f"the next provision: {again}")
    return wrong
