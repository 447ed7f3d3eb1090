"""The command line: what is refused, how it is said, and which exit code it has."""

import os
import subprocess

import pytest
from typer.testing import CliRunner

from tests.support.terminal import WSCHAT, loaded, wschat
from wschat.cli.app import COMMANDS, _with_groups, app, module_of
from wschat.cli.options import AwsTarget
from wschat.errors import UsageError
from wschat.learn.course import STEPS

NUMBERS = ("idle-timeout", "max-age", "rate", "drop")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["bogus"], 2, "No such command"),
        (["chat", "--bogus"], 2, "No such option"),
        (["chat", "--local", "--url", "ws://x"], 2, "exclude each other"),
        (["chat", "--local", "--sign", "--profile", "me"], 2, "--local excludes --profile"),
        (["web", "--local", "--region", "us-east-1"], 2, "--local excludes"),
        (["status", "--local"], 8, "no lab runs on this machine"),
        (["doctor", "--local"], 8, "`wschat local` keeps one"),
        (["logs", "--local", "--endpoint-url", "http://127.0.0.1:9"], 2, "--local excludes"),
        (["chat", "ws://x", "--url", "ws://y"], 2, "the URL and --url exclude each other"),
        (["chat", "ws://127.0.0.1:9/development"], 5, "refused"),
        (["chat", "--sign", "--url", "wss://chat.example.com/x"], 4, "no region"),
        (["chat", "--sign", "--url", "https://chat.example.com/x"], 5, "wss://"),
        (["chat", "--room", "lobby"], 2, "give --name"),
        (["chat"], 2, "no URL to chat at"),
        (["chat", "--url", "ws://127.0.0.1:9/development"], 5, "refused"),
        (["chat", "--url", ""], 5, "wss://"),
        (["status", "--endpoint-url", "127.0.0.1:4566"], 2, "no URL of an endpoint"),
        (["status", "--endpoint-url", "http://me:secret@127.0.0.1:4566"], 2, "'127.0.0.1:4566' is no URL"),
        (["status", "--endpoint-url", ""], 2, "no URL of an endpoint"),
        (["status", "--endpoint-url", "http://a..b", "--region", "us-east-1"], 2, "no URL of an endpoint"),
        (["status", "--endpoint-url", "http://127.0.0.1:9?x"], 2, "no URL of an endpoint"),
        (["status", "--region", "é"], 4, "--region"),
        (["provision", "--prefix", "a b"], 2, "'table a bclient-records', which AWS does not allow"),
        (["status", "--region", "us-east-1"], 4, "no usable AWS credentials"),
        (["status", "--profile", "nobody"], 4, "nobody"),
        (["teardown"], 4, "no region"),
        (["teardown", "--all", "--prefix", "a-"], 2, "--all and --prefix exclude each other"),
        (["status", "--all", "--prefix", "a-"], 2, "--all and --prefix exclude each other"),
        (["teardown", "--older-than", "2d"], 2, "--older-than needs --all"),
        (["teardown", "--all", "--older-than", "2 days"], 2, "'2 days' is no age"),
        (["provision", "--json"], 2, "--json needs --plan"),
        (["provision", "--plan", "--json", "--commands"], 2, "--json and --commands exclude each other"),
        (["zip", "Nobody"], 2, "SendMessage"),
        (["logs", "Nobody"], 2, "SendMessage"),
        (["web", "--no-open"], 2, "wschat web --local"),
        (["web", "--local", "--url", "ws://x"], 2, "exclude each other"),
        (["local", "--port", "80000"], 2, "65535"),
        (["learn", "bogus"], 2, "No such command"),
        (["learn", "show", "bogus"], 2, "there is no lesson 'bogus'"),
        (["learn", "show", "co"], 2, "'co' may be one of several lessons"),
        (["learn", "--lessons", "/nowhere", "list"], 2, "/nowhere"),
        (["local", "--max-age", "soon"], 2, "'soon'"),
        (["local", "--rate", "0"], 2, "x>=1"),
        (["local", "--order", "reversed"], 2, "shuffle"),
        (["local", "--drop", "-1"], 2, "0<=x"),
        (["local", "--drop", "inf"], 2, "x<="),
        *((["local", f"--{name}", "nan"], 2, f"'--{name}': nan is no number") for name in NUMBERS),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_refused(arguments: list[str], code: int, says: str) -> None:
    """Each mistake gets one clear message on stderr, nothing on stdout, and its exit code."""
    done = wschat(*arguments)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_version_and_help() -> None:
    """--version and --help, on stdout, uncut; without arguments the help as well, somewhere."""
    assert wschat("--version").stdout.startswith("wschat ")
    commands = wschat("--help", COLUMNS="80").stdout.partition("Commands:")[2]
    assert ("provision" in commands, "..." in commands) == (True, False)
    bare = wschat()
    assert "provision" in bare.stdout + bare.stderr


