"""`wschat teardown`: of one lab and of all, of what can't be removed, and where there is nothing."""

from contextlib import suppress
from itertools import count

import boto3
import pytest
import typer

from tests.support.labs import tear_down
from tests.support.plane.backend import behind
from tests.support.plane.faults import Fault
from tests.support.plane.plane import Plane
from tests.support.plane.rates import NO_DELAY
from tests.support.plane.wire import Call
from tests.support.terminal import terminal, wschat
from tests.unit.lab.conftest import make
from wschat.cli.commands.teardown import teardown
from wschat.cli.options import AccountTarget
from wschat.lab import inventory, labs
from wschat.lab.aws.cloud import Cloud, OutcomeUnknown
from wschat.lab.aws.log_groups import LogGroup
from wschat.lab.aws.roles import Role
from wschat.lab.aws.session import connect
from wschat.lab.aws.tables import Table
from wschat.lab.aws.websocket_api import Api, tag_resource
from wschat.lab.clock import Clock
from wschat.lab.model.resource import canonical
from wschat.learn.drills import work
from wschat.local.join import LocalLab
from wschat.target import Target

NONE_OLD = "Left alone: 2 labs, younger or of unknown age. Nothing to remove: there is no such lab here."
REGIONS = (f"eu-teardown-{number}" for number in count(1))


@pytest.mark.usefixtures("account")
def test_nothing_there(cloud: Cloud) -> None:
    """It is said, without a question; what has the name of a part and is not managed stays."""
    group = f"/aws/lambda/{cloud.lab.name('Connect')}"
    cloud.logs.create_log_group(logGroupName=group)
    done = wschat("teardown", "--prefix", cloud.lab.prefix)
    assert (done.returncode, f"Left alone: log group {group} has no tag" in done.stderr) == (0, True)
    assert "Nothing to remove: there is no such lab here." in done.stderr
    assert cloud.logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]


@pytest.fixture
def region(account: None, monkeypatch: pytest.MonkeyPatch) -> str:  # noqa: ARG001
    """A region in which nobody has anything yet, where the person works."""
    region = next(REGIONS)
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    return region


def test_teardown_of_all(emulator: LocalLab, cloud: Cloud, region: str) -> None:
    """All labs of the region are listed, and removed when their number is typed, and not before."""
    here = connect(Target(endpoint_url=emulator.endpoint), boto3.Session(region_name=region))
    elsewhere = make(cloud, Role, prefix="b-")
    make(here, Table, LogGroup, prefix="a-")
    make(here, Role, prefix="c-")
    question = f"Remove all from account 000000000000, region {region}? Type how many labs:"
    done = wschat("teardown", "--plan", "--prefix", "c-")
    assert (done.returncode, "Plan: 1 to delete." in done.stdout) == (3, True)
    for options, code, told in (
        (["--plan"], 3, "c-              1  a moment"),
        (["--older-than", "1h"], 0, NONE_OLD),
        (["--older-than", "0s", "--plan"], 3, "a-              2  a moment"),
    ):
        done = wschat("teardown", "--all", *options)
        assert (done.returncode, told in done.stderr.replace("\n", " ")) == (code, True), done.stderr
    for answer, code in (("\x03", 130), ("3\r", 0)):
        with terminal("teardown", "--all") as person:
            person.until(question)
            person.press(answer)
            assert person.end() == code
            assert "Nothing was changed." in person.text.replace("\n", "")
    with terminal("teardown", "--all") as person:
        shown = person.until(question)
        assert "to delete" in shown, "as the plan of each will call it"
        rows = [line.split(maxsplit=2) for line in shown.splitlines() if line[1:3] == "- "]
        assert sorted(rows) == [["a-", "2", "a moment"], ["c-", "1", "a moment"]]
        person.type("2")
        assert person.end() == 0
        assert str(person).count("Looked again: nothing is left.") == 2
    assert labs.find(here) == ([], [])
    assert inventory.look(elsewhere, to_remove=True).resources


