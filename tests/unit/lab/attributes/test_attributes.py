"""Attributes are read from AWS's answers by their paths, and sent in its calls by the same."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import pytest

from wschat.lab.attributes.answers import Unknown
from wschat.lab.attributes.attributes import Attributes, value_at
from wschat.lab.aws.cloud import Cloud

ANSWER = {
    "Name": "it",
    "Logs": {"Format": "JSON", "Group": "theirs"},
    "Layers": [{"Arn": "a", "Size": 1}, {"Arn": "b"}],
    "Subnets": [],
    "Odd": Unknown("42"),
    "Routes": {"join": {"Rate": 1.0}},
}


@dataclass(frozen=True, kw_only=True)
class Thing(Attributes):
    told: ClassVar = {"boundary": "ask"}
    name: Annotated[str, "Name"]
    group: Annotated[str | None, "Logs.Group"]
    format: Annotated[str, "Logs.Format"] = "Text"
    layers: Annotated[tuple[str, ...], "Layers[].Arn"] = ()
    subnets: Annotated[tuple[str, ...], "Subnets"] = ()
    boundary: Annotated[str | None, "Boundary.Arn"] = None
    protected: Annotated[bool, "Protected"] = False


THING = Thing(name="it", group="ours")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("Name", "it"),
        ("Logs.Group", "theirs"),
        ("Layers[].Arn", ("a", "b")),
        ("Subnets", ()),
        ("Routes", '{"join": {"Rate": 1.0}}'),
        ("Name.Group", None),
        ("Absent.Group", None),
        ("Absent[].Arn", ()),
        ("Odd.Group", "42"),
    ],
)
def test_path(path: str, value: object) -> None:
    """A path leads into objects and lists; where nothing is, it leads to nothing."""
    assert value_at(ANSWER, path) == value


def test_default() -> None:
    """What an answer leaves out is what AWS has where nobody said anything."""
    assert Thing(**Thing.known({"Name": "it", "Subnets": None, "Logs": {}})) == Thing(name="it", group=None)
    assert Thing.known(ANSWER)["format"] == "JSON"


def test_sent(cloud: Cloud) -> None:
    """A create sends no default; an update what differs, of an object all of it, and nothing that is told."""
    logs = {"Group": "ours", "Format": "Text"}
    assert THING.wanted(cloud) == {"Name": "it", "Logs": logs}
    found = Thing(name="it", group="ours", format="JSON", layers=("a",), boundary="theirs", protected=True)
    assert THING.wanted(cloud, found) == {"Logs": logs, "Layers": [], "Protected": False}
