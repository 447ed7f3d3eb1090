"""Which wire a chat speaks: the one that it is told, or else the one by which `register` is answered."""

from wschat.protocol.events import Event
from wschat.protocol.json_objects import json_object
from wschat.protocol.lab_wire import LabWire, SimpleWire, Stay
from wschat.protocol.requests import Action, Request
from wschat.protocol.wire import Said, Wire
from wschat.target import WireName

KINDS: dict[WireName | None, type[LabWire]] = {"lab": LabWire, "simple": SimpleWire}


class Wires:
    """The wires of a chat's connections; without a `name`, what it is stays open until it is recognised."""

    def __init__(self, name: WireName | None = None) -> None:
        self.name, self.stay = name, Stay()

    def open(self) -> Wire:
        """Return the wire of a new connection."""
        kind = KINDS.get(self.name)
        return kind(self.stay) if kind else _Recognising(self)


class _Recognising(Wire):
    """Our wire, until `register` is answered as the lab's own function does."""

    def __init__(self, wires: Wires) -> None:
        self._wires, self._wire = wires, Wire()
        self._asked: Request | None = None

    def say(self, request: Request) -> Said:
        if request.action != Action.PING:
            self._asked = request if request.action == Action.REGISTER else None
        return self._wire.say(request)

    def read(self, frame: str, now: int) -> tuple[Event, ...]:
        if self._asked and "updateStatus" in (json_object(frame) or {}):
            self._wires.name = "lab"
            self._wire = LabWire(self._wires.stay, self._asked)
        return self._wire.read(frame, now)

    def silent(self, request: Request) -> tuple[Event, ...]:
        return self._wire.silent(request)
