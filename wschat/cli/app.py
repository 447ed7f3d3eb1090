"""The commands, each loaded when it is called; the one place that shows the error that ends the program."""

import sys
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, get_args

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from wschat import __version__
from wschat.errors import WschatError
from wschat.target import Target

COMMANDS = {
    "provision": "Create or repair the lab in an AWS account.",
    "teardown": "Remove all that provision made.",
    "status": "Show what exists of the lab and what differs.",
    "logs": "Show what the functions have logged.",
    "policy": "Print the IAM policy that a person needs.",
    "chat": "Chat in a terminal, or through a pipe.",
    "web": "Chat in a browser.",
    "local": "Run the whole lab on this machine.",
}
"""The first sentence of each command's help, at most 45 characters, so that no list of commands cuts it."""


def _with_target(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command whose first argument is its target take the options that are annotated there.

    The commands that an error's hint names get the same options, so that they work when pasted.
    """
    first, *others = signature(command).parameters.values()
    if first.name != "target":
        return command
    options = get_args(first.annotation)[1]

    @wraps(command)
    def run(**given: Any) -> None:  # noqa: ANN401  whatever the command takes
        target = Target(**{name: given.pop(name) for name in options})
        try:
            command(target, **given)
        except WschatError as error:
            error.complete(target.commands)
            raise

    shared = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=getattr(Target, name), annotation=option)
        for name, option in options.items()
    ]
    own = [each.replace(kind=Parameter.KEYWORD_ONLY) for each in others]
    run.__signature__ = Signature([*own, *shared])  # type: ignore[attr-defined]  # where typer looks
    return run


def load(name: str) -> Any:  # noqa: ANN401  click's command, of which typer has its own copy
    """Import `wschat.cli.NAME`, and return the command made of its function NAME."""
    loaded = typer.Typer(add_completion=False, rich_markup_mode=None)
    loaded.command()(_with_target(getattr(import_module(f"wschat.cli.{name}"), name)))
    return get_command(loaded)


class LazyGroup(TyperGroup):
    """A group that lists its commands without importing them: each is, when it is called or completed."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401  click's
        super().__init__(**settings)
        self.commands = {name: TyperCommand(name, help=text) for name, text in COMMANDS.items()}

    def resolve_command(self, *arguments: Any) -> Any:  # noqa: ANN401  as click has it
        """Load the command that is called, if there is one of that name."""
        name, command, rest = super().resolve_command(*arguments)
        return name, command and load(str(name)), rest


app = typer.Typer(
    name="wschat",
    cls=LazyGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # rich would take as long to load as all the rest of --help
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"wschat {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """A chat room on AWS's WebSocket API: provision it, chat in it, tear it down; or run it all locally.

    Begin with `wschat chat --local`, which needs no account.
    """


def main() -> None:
    """Run the command line; show the error that ends it, and exit with its code."""
    try:
        app()
    except WschatError as error:
        problem = error
    except OSError as error:  # such as a full disk under stdout
        where = str(error.filename or "")
        problem = WschatError(f"the system refused: {error.strerror or error}", where=where)
    from wschat.cli.console import show_error

    show_error(problem)
    sys.exit(problem.exit_code)