@pytest.mark.parametrize(
    ("words", "become"),
    [
        ("logs Se", "SendMessage"),
        ("sta", "status"),
        ("local --order ", "arrival\nshuffle"),
        ("learn sh", "show"),
    ],
)
def test_completion(words: str, become: str) -> None:
    """A shell completes commands, values and the functions whose logs one can read."""
    typed = {"COMP_WORDS": f"wschat {words}", "COMP_CWORD": str(len(words.split(" ")))}
    env = {**os.environ, "_WSCHAT_COMPLETE": "complete_bash", **typed}
    done = subprocess.run([WSCHAT], env=env, stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout.strip() == become


@pytest.mark.parametrize("name", COMMANDS)
def test_what_a_command_does(name: str) -> None:
    """A command's own help begins with the sentence that all lists have, which none of them cuts."""
    help_text = CliRunner().invoke(app, [*name.split(), "--help"]).output
    assert COMMANDS[name] in " ".join(help_text.split())
    assert len(COMMANDS[name]) <= 45


@pytest.mark.parametrize(
    ("typed", "commands"),
    [
        *((words, set()) for words in (["--help"], ["bogus"], [])),
        *(([*name.split(), "--help"], {name}) for name in COMMANDS),
    ],
)
def test_what_is_loaded(typed: list[str], commands: set[str]) -> None:
    """To list the commands none of them is imported, nor what takes long; for help nothing that connects.

    What shows lessons is for those who learn.
    """
    found = loaded(*typed)
    assert {name for name in COMMANDS if module_of(name) in found} >= commands
    slow = {"boto3", "botocore", "websockets", "prompt_toolkit"} | (set() if commands else {"rich"})
    slow.add("wschat.protocol.confusables")
    slow |= set() if typed[:2] == ["learn", "show"] else {"rich.markdown"}
    assert "wschat.cli.app" in found
    assert found & slow == set()


def test_options_of_a_group() -> None:
    """What is given before a group's command holds for it; what is given behind it, more."""
    folder = ("--lessons", "/nowhere")
    for typed in (("learn", *folder, "list"), ("learn", "list", *folder)):
        assert "/nowhere" in wschat(*typed).stderr
    assert wschat("learn", *folder, "list", "--lessons", str(STEPS)).returncode == 0


def test_what_an_error_names_can_be_pasted() -> None:
    """The commands in a hint have the options of the command that failed."""

    def command(target: AwsTarget, *, more: int) -> None:
        raise UsageError(f"{target.prefix} {more}", hint="run `wschat provision`, or `wschat chat`")

    assert _with_groups(test_completion) is test_completion, "it takes no target"
    with pytest.raises(UsageError, match="a- 1") as caught:
        _with_groups(command)(prefix="a-", region=None, profile="my own", endpoint_url=None, more=1)
    assert caught.value.hint == "run `wschat provision --prefix a- --profile 'my own'`, or `wschat chat`"
