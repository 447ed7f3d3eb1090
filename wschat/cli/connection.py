"""What chat and web connect to: the lab that is meant, and how each connection to it is signed."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from shlex import quote
from shutil import which

from wschat import paths
from wschat.errors import UsageError
from wschat.target import SignedHandshake, Target, check_url


def find(target: Target, url: str | None, *, sign: bool | None, command: str) -> Target:
    """Return the lab to connect to: the one with this URL, else the one that was provisioned last.

    What `target` and `sign` leave open is as it was provisioned.

    Raises:
        UsageError: no URL was given or kept.
        ConnectError: it is no WebSocket URL.
    """
    lab = paths.last() if url is None else Target(url=url)
    if lab is None:
        hint = f"give --url wss://…, or run `wschat provision` first, or try `wschat {command} --local`"
        raise UsageError("no URL to chat at", where=command, hint=hint)
    check_url(lab.url)
    return replace(
        lab,
        region=target.region or lab.region,
        profile=target.profile or lab.profile,
        sign=lab.sign if sign is None else sign,
    )


def signer(target: Target) -> Callable[[], SignedHandshake] | None:
    """Return a function that signs each connection to a lab; None if it is not to be signed."""
    if not target.sign:
        return None
    from wschat.lab.aws.signing import signer  # boto3 takes longer to load than all the rest of a chat

    return signer(target.url, target)


def program() -> str:
    """Return what to type for this program: its name, or its path where a shell would not find it."""
    path = Path(sys.argv[0])
    return "wschat" if which("wschat") or path.name != "wschat" else quote(str(path))
