"""The command line: parse, call one function, show, exit; the only place that catches errors."""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated

import typer

from wschat import __version__
from wschat.errors import WschatError

MODULES = {
    "provision": "cli_aws",
    "teardown": "cli_aws",
    "status": "cli_aws",
    "logs": "cli_logs",
    "policy": "cli_aws",
    "chat": "cli_chat",
    "web": "cli_web",
    "local": "cli_local",
}
HELP = (
    "A chat room on AWS's WebSocket API: provision it, chat in it, tear it down; or run it all locally."
    " Begin with `wschat chat --local`, which needs no account."
)


def main() -> None:
    """Run the command line; every error that a person can do something about is shown as such."""
    try:
        app(sys.argv[1:])()
    except WschatError as error:
        problem = error
    except OSError as error:  # such as a full disk under stdout
        where = str(error.filename or "")
        problem = WschatError(f"the system refused: {error.strerror or error}", where=where)
        _settle_stdout()
    from wschat.console import show_error

    show_error(problem)
    sys.exit(problem.exit_code)


def _settle_stdout() -> None:
    if sys.stdout:
        try:
            sys.stdout.flush()
        except OSError:
            from wschat.streams import discard

            discard(sys.stdout)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"wschat {__version__}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
]


def _root(*, version: Version = False) -> None:
    pass


def app(arguments: Sequence[str] = ()) -> typer.Typer:
    """Build the command line of one command, or of all where none is asked for: one starts faster.

    The list of commands, and a shell that completes them, show a command's first sentence where it has at
    most 45 characters, and cut it otherwise.
    """
    built = typer.Typer(
        name="wschat",
        no_args_is_help=True,
        add_completion=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,  # rich would take as long to load as all the rest of --help
        context_settings={"help_option_names": ["-h", "--help"]},
        help=HELP,
    )
    built.callback()(_root)
    asked = {name for name in arguments[:1] if name in MODULES}
    for name in asked or MODULES:
        built.command()(getattr(import_module(f"wschat.{MODULES[name]}"), name))
    return built
