"""The README tells the truth: its commands, its tables, its files."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.readme import README, filled
from wschat.cli import app

TEXT = README.read_text()
ROOT = README.parent
BLOCKS = re.findall(r"```sh\n(.*?)```", TEXT, flags=re.DOTALL)
COMMANDS = [
    words[index:]
    for block in BLOCKS
    for line in block.splitlines()
    for part in re.split(r"&&|\|", line)
    if (words := shlex.split(part, comments=True))
    for index, word in enumerate(words)
    if word.endswith("wschat")
]


def test_tables() -> None:
    """Each table is what `python -m tests.readme` makes of the code."""
    assert filled(TEXT) == TEXT


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_commands(words: list[str]) -> None:
    """Each command line in the README has a command and options that exist."""
    _, command, *options = words
    help_text = CliRunner().invoke(app(), [command, "--help"], env={"COLUMNS": "200", "TERM": "dumb"}).output
    assert "Usage" in help_text
    for option in options:
        if option.startswith("-"):
            assert option in help_text, f"wschat {command} has no {option}"


def test_there_are_commands() -> None:
    """The search for command lines found the main ones."""
    assert {words[1] for words in COMMANDS} >= {"chat", "provision", "status", "teardown"}


@pytest.mark.parametrize("name", ["try", "test"])
def test_the_two_lines(name: str) -> None:
    """Each is one line that makes its own virtual environment and installs into that."""
    (block,) = re.findall(rf"<!-- {name} -->\n```sh\n(.*?)```", TEXT, flags=re.DOTALL)
    (line,) = block.splitlines()
    steps = [step.split() for step in line.split("&&")]
    assert steps[0] == ["python3", "-m", "venv", ".venv"]
    assert steps[1][:2] == [".venv/bin/pip", "install"]
    assert all(step[0].startswith(".venv/bin/") for step in steps[1:])


def test_dependencies_have_reasons() -> None:
    """Each dependency stands in the README's table with its reason, and no other does."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["local"]]
    names = {re.split(r"[>=<\[]", each)[0] for each in wanted}
    told = set(re.findall(r"^\| \[([\w-]+)\]\(https://pypi.org/project/", TEXT, flags=re.MULTILINE))
    assert told == names


def test_links() -> None:
    """Links to files lead to files."""
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", TEXT):
        assert (ROOT / Path(target)).exists(), target
