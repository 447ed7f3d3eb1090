"""What each kind of resource says of the others."""

from dataclasses import replace

from wschat.lab.aws import KINDS
from wschat.lab.aws.functions import Function
from wschat.lab.blueprint import blueprint
from wschat.lab.model.lab import Lab

LAB = Lab(account="123456789012", region="eu-central-1", prefix="anna-")


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
