"""What one does by hand in a lesson, of what lacks."""

import pytest

from tests.support.labs import drain
from wschat.cli.learn.by_hand import lacking, show_commands, show_console
from wschat.cli.learn.options import find
from wschat.cli.learn.place import Place
from wschat.lab.aws.cloud import Cloud
from wschat.learn import work
from wschat.learn.course import course
from wschat.local.join import LocalLab
from wschat.target import Target


def test_credentials_of_a_local_lab(
    emulator: LocalLab, cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is to be pasted for a lab on this machine comes with the line of its credentials."""
    there = work.look(cloud, course())
    for local, told in ((None, False), (emulator, True)):
        show_commands(there, find(course(), "02"), Place(Target(), local=local))
        assert ("export AWS_ENDPOINT_URL=" in capsys.readouterr().out) == told


def test_what_lacks(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    """Commands and places in the console are of what lacks; of a lesson that is done, of what made it."""
    place = Place(Target(prefix=cloud.lab.prefix, profile="me"))
    there = work.look(cloud, course())
    tables, function = (find(course(), name) for name in ("02", "05"))
    name = f"{cloud.lab.prefix}client-records"
    show_commands(there, tables, place)
    commands = capsys.readouterr().out
    assert f"\naws dynamodb create-table --table-name {name}" in commands
    assert "--profile me" in commands
    show_console(there, tables, place)
    console = capsys.readouterr().out
    assert f"Table name: {name}" in " ".join(console.split())
    there = drain(work.do(cloud, there, tables, there.steps(tables)))
    assert [step.resource.name for step in lacking(there, tables)] == [name]
    assert "All of it is there already" in capsys.readouterr().out
    show_console(there, function, place)
    console = capsys.readouterr().out
    assert "zip Connect --to zips" in console
    assert "All of it" not in console
