"""The choices that a person made for one lab, which are kept as tags on its tables, and nowhere else."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from shlex import quote as quote_shell
from typing import Any, Literal, Self, get_args
from urllib.parse import quote, unquote

from wschat.errors import UsageError
from wschat.lab.chosen.throttle import FORM

PREFIX = "wschat:"
OWN_ROLES = "before"
KEYS = "wschat:tags"
"""The tag that lists the keys of the lab's own tags, with blanks between them."""
LONGEST_KEY, LONGEST_VALUE, MOST = 128, 256, 40
"""Characters, and how many own tags there may be: AWS takes 50 tags of a resource, IAM and all."""
ROLE = r"(arn:[\w-]+:iam::\d{12}:role/(\S+/)?)?[A-Za-z0-9_+=,.@-]{1,64}"
BOUNDARY = r"arn:[\w-]+:iam::(\d{12}|aws):policy/\S+"
PATH = r"/([!-~]+/)?"
Auth = Literal["none", "iam"]
"""Anyone may connect, or whom IAM allows it."""
TAG_TEXT = r"[\w .:/=+@-]*"


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What a lab is made with; None where that is left as it is, and empty where it is to be as at first.

    Attributes:
        role: the ARN of a role that exists, for all functions; empty if each function has one of the lab's.
        boundary: the ARN of the permissions boundary of the lab's roles.
        path: their path, such as `/labs/`.
        tags: tags of one's own, as keys and values, on everything that takes tags.
        throttle: of the stage, as it was typed; empty for the default one.
        auth: who may connect, as it was typed, one of `Auth`; empty if nobody has said so, as of a lab whose
            tags did not keep it yet.
        architecture: of the functions; AWS's refusals choose it.
        own_roles: of a lab with a given role, `OWN_ROLES` if it had its own before, which a run that was
            stopped may have left; empty if it never had any, so that nobody has to look for them.
    """

    role: str | None = None
    boundary: str | None = None
    path: str | None = None
    architecture: str | None = None
    throttle: str | None = None
    auth: str | None = None
    own_roles: str | None = None
    tags: tuple[tuple[str, str], ...] | None = None

    def over(self, kept: Self) -> Self:
        """Return these, and what they leave open as it was kept."""
        return replace(kept, **{name: value for name, value in vars(self).items() if value is not None})

    def lacks(self, traces: Self) -> Self:
        """Return those of what was found of others that are left open here."""
        return replace(traces, **{name: None for name, value in vars(self).items() if value is not None})

    def check_length(self) -> None:
        """Check that tags can keep them.

        Raises:
            UsageError: one is too long.
        """
        for key, value in self.kept.items():
            if len(value) > LONGEST_VALUE:
                hint = f"the tag {key} has to hold it, which takes {LONGEST_VALUE} characters"
                raise UsageError(f"this is too long: {value}", where="provision", hint=hint)

    @property
    def options(self) -> list[str]:
        """The options that give them, one each; those of what is as at first are left out."""
        named = {
            "auth": self.auth,
            "role": self.role,
            "permissions-boundary": self.boundary,
            "role-path": self.path,
            "throttle": self.throttle,
        }
        given = [f"--{name} {quote_shell(value)}" for name, value in named.items() if value]
        return [*given, *(f"--tag {quote_shell(f'{key}={value}')}" for key, value in self.tags or ())]

    @property
    def kept(self) -> dict[str, str]:
        """The tags that keep them; of what is as at first there is none."""
        values = {name: str(getattr(self, name) or "") for name in NAMES}
        keys = " ".join(_written(key) for key, _ in self.tags or ())
        chosen = {PREFIX + name: _written(value) for name, value in values.items()} | {KEYS: keys}
        return {key: value for key, value in chosen.items() if value}

    @classmethod
    def of(cls, tags: Mapping[str, str]) -> Self:
        """Return those that tags keep; what is not among these is empty, as is what can't be."""
        keys = [_read(each) for each in tags.get(KEYS, "").split()]
        values: dict[str, Any] = {name: _read(tags.get(PREFIX + name, "")) for name in NAMES}
        if not re.fullmatch(FORM, values["throttle"]):
            values["throttle"] = ""
        if values["auth"] not in get_args(Auth):
            values["auth"] = ""
        if not values["role"]:
            values["own_roles"] = None
        return cls(tags=tuple((key, tags[key]) for key in keys if key in tags), **values)


UNDECIDED = Choices()
"""Those of somebody who leaves all as it is."""
NAMES = tuple(each.name for each in fields(Choices) if each.name != "tags")
KEPT = frozenset({KEYS, *(PREFIX + name for name in NAMES)})
"""The keys of the tags that keep choices."""


def _written(text: str) -> str:
    """Return a text in letters that tags take everywhere, without blanks: `=2C` stands for a comma."""
    return quote(text, safe=":/+@").replace("%", "=")


def _read(text: str) -> str:
    return unquote(text.replace("=", "%"))


def chosen(
    role: str | None,
    boundary: str | None,
    path: str | None,
    tags: Iterable[str] | None,
    throttle: str | None = None,
    auth: str | None = None,
) -> Choices:
    """Return the choices that a command line gives, each as it was typed; tags as `KEY=VALUE`.

    Raises:
        UsageError: one of them can't be.
    """
    for option, given, form, what, hint in (
        ("--role", role, ROLE, "role", "give its name or its ARN, such as LabRole, or '' for none"),
        ("--permissions-boundary", boundary, BOUNDARY, "ARN of a policy", "give that, or '' for none"),
        ("--role-path", path, PATH, "path", "it begins and ends with a slash, such as /labs/"),
        (
            *("--throttle", throttle, FORM, "throttle"),
            "give RATE or RATE/BURST, such as 20/1000; off; or '' for the usual",
        ),
    ):
        if given and not re.fullmatch(form, given):
            raise UsageError(f"{given!r} is no {what}", where=option, hint=hint)
    own = None if tags is None else _own(tags)
    at = "" if path == "/" else path
    choices = Choices(role=role, boundary=boundary, path=at, tags=own, throttle=throttle, auth=auth)
    choices.check_length()
    return choices


def _own(tags: Iterable[str]) -> tuple[tuple[str, str], ...]:
    found = {}
    for each in filter(None, tags):
        key, equals, value = each.partition("=")
        if not (
            equals
            and re.fullmatch(TAG_TEXT, key + value)
            and 0 < len(key) <= LONGEST_KEY
            and len(value) <= LONGEST_VALUE
        ):
            hint = "use KEY=VALUE, of letters, digits, blanks and _ . : / = + - @"
            raise UsageError(f"{each!r} is no tag that AWS takes everywhere", where="--tag", hint=hint)
        if key.lower().startswith(("aws:", PREFIX)):
            raise UsageError(f"{key!r} is not yours to set", where="--tag", hint="take another key")
        found[key] = value
    if len(found) > MOST:
        raise UsageError(f"{len(found)} are too many", where="--tag", hint=f"use at most {MOST}")
    return tuple(sorted(found.items()))
