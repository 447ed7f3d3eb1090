"""Which lab is meant: by its names in an AWS account, or by its URL; how a connection to it is signed."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

COMMANDS = ("provision", "teardown", "status")
"""The commands that lead on from each other, with the same options."""


@dataclass(frozen=True)
class Target:
    """Which lab is meant; what is None is left to boto3's own configuration.

    Attributes:
        prefix: stands before the name of every resource.
        region: AWS region.
        profile: AWS profile.
        endpoint_url: used in place of AWS's own URLs.
        url: the lab's wss:// URL, where that is known.
        sign: whether connections to it are signed with AWS credentials.
    """

    prefix: str = ""
    region: str | None = None
    profile: str | None = None
    endpoint_url: str | None = None
    url: str = ""
    sign: bool = False

    @property
    def options(self) -> str:
        """Return the options with which another of `COMMANDS` means the same lab, each after a space."""
        names = ("prefix", "region", "profile", "endpoint_url")
        given = {f"--{name.replace('_', '-')}": getattr(self, name) for name in names}
        return "".join(f" {option} {shlex.quote(value)}" for option, value in given.items() if value)

    @property
    def commands(self) -> dict[str, str]:
        """Return what to type for each of `COMMANDS` to mean the same lab."""
        return {name: f"wschat {name}{self.options}" for name in COMMANDS}


@dataclass(frozen=True)
class SignedHandshake:
    """What to connect to, and with which headers besides the usual ones; both are credentials."""

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