def test_some_that_cannot_be_removed(emulator: LocalLab, cloud: Cloud, region: str) -> None:
    """What goes wrong with a lab, before or in the middle, is told with its name; the next one is removed."""
    plane = Plane(behind(emulator), Clock(), times=NO_DELAY)
    here = connect(Target(endpoint_url=emulator.endpoint), boto3.Session(region_name=region))
    kinds: dict[str, type[LogGroup | Role]] = {
        "closed": LogGroup,
        "hidden": LogGroup,
        "held": Role,
        "kept": LogGroup,
        "left": Role,
        "open": Role,
    }
    made = [make(here, kind, prefix=f"{cloud.lab.prefix}{name}-") for name, kind in kinds.items()]
    closed, hidden, held, kept, left, opened = (lab.lab.prefix for lab in made)
    here.iam.create_instance_profile(InstanceProfileName=held)
    here.iam.add_role_to_instance_profile(InstanceProfileName=held, RoleName=f"{held}ConnectRole")

    def forbid(call: Call) -> Fault | None:
        denied = {("DescribeLogGroups", closed), ("ListTagsForResource", hidden), ("DeleteLogGroup", kept)}
        denied.add(("RemoveRoleFromInstanceProfile", held))
        if any(each.operation == "DeleteRole" and left in each.resource for each in plane.calls):
            denied.add((call.operation, left))
        is_denied = any(call.operation == operation and of in call.resource for operation, of in denied)
        return Fault.DENIED if is_denied else None

    plane.fault = forbid
    with plane.listening() as url:
        done = wschat("teardown", "--all", "--yes", AWS_ENDPOINT_URL=url)
    assert done.returncode == 4
    assert f"Error: prefix {closed}, looking at what exists: " in done.stderr
    tags = f"tags of log group /aws/lambda/{hidden}Connect: not allowed to logs:ListTagsForResource\n"
    assert f"Note: could not look at the {tags}" in done.stderr.replace("\n", " ").replace(
        "ListTagsForResource ", "ListTagsForResource\n"
    )
    for prefix, told in (
        (kept, "Plan: 1 to delete.\nError: delete log group /aws/lambda/"),
        (kept, "then run the same command: what is done stays done\nWhen that is done, `wschat"),
        (held, f"Plan: 1 to delete.\nError: delete role {held}ConnectRole: User: "),
        (held, f"who owns the instance profile/{held} takes the role out of it"),
        (left, "Error: looking at what exists: "),
        (opened, "Looked again: nothing is left."),
    ):
        assert told in done.stderr.partition(f"Prefix {prefix}")[2].partition("Prefix ")[0]
    assert {each.lab.prefix for each, _ in labs.find(here)[0]} == {closed, hidden, held, kept, left}
    for lab in made:
        tear_down(lab)
    here.iam.delete_instance_profile(InstanceProfileName=held)


DENY = canonical({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]})


def test_in_a_drill(emulator: LocalLab, cloud: Cloud, account: None) -> None:  # noqa: ARG001
    """What a drill made goes, too; where that is refused, it is said, and the rest goes."""
    plane, drill = Plane(behind(emulator), Clock(), times=NO_DELAY), work.named("one-word-more")
    plane.fault = lambda call: Fault.DENIED if call.operation == "DeletePolicy" else None
    for refused in (True, False):
        lab = make(cloud, Role, Api)
        tag_resource(lab, f"/apis/{lab.api_id}", {work.TAG: str(drill.number)})
        arn = f"arn:aws:iam::000000000000:policy/{cloud.lab.name('wschat-drill')}"
        with suppress(OutcomeUnknown):
            lab.create(lab.iam.create_policy, PolicyName=arn.rpartition("/")[2], PolicyDocument=DENY)
        with plane.listening() as url:
            there = AccountTarget(prefix=cloud.lab.prefix, endpoint_url=url if refused else emulator.endpoint)
            with pytest.raises(typer.Exit) as ended:
                teardown(there, yes=True)
        assert ended.value.exit_code == (3 if refused else 0)
        assert (cloud.find(cloud.iam.get_policy, PolicyArn=arn) is None) is not refused
        assert inventory.look(cloud, to_remove=True).resources == {}
        lab.ids.clear()
