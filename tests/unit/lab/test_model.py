"""Names, tags and ARNs of a lab, and what each kind of resource says of the others."""

from dataclasses import replace

import pytest

from wschat.lab.attributes.answers import Unknown
from wschat.lab.aws import KINDS
from wschat.lab.aws.functions import Function
from wschat.lab.blueprint import blueprint
from wschat.lab.model import TAG, Lab

LAB = Lab(account="123456789012", region="eu-central-1", prefix="anna-", sockets="wss://{api}.example")


def test_names() -> None:
    """The prefix stands before each name; IAM's ARNs have no region; a URL has the API's id and its stage."""
    assert LAB.name("Connect") == "anna-Connect"
    assert LAB.arn("iam", "role/x") == "arn:aws:iam::123456789012:role/x"
    assert LAB.arn("logs", "x") == "arn:aws:logs:eu-central-1:123456789012:x"
    assert LAB.url("abc", "development") == "wss://abc.example/development"
    for url in ("wss://abc.example/dev", "wss://abc.example/dev/", "wss://abc.example/dev?x=1"):
        assert LAB.address(url) == ("abc", "dev")
    for url in ("wss://abc.example", "wss://abc.example.org/dev", "ws://abc.example/dev", ""):
        assert LAB.address(url) is None


@pytest.mark.parametrize(
    ("tags", "managed", "adopted"),
    [
        ({TAG: "eu-central-1/anna-", "other": "x"}, True, True),
        ([{"Key": TAG, "Value": "eu-central-1/anna-"}], True, True),
        ({TAG: "us-east-1/anna-"}, False, False),
        ({TAG: "eu-central-1/"}, False, False),
        (None, False, True),
        (Unknown(), None, None),
        (Unknown("7"), None, None),
        ([Unknown("7")], None, None),
        ({TAG: Unknown("7")}, None, None),
        ({"other": Unknown("7")}, False, True),
    ],
)
def test_managed(tags: object, *, managed: bool | None, adopted: bool | None) -> None:
    """A resource is managed if its tag names the lab's region and prefix; None if it can't be read.

    A lab that adopts takes what has no lab's tag, too, and nothing of another lab.
    """
    assert LAB.manages(tags) is managed
    assert replace(LAB, adopts=True).manages(tags) is adopted


def test_kinds_name_each_other() -> None:
    """Each kind of the blueprint is listed once, and so is each that another depends on, uses or names."""
    names = [kind.kind for kind in KINDS.values()]
    assert len(set(names)) == len(names)
    for each in blueprint(LAB):
        needed = {kind for kind, _ in (*each.depends_on, *each.uses)}
        others = {*needed, *each.read_with, each.parent, each.refers_to}
        assert {each.kind, *others} <= {*names, None}
        assert isinstance(each, KINDS[each.kind])
        attributes = {*each.fixed, each.refers_to, each.names_api} - {None}
        assert all(hasattr(each, str(name)) for name in attributes)


def test_locks() -> None:
    """AWS refuses parallel changes of an API and what is in it, of a function's policy, of a role's."""
    owners = {"policy": "role", "permission": "function"}
    for each in blueprint(LAB):
        inside = each.kind == "API" or each.parent == "API"
        own = owners.get(each.kind, each.kind), each.name.partition(":")[0]
        assert each.lock_key == (("API", "") if inside else own)
        assert each.read_key == ((each.kind, "") if inside else each.lock_key)


def test_a_package_is_no_difference() -> None:
    """A function is what its attributes are: its zip is told by the hash."""
    function = next(each for each in blueprint(LAB) if isinstance(each, Function))
    assert replace(function, package=b"zip") == function
    assert replace(function, package=b"zip").differences(function) == {}
