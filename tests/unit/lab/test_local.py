"""The whole lab in an emulator, as the local mode brings it."""

from tests.support.plane.embedded import Embedded
from tests.support.plane.plane import Plane
from tests.support.plane.rates import NO_DELAY
from wschat.lab.clock import Clock
from wschat.lab.local import provision


def test_provision(embedded: Embedded) -> None:
    """Each of the lab's tasks is reported with the steps done so far; the URL is that of the emulator.

    No throttle refuses anything there, and that is kept as a choice. As nothing is there, it looks at little.
    """
    embedded.empty()
    reported, first = list[str](), list[str]()
    plane = Plane(embedded, Clock(), times=NO_DELAY)
    with plane.listening() as endpoint:
        url = provision(endpoint, ("test", "test"), reported.append, first.append)
    assert url.startswith(endpoint.replace("http", "ws"))
    assert url.endswith("/development")
    assert {line.partition(":")[0] for line in reported} == {"Task 1", "Task 2", "Task 3"}
    assert reported[-1].endswith("(66/66)")
    reads = {call.operation for call in plane.calls if not call.write}
    assert reads == {"GetCallerIdentity", "DescribeTable", "GetApis"}  # and tables, until they are active
    assert sorted(first) == ["Connect", "CreateRoom", "RegisterUser", "SendMessage"]
    made = {call.operation: call.params for call in plane.calls if call.write}
    assert {"Key": "wschat:throttle", "Value": "off"} in made["CreateTable"]["Tags"]
    assert "defaultRouteSettings" not in made["CreateStage"]
