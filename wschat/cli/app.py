"""The commands, each loaded when it is called; the one place that shows the error that ends the program."""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import wraps
from importlib import import_module
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, get_args

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from wschat import __version__
from wschat.cli.help import Command, OffersNearest, complete
from wschat.cli.options import AccountTarget
from wschat.errors import WschatError
from wschat.target import Target

PROGRAM = "wschat"
COMMANDS = {
    "provision": "Create or repair the lab in an AWS account.",
    "teardown": "Remove all that provision made.",
    "status": "Show what exists of the lab and what differs.",
    "doctor": "Find the cause of what does not work.",
    "logs": "Show what the functions have logged.",
    "policy": "Print the IAM policy that a person needs.",
    "zip": "Write the functions' zips to a folder.",
    "chat": "Chat in a terminal, or through a pipe.",
    "web": "Chat in a browser.",
    "local": "Run the whole lab on this machine.",
    "learn": "Learn the lab by doing it, step by step.",
    "learn list": "List the lessons.",
    "learn show": "Show one lesson.",
    "learn check": "Say what of a lesson is not right yet.",
    "learn do": "Do one lesson, and show each call to AWS.",
    "learn drill": "Break one thing, to be found.",
}
"""The first sentence of each command's help, at most 45 characters, so that no list of commands cuts it.

`GROUP NAME` is a command of a group, which is a command, too, where none of its own is called.
"""


def _with_groups(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command take the options that the annotations of some arguments list, such as its target's.

    The commands that an error's hint names get the options of the target, so that they work when pasted.
    """
    parameters = signature(command).parameters.values()
    groups = {each.name: get_args(each.annotation) for each in parameters if _is_group(each)}
    if not groups:
        return command

    @wraps(command)
    def run(**given: Any) -> None:  # noqa: ANN401  whatever the command takes
        made = {
            name: kind(**{option: given.pop(option) for option in options})
            for name, (kind, options) in groups.items()
        }
        target = made.get("target", Target())
        try:
            with _in_place(target, command.__name__):
                command(**made, **given)
        except WschatError as error:
            error.complete(target.commands)
            raise

    own = [each.replace(kind=Parameter.KEYWORD_ONLY) for each in parameters if each.name not in groups]
    shared = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=getattr(kind, name), annotation=option)
        for kind, options in reversed(groups.values())
        for name, option in options.items()
    ]
    run.__signature__ = Signature([*own, *shared])  # type: ignore[attr-defined]  # where typer looks
    return run


def _in_place(target: Target, command: str) -> AbstractContextManager[None]:
    """Return the place in which a command works: what the environment says, or the lab on this machine."""
    if not (isinstance(target, AccountTarget) and target.local):
        return nullcontext()
    from wschat.cli.local_lab import in_place_of_aws  # it takes longer to load than all the rest of --help

    return in_place_of_aws(target, command)


def _is_group(parameter: Parameter) -> bool:
    """Tell whether a parameter stands for several options: its annotation has them, and the class to make."""
    return any(isinstance(each, dict) for each in get_args(parameter.annotation)[1:])


def is_group(name: str) -> bool:
    """Tell whether a command has others inside."""
    return any(each.startswith(f"{name} ") for each in COMMANDS)


def module_of(name: str) -> str:
    """Return the name of a command's module; a group's own stands among those of its commands."""
    words = name.split()
    return ".".join(["wschat.cli.commands", *words, *(words if is_group(name) else [])])


def load(name: str) -> Any:  # noqa: ANN401  click's command, of which typer has its own copy
    """Import a command's module, and return the command made of its function of that name.

    Where it has a class `Command`, the command is of that.
    """
    module = import_module(module_of(name))
    command = _with_groups(getattr(module, name.rsplit(maxsplit=1)[-1]))
    loaded = typer.Typer(name=name, cls=LazyGroup, add_completion=False, rich_markup_mode=None)
    if is_group(name):
        loaded.callback(invoke_without_command=True)(_alone(command))
    else:
        loaded.command(cls=getattr(module, "Command", Command))(command)
    return complete(get_command(loaded), name)


def _alone(command: Callable[..., None]) -> Callable[..., None]:
    """Let a group's own command run where none of the group is called; else its options hold for that one."""
    taken = signature(command)

    @wraps(command)
    def run(context: typer.Context, **given: Any) -> None:  # noqa: ANN401  whatever the command takes
        if context.invoked_subcommand is None:
            command(**given)
        else:
            typed = {name: value for name, value in given.items() if value != taken.parameters[name].default}
            context.default_map = {context.invoked_subcommand: typed}

    context = Parameter("context", Parameter.KEYWORD_ONLY, annotation=typer.Context)
    run.__signature__ = Signature([context, *taken.parameters.values()])  # type: ignore[attr-defined]
    return run


class LazyGroup(OffersNearest, TyperGroup):
    """A group that lists its commands without importing them: each is, when it is called or completed."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401  click's
        super().__init__(**settings)
        above = "" if self.name == PROGRAM else f"{self.name} "
        inside = {name.removeprefix(above): text for name, text in COMMANDS.items() if name.startswith(above)}
        own = {name: text for name, text in inside.items() if " " not in name}
        self.commands = {name: TyperCommand(name, help=text) for name, text in own.items()}
        self._above = above

    def resolve_command(self, *arguments: Any) -> Any:  # noqa: ANN401  as click has it
        """Load the command that is called, if there is one of that name."""
        name, command, rest = super().resolve_command(*arguments)
        return name, command and load(f"{self._above}{name}"), rest


app = typer.Typer(
    name=PROGRAM,
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
