"""Ctrl-C: the first lets the calls in flight end, the second stops at once, and both ways on work."""

import os
import re
import signal
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from select import select

import pytest

from tests.support.labs import lab_of, plan, provision, tear_down
from tests.support.plane.backend import behind
from tests.support.plane.faults import Fault
from tests.support.plane.plane import Plane
from tests.support.plane.rates import NO_DELAY
from tests.support.plane.wire import Call
from tests.support.terminal import Terminal, terminal
from wschat.lab import inventory
from wschat.lab.aws.cloud import Cloud
from wschat.lab.clock import Clock
from wschat.local.join import LocalLab

FIRST = "Stopping: the calls in flight end first. Ctrl-C again stops at once."
NOTHING_CHANGED = "Stopped. Nothing was changed."


class Gate:
    """Holds calls of one sort on their way until it is opened; then they are carried out, or lost."""

    def __init__(self, plane: Plane) -> None:
        self.held: list[Call] = []
        self.opened = threading.Event()
        self.holds: Callable[[Call], bool] = lambda _: False
        self._then: Fault | None = None
        plane.fault = self._pass

    def _pass(self, call: Call) -> Fault | None:
        if self.opened.is_set() or not self.holds(call):
            return None
        self.held.append(call)
        self.opened.wait()
        return self._then

    def lose(self) -> None:
        """Let none of the calls that are held be carried out."""
        self._then = Fault.RESET_BEFORE
        self.opened.set()

    def until_before_it(self, person: Terminal, calls: int) -> None:
        """Wait until so many calls stand before it, and no more."""
        person.until(lambda _shown: len(self.held) >= calls)
        assert len(self.held) == calls


@pytest.fixture
def plane(emulator: LocalLab) -> Plane:
    """A plane that lets nobody wait, in real time."""
    return Plane(behind(emulator), Clock(), times=NO_DELAY)


