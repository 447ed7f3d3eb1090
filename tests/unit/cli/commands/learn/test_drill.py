"""`wschat learn drill`: what is said at the beginning, on the way, and in the end."""

import pytest
import typer

from tests.support.labs import lab_of, provision
from wschat.cli.commands import provision as command
from wschat.cli.commands.doctor import doctor
from wschat.cli.commands.learn.check import check
from wschat.cli.commands.learn.drill import drill
from wschat.cli.commands.status import status
from wschat.cli.options import AccountTarget
from wschat.errors import UsageError
from wschat.lab import engine, inventory
from wschat.lab.aws.cloud import Cloud
from wschat.learn.drills import work
from wschat.local.join import LocalLab
from wschat.target import Target


@pytest.fixture(scope="module")
def lab(clients: Cloud) -> Cloud:
    """A lab that stands, as it should be between two tests."""
    cloud = lab_of(clients, prefix="drill-")
    provision(cloud)
    return cloud


@pytest.mark.usefixtures("account")
def test_from_end_to_end(emulator: LocalLab, lab: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    """Who uses the lab is asked; the complaint and no cause, by no command; hints; mended, and told."""
    target, found = (
        AccountTarget(prefix=lab.lab.prefix, endpoint_url=emulator.endpoint),
        work.named("bad-gateway"),
    )
    somebody = {"ID": {"S": "somebody="}, "connected": {"N": "1"}}
    for item in (somebody, {"ID": {"S": "name#somebody"}}, {"ID": {"S": "#rooms"}}):
        lab.dynamodb.put_item(TableName=lab.lab.name("client-records"), Item=item)
    with pytest.raises(UsageError, match="no terminal to ask on: It has 1 connection now: something will"):
        drill(target, found.name)
    drill(target, found.name, yes=True)
    assert found.complaint in capsys.readouterr().out
    with pytest.raises(typer.Exit) as ended:
        status(target)
    told = capsys.readouterr().out
    assert (ended.value.exit_code, f"in a drill: {found.name}" in told) == (3, True)
    assert not [word for word in ("environment", "Connect\n", "differ ") if word in told]
    for json in (False, True):
        with pytest.raises(typer.Exit) as ended:
            doctor(target, json=json)
        told = capsys.readouterr().out
        assert (ended.value.exit_code, found.name in told, found.complaint in told) == (3, True, True)
        assert "502" not in told.replace(found.complaint, "")
    with pytest.raises(typer.Exit):
        doctor(target, spoil=True)
    assert "1. the handshake is refused with 502" in capsys.readouterr().out
    for json, says in (
        (True, '"drill": "bad-gateway",\n  "next": null,\n  "lessons": []'),
        (False, "Not mended yet"),
    ):
        with pytest.raises(typer.Exit) as ended:
            check(target, json=json)
        assert (ended.value.exit_code, says in capsys.readouterr().out) == (3, True)
    drill(target, hint=True)
    assert capsys.readouterr().out == f"Hint 1: {found.hints[0]}\n"
    drill(target, mend=True)
    assert found.cause in capsys.readouterr().out
    for hint in (True, False):
        with pytest.raises(UsageError, match="in no drill"):
            drill(target, hint=hint, mend=not hint)
    actual = inventory.look(lab)
    assert (engine.drift(lab, actual), work.running(actual), work.done(actual)) == ((), None, set())


@pytest.mark.usefixtures("account")
def test_provision_ends_it(emulator: LocalLab, lab: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    """It says that it gives the drill away, mends also what it could not otherwise, and tells what it was."""
    actual, found = inventory.look(lab), work.named("it-ran-before")
    work.begin(lab, actual, found)
    command.provision(
        AccountTarget(prefix=lab.lab.prefix, endpoint_url=emulator.endpoint), yes=True, verify=False
    )
    told = capsys.readouterr()
    assert told.out == f"{engine.url(lab, actual)}\n"
    assert f"This lab is in a drill, {found.name}: " in told.err
    assert found.cause in told.err
    actual = inventory.look(lab)
    assert (engine.drift(lab, actual), work.running(actual)) == ((), None)


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    """All are listed without an account; what some take beyond the policy gives none of them away."""
    drill(Target(), every=True)
    told = capsys.readouterr()
    assert told.out.startswith(" 1  lost-for-words\n    I can register")
    assert "20  wrong-number\n" in told.out
    assert told.err.startswith("Two of them take more than `wschat policy`")
    assert "lambda:PutFunctionConcurrency" not in told.out


def test_one_thing_at_a_time() -> None:
    """What excludes each other is refused before anything is asked."""
    with pytest.raises(UsageError, match="exclude each other"):
        drill(Target(), "closed-door", mend=True)
    with pytest.raises(UsageError, match="there is no drill 'x'"):
        drill(Target(), "x")
