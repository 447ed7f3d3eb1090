"""`wschat policy`: the IAM policy that a person or a whole class needs, and the boundary of their roles."""

import json
import re
from dataclasses import replace
from typing import Annotated

import typer
from rich.text import Text

from wschat.cli import console
from wschat.cli.aws import connect
from wschat.cli.options import AwsTarget
from wschat.errors import UsageError
from wschat.lab.user_policy import BOUNDED_PATH, UNBOUNDED, Bounds, boundary, prefix_of_each, user_policy
from wschat.target import Target
from wschat.text import safe

POLICY = r"arn:[a-z-]+:iam::([0-9]{12}|aws):policy/[!-~]+"
PATH = r"/([!-~]+/)?"


def policy(
    target: AwsTarget,
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
    _check(target, permissions_boundary, role_path, every=every, tagged=principal_tag is not None)
    prefix = prefix_of_each(principal_tag) if every else target.prefix
    bounds = Bounds(permissions_boundary or "", role_path or (BOUNDED_PATH if permissions_boundary else "/"))
    if bounded and (every or bounds != UNBOUNDED):
        why = "--boundary is of roles, and --class, --permissions-boundary, --role-path of who makes them"
        raise UsageError(why, where="policy")
    lab = replace(connect(target).lab, prefix=prefix)
    typer.echo(json.dumps(boundary(lab) if bounded else user_policy(lab, bounds), indent=2))
    if not bounded:
        _tell(prefix, bounds, principal_tag)


def _check(target: Target, arn: str | None, path: str | None, *, every: bool, tagged: bool) -> None:
    """Check the options.

    Raises:
        UsageError: one has no use, or can't be.
    """
    if every and target.prefix:
        raise UsageError("--class and --prefix exclude each other", where="policy")
    if tagged and not every:
        raise UsageError("--principal-tag needs --class", where="policy")
    if arn is not None and not re.fullmatch(POLICY, arn):
        hint = "it looks like arn:aws:iam::123456789012:policy/wschat-boundary"
        raise UsageError(f"{arn!r} is no ARN of a policy", where="--permissions-boundary", hint=hint)
    if path is not None and not re.fullmatch(PATH, path):
        hint = f"it begins and ends with a slash, such as {BOUNDED_PATH}"
        raise UsageError(f"{path!r} is no path of a role", where="--role-path", hint=hint)


def _tell(prefix: str, bounds: Bounds, tag: str | None) -> None:
    """Say on stderr with which options whoever has the policy must provision, if not with --prefix alone."""
    name = re.sub(r"\$\{.*\}", "NAME", prefix)
    if name == prefix and bounds == UNBOUNDED:
        return
    given = {"--prefix": name, "--permissions-boundary": bounds.boundary, "--role-path": bounds.path}
    options = " ".join(f"{option} {value}" for option, value in given.items() if value not in {"", "/"})
    told = f"Whoever has this policy provisions with `{options}`."
    if name != prefix:
        whose = "the name of their IAM user" if tag is None else f"the value of their tag {tag}"
        told += f" NAME is {whose}: letters, digits, - and _ alone are legal in all names."
        told += " Nobody's API is safe from the others: see the class's chapter in wschat/lab/README.md."
    console.stderr().print(Text(safe(told)))