@pytest.fixture
def gate(plane: Plane, account: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:  # noqa: ARG001
    """A gate before the plane, which is where the person's AWS is."""
    gate = Gate(plane)
    with plane.listening() as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        yield gate
        gate.lose()


@pytest.fixture(scope="module")
def standing(clients: Cloud) -> Iterator[Cloud]:
    """A lab that stands, at first."""
    cloud = lab_of(clients, prefix="stopping-")
    provision(cloud)
    yield cloud
    tear_down(cloud)


def interrupt(process: int) -> None:
    """Send Ctrl-C's signal at the worst moment: so that it interrupts no system call of the main thread.

    That is what happens to one that arrives just before such a call; another thread that takes it makes
    the same of it, each time.
    """
    threads = [int(each.name) for each in Path(f"/proc/{process}/task").iterdir()]
    os.kill(max(threads, key=lambda each: each != process), signal.SIGINT)


def test_the_calls_in_flight_end(cloud: Cloud, plane: Plane, gate: Gate) -> None:
    """All that can begin after the tables is under way; it ends, and nothing is begun after it.

    What was chosen stands in the command that goes on: the tables that keep it may not be there yet.
    """
    prefix = cloud.lab.prefix
    first = [cloud.lab.name(each) for each in ("ConnectRole", "client-records", "room-messages-users")]
    gate.holds = lambda call: call.write and call.resource not in first
    with terminal("provision", "--yes", "--prefix", prefix, "--tag", "a=", "--throttle", "") as person:
        gate.until_before_it(person, 15)
        person.process.sendintr()
        person.until(FIRST)
        begun = len(plane.calls)
        gate.opened.set()
        assert person.end() == 130
        assert "Of 66 steps: 11 done, 8 under way, 47 not begun." in person.text
        assert f"wschat provision --prefix {prefix} --tag a= --throttle ''  goes on from here" in person.text
        assert re.search(f"wschat teardown --prefix {prefix} +removes what there is", person.text)
    assert len(plane.calls) == begun
    there = Counter(kind for kind, _ in inventory.look(cloud).resources)
    assert there == {"table": 2, "role": 7, "policy": 1, "log group": 7, "function": 1, "API": 1}
    provision(cloud)
    assert plan(cloud) == ()
    tear_down(cloud)


@pytest.fixture
def undying(tmp_path: Path) -> dict[str, str]:
    """An environment in which each program has a thread that never ends, as a library may begin one."""
    begin = "import threading; threading.Thread(target=threading.Event().wait, name='undying').start()"
    (tmp_path / "sitecustomize.py").write_text(f"import sys\nif sys.argv[0].endswith('wschat'): {begin}\n")
    return {"PYTHONPATH": str(tmp_path)}


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


@pytest.mark.usefixtures("standing")
@pytest.mark.parametrize(
    ("command", "reached", "presses", "code", "says"),
    [
        ("provision --yes --prefix new-", "GetCallerIdentity", 1, 130, NOTHING_CHANGED),
        ("provision --yes --prefix new-", "GetRole", 1, 130, NOTHING_CHANGED),
        ("provision --yes --prefix new-", "GetAccountSettings", 1, 130, NOTHING_CHANGED),
        ("provision --yes --prefix new-", "Create", 2, 130, "Stopped. Of 66 steps: 0 done, "),
        ("teardown --yes --prefix stopping-", "DeleteApi", 2, 130, "Of 31 steps: 0 done, 1 under way, "),
        ("teardown --all", "ListRoles", 1, 130, NOTHING_CHANGED),
        ("status --prefix stopping-", "GetRole", 1, 130, NOTHING_CHANGED),
        ("logs --prefix stopping- --follow", "FilterLogEvents", 1, 130, "Stopped."),
        ("policy", "GetCallerIdentity", 1, 130, ""),
        ("chat --plain --name ann --url {silent}", "a connection", 1, 130, ""),
        ("web --no-open --url {silent}", "Ctrl-C stops it.", 1, 0, "Stopped."),
        ("local", "Starting the local lab", 1, 130, ""),
        ("local", "Ctrl-C stops it.", 1, 0, "Stopped: nothing is left running."),
    ],
)
def test_at_once(
    gate: Gate,
    undying: dict[str, str],
    silent: socket.socket,
    command: str,
    reached: str,
    presses: int,
    code: int,
    says: str,
) -> None:
    """No command waits for a call in flight, or for a thread: Ctrl-C ends it, or the second one does.

    What is `reached` is a call, which is held then, a connection, or what stands on the screen.
    """
    gate.holds = lambda call: call.operation.startswith(reached)
    url = f"ws://127.0.0.1:{silent.getsockname()[1]}/x"
    with terminal(*command.format(silent=url).split(), env=undying) as person:
        shows = reached if " " in reached else "\0"
        person.until(lambda shown: gate.held or shows in shown or select([silent], [], [], 0)[0])
        for _ in range(presses - 1):
            interrupt(person.process.pid)
            person.until(FIRST)
        interrupt(person.process.pid)
        assert person.end() == code
        assert says in " ".join(person.text.split())


def test_after_the_second(standing: Cloud, gate: Gate) -> None:
    """What was in flight is carried out all the same; teardown removes what there is."""
    gate.holds = lambda call: call.write
    with terminal("teardown", "--yes", "--prefix", standing.lab.prefix) as person:
        gate.until_before_it(person, 1)
        person.process.sendintr()
        person.until("Stopping")
        person.process.sendintr()
        assert person.end() == 130
    gate.opened.set()
    assert tear_down(standing).resources == {}
    provision(standing)


@pytest.mark.usefixtures("account")
def test_while_trying(standing: Cloud) -> None:
    """While provision tries the lab and nobody gets a name, Ctrl-C leaves the lab, and says where it is."""
    unreadable = {"ID": {"S": "#rooms"}, "rooms": {"S": "theirs"}}
    standing.dynamodb.put_item(TableName=standing.lab.name("client-records"), Item=unreadable)
    with terminal("provision", "--yes", "--prefix", standing.lab.prefix) as person:
        person.until("Trying it")
        interrupt(person.process.pid)
        assert person.end() == 130
        assert "Stopped trying it. The lab is all there: ws://" in " ".join(person.text.split())
    assert plan(standing) == ()
