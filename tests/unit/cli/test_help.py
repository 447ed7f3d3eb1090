"""What --help shows: no types of Python, examples that can be typed; and what a wrong option meant."""

from itertools import chain

import pytest
import typer

from tests.support.terminal import wschat
from wschat.cli.app import COMMANDS, load
from wschat.cli.help import EXAMPLES


@pytest.mark.parametrize("name", COMMANDS)
def test_help(name: str) -> None:
    """Each value has a word, and each command some examples, of which each can be typed."""
    command = load(name)
    context = typer.Context(command, info_name=name)
    shown = command.get_help(context)
    assert (" <" in shown, "Examples:" in shown) == (False, True)
    values = shown.splitlines()[0].partition("[OPTIONS]")[2]
    assert values == values.upper(), "what one puts there is in capitals"
    for example in EXAMPLES[name]:
        assert f"\n    wschat {example}\n" in f"{shown}\n"
        assert f"{example} ".startswith(f"{name} ")
        command.make_parser(context).parse_args(example.split()[len(name.split()) :])


def test_words_of_values() -> None:
    """A value is called as its option is, where nothing says it better; a choice is what can be chosen."""
    options = chain(load("chat").params, load("local").params)
    words = {each.name: each.metavar for each in options if each.param_type_name == "option"}
    told = {"name": "NAME", "log": "FILE", "notify": "none|osc9", "plain": None, "max_age": "SECONDS"}
    assert {name: words[name] for name in told} == told


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("chat --ulr wss://x", "--url"),
        ("chat --nam ann", "--name"),
        ("learn --loacl list", "--local"),
        ("local --emtpy", "--empty"),
        ("chat --nonsense", None),
        ("provison", "provision"),
        ("learn lst", "list"),
        ("xyzzy", None),
    ],
)
def test_what_was_meant(typed: str, meant: str | None) -> None:
    """The nearest, if one is near."""
    told = wschat(*typed.split()).stderr
    assert "No such" in told
    assert told.partition(". Did you mean ")[2].strip() == (f"'{meant}'?" if meant else "")
