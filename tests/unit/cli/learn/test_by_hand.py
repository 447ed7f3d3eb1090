"""What one does by hand in a lesson, of what lacks."""

import pytest

from tests.support.labs import drain
from wschat.cli.learn.by_hand import lacking, show_commands, show_console
from wschat.cli.learn.options import find
from wschat.cli.learn.place import Place
from wschat.lab.aws.cloud import Cloud
from wschat.learn import work
from wschat.learn.course import course
from wschat.target import Target


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
