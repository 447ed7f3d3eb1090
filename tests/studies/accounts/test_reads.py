"""Somebody who may do all but look at one thing: each read of AWS refused, one at a time."""

from collections.abc import Iterable

import pytest

from tests.studies.accounts.person import KEY, Person
from tests.support.plane.embedded import Embedded
from tests.support.plane.faults import Fault
from tests.support.plane.wire import Call
from wschat.errors import ExitCode

NOTED = {
    "DescribeTimeToLive": "times to live of tables",
    "GetRolePolicy": "the policies of roles",
    "ListAttachedRolePolicies": "attached policies of roles",
    "ListRolePolicies": "inline policies of roles",
    "GetPolicy": "permissions of functions",
    "ListFunctionUrlConfigs": "urls of functions",
    "ListEventSourceMappings": "event_sources of functions",
    "GetIntegrationResponses": "answers of MOCK integrations",
    "GetRouteResponses": "responses of routes",
}
"""Each tells of an attribute, which is taken as it should be: one line says that it was not seen."""
UNCLEAR = {"ListTagsOfResource": "table", "ListTagsForResource": "log group"}
"""Each tells whose a thing is; without that it is left alone, and whether all is right can not be said."""
ENDING = {
    *("DescribeTable", "GetRole", "GetFunction", "DescribeLogGroups"),
    *("GetApis", "GetIntegrations", "GetRoutes", "GetDeployments", "GetStages"),
}
"""Each tells whether a thing is there: without that, what is missing could be made twice, or be left."""
OF_PROVISION = {
    "GetAccountSettings": "the account's limits",
    "SimulatePrincipalPolicy": "what AWS would refuse",
}
OF_TEARDOWN = {"ListInstanceProfilesForRole", "ListRolePolicies", "ListAttachedRolePolicies"}
"""What a role has that keeps it from being deleted: the deletion itself tells whether there is any."""
HIDDEN = {*NOTED, *OF_PROVISION, *OF_TEARDOWN}
OF_ALL = {
    "ListTables": "the names of tables",
    "ListRoles": "the names of roles",
    "ListFunctions": "the names of functions",
    "DescribeLogStreams": "when the lab was last used",
}
"""What is read of all labs; each tells of some that the others tell of, too, or of one attribute."""


def without(person: Person, operations: Iterable[str], command: str) -> tuple[int, str, list[str]]:
    """Type a command while these operations are refused; return its exit code, all it says, and its notes."""

    def forbid(call: Call) -> Fault | None:
        return Fault.DENIED if call.operation in operations and call.key == KEY else None

    person.plane.fault = forbid
    code, said = person.types(command)
    person.plane.fault = lambda _: None
    return code, said, [note.partition(": ")[0] for note in said.split("Note: could not look at ")[1:]]


@pytest.fixture(scope="module")
def person(embedded: Embedded) -> Iterable[Person]:
    """Somebody who has made a lab while they could see no attribute; each was told once."""
    with pytest.MonkeyPatch.context() as patch:
        person = Person(embedded, "one's own", patch)
        code, said, notes = without(person, HIDDEN, "provision")
        told = sorted({*NOTED.values(), *OF_PROVISION.values()})
        assert (code, sorted(notes), "Now chat: " in said) == (ExitCode.OK, told, True), said
        yield person


def reads(person: Person, command: str) -> set[str]:
    """Return what a command reads, beside who asks."""
    before = len(person.plane.calls)
    person.types(command)
    calls = person.plane.calls[before:]
    return {call.operation for call in calls if call.read and call.key == KEY}


def test_each_read_is_known(person: Person) -> None:
    """What status reads is in one of the tables, and nothing else is."""
    assert reads(person, "status") == {*NOTED, *UNCLEAR, *ENDING}
    of_one = {"GetRouteResponses", "ListFunctionUrlConfigs", "ListEventSourceMappings"}
    assert reads(person, "status --all") == {*NOTED, *UNCLEAR, *ENDING, *OF_ALL} - of_one


@pytest.mark.parametrize("operation", NOTED)
def test_an_attribute_that_is_not_seen(person: Person, operation: str) -> None:
    """It is one line, and all else goes on."""
    code, said, notes = without(person, {operation}, "status")
    assert (code, notes) == (ExitCode.OK, [NOTED[operation]]), said
    code, said, notes = without(person, {operation}, "learn do api")
    assert (code, notes) == (ExitCode.OK, [NOTED[operation]]), said


@pytest.mark.parametrize("operation", UNCLEAR)
def test_whose_it_is_is_not_seen(person: Person, operation: str) -> None:
    """It is told of each, and nothing is done about it."""
    code, said, notes = without(person, {operation}, "status")
    assert (code, "missing: " in said, "can't be seen" in said) == (ExitCode.DIFFERENT, False, True), said
    assert {note.split(" /")[0].rsplit(" ", 1)[0].startswith("the tags of") for note in notes} == {True}


@pytest.mark.parametrize("operation", sorted(ENDING))
def test_whether_it_is_there_is_not_seen(person: Person, operation: str) -> None:
    """It ends the command, which names it."""
    code, said, _ = without(person, {operation}, "status")
    assert (code, "not authorized" in said) == (ExitCode.ACCESS, True), said


@pytest.mark.parametrize("operation", OF_ALL)
def test_names_that_are_not_seen(person: Person, operation: str) -> None:
    """The lab is found by others; without any, that is an error."""
    code, said, notes = without(person, {operation}, "status --all")
    assert (code, notes, "1 lab." in said) == (ExitCode.OK, [OF_ALL[operation]], True), said


def test_no_names_at_all(person: Person) -> None:
    """Nobody can say then which labs there are."""
    code, said, _ = without(person, {*OF_ALL, "DescribeLogGroups", "GetApis"}, "status --all")
    assert (code, "looking for labs: you may not look" in said) == (ExitCode.ACCESS, True), said


def test_who_sees_no_attribute(person: Person) -> None:
    """They can remove it all the same, without a trace."""
    code, said, _ = without(person, HIDDEN, "teardown")
    assert (code, "nothing is left" in said, person.there()) == (ExitCode.OK, True, "nothing"), said
