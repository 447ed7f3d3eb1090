"""What one does by hand in a lesson, of what lacks."""

import os
from shutil import which

import pytest

from tests.support.labs import drain
from wschat.cli.commands.learn.by_hand import lacking, show_commands, show_console
from wschat.cli.commands.learn.options import find
from wschat.cli.commands.learn.place import Place
from wschat.cli.local_lab import credentials
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.tables import Table
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
        block = capsys.readouterr().out.partition("Paste this")[2].replace(" \\\n    ", " ")
        assert (f"\nexport {credentials(emulator)}\n" in block) == told, "it is pasted with the rest"


def test_without_the_program(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where there is no `aws`, it is told what brings it."""
    there = work.look(cloud, course())
    for path, told in ((os.environ["PATH"], which("aws") is None), ("", True)):
        monkeypatch.setenv("PATH", path)
        show_commands(there, find(course(), "02"), Place(Target()))
        assert ("pip install awscli" in capsys.readouterr().out) == told


def test_what_can_not_be_changed(empty: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    """It is deleted, and then made as it should be: a table with another key."""
    wrong = Table(name="client-records", partition_key="id")
    wrong.create(empty)
    there, tables = work.look(empty, course()), find(course(), "02")
    show_commands(there, tables, Place(Target()))
    told = capsys.readouterr().out
    does = [
        told.index(f"aws dynamodb {each}")
        for each in ("delete-table", "wait table-not-exists", "create-table")
    ]
    assert does == sorted(does)
    show_console(there, tables, Place(Target()))
    told = capsys.readouterr().out
    assert told.index("Delete table client-records: it can't be changed") < told.index("Create table")


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
