"""`wschat policy`: the IAM policy that a person or a whole class needs, and the boundary of their roles."""

import json
import re
from dataclasses import replace
from typing import Annotated

import typer
from rich.text import Text

from wschat.cli import console
from wschat.cli.aws import connect
from wschat.cli.options import InAccount
from wschat.errors import UsageError
from wschat.lab.chosen.choices import UNDECIDED, Choices, chosen
from wschat.lab.permissions.user_policy import BOUNDED_PATH, boundary, prefix_of_each, user_policy
from wschat.text import safe


def policy(
    target: InAccount,
    *,
    every: Annotated[
        bool, typer.Option("--class", help="One policy for a class: each name is a prefix, and `-`.")
    ] = False,
    principal_tag: Annotated[
        str | None,
        typer.Option(metavar="KEY", help="With --class, names are this tag of whoever asks, not IAM users'."),
    ] = None,
    bounded: Annotated[
        bool, typer.Option("--boundary", help="Print the permissions boundary for roles of labs instead.")
    ] = False,
    permissions_boundary: Annotated[
        str | None,
        typer.Option(metavar="ARN", help="Allow roles only under this boundary, which --boundary prints."),
    ] = None,
    role_path: Annotated[
        str | None, typer.Option(help=f"Path of the roles. (default: /; with a boundary {BOUNDED_PATH})")
    ] = None,
) -> None:
    """Print the IAM policy that a person needs. In JSON, for one lab and nothing else, or for a class."""
    if every and target.prefix:
        raise UsageError("--class and --prefix exclude each other", where="policy")
    if principal_tag is not None and not every:
        raise UsageError("--principal-tag needs --class", where="policy")
    path = role_path or (BOUNDED_PATH if permissions_boundary else None)
    choices = chosen(None, permissions_boundary or None, path, None)
    if bounded and (every or choices != UNDECIDED):
        why = "--boundary is of roles, and --class, --permissions-boundary, --role-path of who makes them"
        raise UsageError(why, where="policy")
    prefix = prefix_of_each(principal_tag) if every else target.prefix
    lab = replace(connect(target).lab, prefix=prefix, choices=choices)
    typer.echo(json.dumps(boundary(lab) if bounded else user_policy(lab), indent=2))
    if not bounded:
        _tell(prefix, choices, principal_tag)


def _tell(prefix: str, choices: Choices, tag: str | None) -> None:
    """Say on stderr with which options whoever has the policy must provision, if not with --prefix alone."""
    name = re.sub(r"\$\{.*\}", "NAME", prefix)
    if name == prefix and choices == UNDECIDED:
        return
    given = {"--prefix": name, "--permissions-boundary": choices.boundary, "--role-path": choices.path}
    options = " ".join(f"{option} {value}" for option, value in given.items() if value)
    told = f"Whoever has this policy provisions with `{options}`."
    if name != prefix:
        whose = "the name of their IAM user" if tag is None else f"the value of their tag {tag}"
        told += f" NAME is {whose}: letters, digits, - and _ alone are legal in all names."
        told += " Nobody's API is safe from the others: see the class's chapter in wschat/lab/ACCOUNTS.md."
    console.stderr().print(Text(safe(told)))
