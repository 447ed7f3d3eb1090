"""Which lab is meant: its address, options, and whether it is on this machine; how it is connected to."""

import ipaddress
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from wschat.errors import ConnectError

WireName = Literal["lab", "simple"]
"""The wire that a lab speaks if it is not ours: of the lab's own functions, or of their simple edition."""
HOST = "127.0.0.1"
"""Where a local lab is reached."""
COMMANDS = (
    *("provision", "teardown", "status", "logs", "doctor"),
    *("learn check", "learn drill", "learn drill --hint", "learn drill --mend"),
)
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
    def by_url(self) -> str:
        """Return the options that name its URL, if that is known, and say how it is connected to."""
        return f" --url {shlex.quote(self.url)}{' --sign' * self.sign}" if self.url else ""

    @property
    def commands(self) -> dict[str, str]:
        """Return what to type for each of `COMMANDS` to mean the same lab; doctor takes its URL, too."""
        own = {"doctor": self.by_url}
        return {name: f"wschat {name}{self.options}{own.get(name, '')}" for name in COMMANDS}


@dataclass(frozen=True)
class SignedHandshake:
    """What to connect to, and with which headers besides the usual ones; both are credentials."""

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


def is_here(host: str) -> bool:
    """Tell whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def host_of(url: str) -> str:
    """Return the host of a URL, in lower case; empty if it has none, or is no URL."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def check_url(url: str) -> SplitResult:
    """Return the parts of a WebSocket URL.

    Raises:
        ConnectError: it is none, or one of API Gateway without a stage.
    """
    hint = "it looks like wss://ID.execute-api.REGION.amazonaws.com/development"
    try:
        parts = urlsplit(url)
        valid = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise ConnectError("This is no URL", hint=hint) from None
    if parts.scheme in {"http", "https"}:
        scheme = parts.scheme.replace("http", "ws")
        hint = f"use {scheme}:// for an API; the URL of a page is for a browser"
        raise ConnectError(f"{parts.scheme}:// is no WebSocket URL", hint=hint)
    if parts.scheme not in {"ws", "wss"} or not valid:
        raise ConnectError("A WebSocket URL begins with wss:// and a host", hint=hint)
    if ".execute-api." in (parts.hostname or "") and parts.path in {"", "/"}:
        raise ConnectError("The stage is missing at the end of the URL", hint=hint)
    return parts
