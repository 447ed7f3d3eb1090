"""The options: the command line over the environment over the settings file."""

from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from wschat.chat.settings import Notify, template
from wschat.cli.options import (
    NOTHING,
    AccountTarget,
    Chosen,
    Config,
    completed,
    offer_template,
    program,
    setting,
    typed_here,
)
from wschat.errors import AccessError, UsageError
from wschat.lab.chosen.choices import UNDECIDED, Choices

app = typer.Typer()
used: dict[str, object] = {}


@app.command()
def command(
    name: Annotated[str | None, setting("name")] = None,
    notify: Annotated[Notify, setting("notify")] = "none",
    *,
    bell: Annotated[bool, setting("bell", "--bell/--no-bell")] = True,
    config: Config,
) -> None:
    """Take note of what it is given."""
    offer_template(config)
    used.update(name=name, bell=bell, notify=notify)


@pytest.fixture
def file(home: Path) -> Path:
    """The settings file, which is not there."""
    return home / "config.toml"


@pytest.mark.parametrize(
    ("text", "environment", "flags", "name", "bell"),
    [
        ("", {}, [], None, True),
        ("name = 'file'\nbell = false", {}, [], "file", False),
        ("\ufeffname = 'file'", {}, [], "file", True),
        ("name = 'file'", {"WSCHAT_NAME": "environment"}, [], "environment", True),
        ("name = 'file'", {"WSCHAT_NAME": ""}, [], "file", True),
        ("bell = true", {"WSCHAT_BELL": "no"}, [], None, False),
        ("bell = false", {"WSCHAT_BELL": "1"}, [], None, True),
        ("bell = false", {"WSCHAT_BELL": ""}, [], None, False),
        ("name = 'file'", {"WSCHAT_NAME": "environment"}, ["--name", "flag"], "flag", True),
        ("name = 'file'", {"WSCHAT_NAME": "environment"}, ["--name", ""], "", True),
        ("", {"WSCHAT_BELL": "no"}, ["--bell"], None, True),
        ("url = 'wss://x'\nlog = 'x'", {}, [], None, True),
    ],
)
def test_the_order(
    file: Path, text: str, environment: dict[str, str], flags: list[str], name: str | None, *, bell: bool
) -> None:
    """Each source goes over the ones before it; an empty variable is none; what others take is let be."""
    file.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(app, flags, env=environment)
    assert done.exit_code == 0, done.output
    assert (used["name"], used["bell"]) == (name, bell)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"name =", ""),
        (b"name = " + b"[" * 9_000, ""),
        (b"nmae = 'x'", ": nmae"),
        (b"name = 3", ": name"),
        (b"bell = 'yes'", ": bell"),
        (b"notify = 'osc8'", ": notify"),
        (b"\xff", ""),
    ],
)
def test_mistakes_in_the_file(file: Path, content: bytes, says: str) -> None:
    """What is no setting is refused with where it stands and what would be one."""
    file.write_bytes(content)
    caught = CliRunner().invoke(app).exception
    assert isinstance(caught, UsageError)
    assert (caught.where, bool(caught.hint)) == (f"{file}{says}", True)
    assert CliRunner().invoke(app, ["--help"]).exit_code == 0, "a wrong file keeps nobody from the help"


def test_a_file_that_can_not_be_read(file: Path) -> None:
    """A directory in its place is named; another file can be chosen."""
    file.mkdir()
    assert isinstance(CliRunner().invoke(app).exception, UsageError)
    other = file / "other"
    other.write_text("name = 'other'")
    assert CliRunner().invoke(app, ["--config", str(other)]).exit_code == 0
    assert used["name"] == "other"
    missing = CliRunner().invoke(app, ["--config", str(other) + "s"]).exception
    assert isinstance(missing, UsageError), "a program goes not on without what it was told to take"
    assert missing.where == str(other) + "s"


def test_the_first_time(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person in a terminal gets a file with all settings as comments, once; a program gets none."""
    assert CliRunner().invoke(app).exit_code == 0
    assert not file.exists()
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    offer_template(file)
    assert file.read_text() == template()
    file.write_text("mine")
    offer_template(file)
    offer_template(file / "none")
    assert file.read_text() == "mine"


@pytest.mark.parametrize(
    ("typed", "found", "says"),
    [
        (".venv/bin/wschat", False, ".venv/bin/wschat"),
        ("/my own/wschat", False, "'/my own/wschat'"),
        (".venv/bin/wschat", True, "wschat"),
        ("wschat/__main__.py", False, "wschat"),
    ],
)
def test_how_it_is_called(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, typed: str, says: str, *, found: bool
) -> None:
    """The commands to go on with begin with what a shell finds, as a path if need be."""
    if found:
        (tmp_path / "wschat").touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.argv", [typed])
    assert program() == says
    assert program(anywhere=True) == (str(Path.cwd() / says) if says[0] == "." else says)


def test_how_it_is_called_here() -> None:
    """Who joins somebody's chat in the lab on this machine means the same API."""
    assert typed_here("chat", "a b-").endswith("chat --local --prefix 'a b-'")
    assert typed_here("web", None, signed=True).endswith("web --local --sign")
    here = AccountTarget("b-", local=True).commands
    assert (here["status"], here["chat --sign"]) == (
        "wschat status --local --prefix b-",
        "wschat chat --local --prefix b- --sign",
    )
    assert "chat --sign" not in AccountTarget().commands, "it is typed as it stands"


def test_what_is_chosen() -> None:
    """Each option is typed again as it was, also one that takes a choice back; what was not given is open."""
    given = Chosen(auth="iam", role="", role_path="/labs/", tag=["Cost Center=42", "b=1"])
    typed = " --auth iam --role '' --role-path /labs/ --tag 'Cost Center=42' --tag b=1"
    assert given.options == typed
    tags = (("Cost Center", "42"), ("b", "1"))
    assert given.choices == Choices(auth="iam", role="", path="/labs/", tags=tags)
    assert (NOTHING.options, NOTHING.choices, Chosen(tag=[]).choices) == ("", UNDECIDED, UNDECIDED)
    with pytest.raises(UsageError, match="is no tag"):
        _ = Chosen(tag=["x"]).choices


def test_an_error_that_ends_it() -> None:
    """Its hint names the command with what was chosen, as one types it again."""
    with pytest.raises(AccessError) as error, completed({"provision": "wschat provision --role-path /x/"}):
        raise AccessError("no", hint="delete it, then run `wschat provision`")
    assert error.value.hint == "delete it, then run `wschat provision --role-path /x/`"
