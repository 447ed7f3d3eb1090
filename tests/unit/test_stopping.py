"""Ctrl-C: the first lets the calls in flight end, the second stops at once, and both ways on work."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.support.labs import plan, provision, tear_down
from tests.support.plane.clock import ScaledClock
from tests.support.plane.plane import Plane
from tests.support.plane.rates import Times
from tests.support.plane.wire import Call
from tests.support.terminal import Terminal, terminal
from tests.support.until import PATIENCE
from wschat.lab import inventory
from wschat.lab.cloud import Cloud
from wschat.lab.model import canonical
from wschat.local.emulator import Emulator

AT_ONCE = Times(latency=0, read_lag=0, table_creating=0, role_assumable=0, gateway_rate=1e9, table_rate=1e9)


class Gate:
    """Holds calls of one sort on their way until it is opened; then they are carried out."""

    def __init__(self, plane: Plane) -> None:
        self.held: list[Call] = []
        self.opened = threading.Event()
        self.holds: Callable[[Call], bool] = lambda _: False
        plane.fault = self._pass

    def _pass(self, call: Call) -> None:
        if self.holds(call):
            self.held.append(call)
            assert self.opened.wait(PATIENCE)

    def until_before_it(self, person: Terminal, calls: int) -> None:
        """Wait until so many calls stand before it, and no more."""
        person.until(lambda _shown: len(self.held) >= calls)
        assert len(self.held) == calls


@pytest.fixture
def plane(emulator: Emulator) -> Plane:
    """A plane that lets nobody wait, in real time."""
    return Plane(emulator.endpoint, ScaledClock(), times=AT_ONCE)


@pytest.fixture
def gate(plane: Plane, account: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:  # noqa: ARG001
    """A gate before the plane, which is where the person's AWS is."""
    gate = Gate(plane)
    with plane.listening() as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        yield gate
        gate.opened.set()


@pytest.fixture(scope="module")
def standing(clients: Cloud) -> Iterator[Cloud]:
    """A lab that stands, at first."""
    cloud = replace(clients, lab=replace(clients.lab, prefix="stopping-"))
    provision(cloud)
    yield cloud
    tear_down(cloud)


def test_the_calls_in_flight_end(cloud: Cloud, plane: Plane, gate: Gate) -> None:
    """All that can begin at once is under way; it ends, nothing is begun after it, and provision goes on."""
    prefix = cloud.lab.prefix
    gate.holds = lambda call: call.write
    with terminal("provision", "--yes", "--prefix", prefix) as person:
        gate.until_before_it(person, 17)
        person.process.sendintr()
        person.until("Stopping: the calls in flight end first. Ctrl-C again stops at once.")
        begun = len(plane.calls)
        gate.opened.set()
        assert person.end() == 130
        assert "Of 66 steps: 7 done, 10 under way, 49 not begun." in person.text
        assert f"wschat provision --prefix {prefix}  goes on from here" in person.text
        assert f"wschat teardown --prefix {prefix}   removes what there is" in person.text
    assert len(plane.calls) == begun
    there = Counter(kind for kind, _ in inventory.look(cloud).resources)
    assert there == {"table": 2, "role": 7, "log group": 7, "API": 1}
    provision(cloud)
    assert plan(cloud) == ()
    tear_down(cloud)


@pytest.mark.usefixtures("account")
def test_while_trying(standing: Cloud) -> None:
    """While provision tries the lab and nobody is let in, Ctrl-C leaves the lab, and says where it is."""
    nothing = canonical({"Statement": [{"Effect": "Deny", "Action": "dynamodb:*", "Resource": "*"}]})
    role = standing.lab.name("ConnectRole")
    standing.iam.put_role_policy(RoleName=role, PolicyName="theirs", PolicyDocument=nothing)
    with terminal("provision", "--yes", "--prefix", standing.lab.prefix) as person:
        person.until("Trying it: ")
        person.process.sendintr()
        assert person.end() == 130
        assert "Stopped trying it. The lab is all there: ws://" in person.text
    assert plan(standing) == ()


def test_at_once(standing: Cloud, gate: Gate) -> None:
    """The second Ctrl-C waits for nothing; teardown removes what there is."""
    gate.holds = lambda call: call.write
    with terminal("teardown", "--yes", "--prefix", standing.lab.prefix) as person:
        gate.until_before_it(person, 1)
        person.process.sendintr()
        person.until("Stopping")
        person.process.sendintr()
        assert person.end() == 130
        assert "Of 31 steps: 0 done, 1 under way, 30 not begun." in person.text
        assert "wschat teardown --prefix" in person.text
    gate.opened.set()
    assert tear_down(standing).resources == {}


def test_while_looking(cloud: Cloud, plane: Plane, gate: Gate) -> None:
    """Before anything is written, Ctrl-C says that nothing was."""
    gate.holds = lambda call: call.service != "sts"
    with terminal("provision", "--yes", "--prefix", cloud.lab.prefix) as person:
        gate.until_before_it(person, 24)
        person.process.sendintr()
        assert person.end() == 130
        assert "Stopped. Nothing was changed." in person.text
    assert not any(call.write for call in plane.calls)
