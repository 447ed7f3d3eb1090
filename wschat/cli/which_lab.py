"""Which lab is connected to: the one of a URL, or one of those that were provisioned from here; and how."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from wschat.cli.provisioned import Provisioned, kept
from wschat.errors import AccessError, ConnectError, UsageError
from wschat.protocol.symptoms import Symptom
from wschat.target import SignedHandshake, Target, check_url


def find(target: Target, url: str | None, prefix: str | None, *, sign: bool | None, command: str) -> Target:
    """Return the lab to connect to: the one with this prefix or URL, else the one that was provisioned last.

    What `target` and `sign` leave open is as it was provisioned.

    Raises:
        UsageError: no URL was given or kept.
        ConnectError: it is no WebSocket URL.
    """
    lab = kept_lab(target, command, prefix) if url is None or prefix is not None else Target(url=url)
    check_url(lab.url)
    return replace(
        lab,
        region=target.region or lab.region,
        profile=target.profile or lab.profile,
        sign=lab.sign if sign is None else sign,
    )


def kept_lab(target: Target, command: str, prefix: str | None = None) -> Provisioned:
    """Return the last lab that was provisioned from here with this prefix, region and profile.

    A profile may be meant for signing alone, so it chooses only where that leaves a choice.

    Raises:
        UsageError: there is none.
    """
    all_labs = kept()
    labs = [each for each in all_labs if prefix is None or each.prefix == prefix]
    labs = [each for each in labs if target.region in {None, each.region}]
    labs.sort(key=lambda each: target.profile not in {None, each.profile})
    if labs:
        return labs[0]
    give = f"give --url wss://…, or run `wschat provision` first, or try `wschat {command} --local`"
    if not all_labs:
        raise UsageError("no URL to chat at", where=command, hint=give)
    others = "; ".join(map(str, all_labs))
    raise UsageError(
        "no such lab was provisioned from here", where=command, hint=f"there is {others}. Else {give}"
    )


def which_of_several(lab: Target) -> str:
    """Say which lab this is, if several were provisioned from here and it was not given by its URL."""
    several = len(kept()) if isinstance(lab, Provisioned) else 0
    return f"this is {lab}, of {several} that were provisioned from here" if several > 1 else ""


ENDED = {Symptom.NOTHING_LISTENS, Symptom.NO_ANSWER, Symptom.NO_WEBSOCKET, Symptom.REFUSED}
"""What a URL on this machine shows whose lab has ended: nothing, another program, or another lab."""


@contextmanager
def telling_which(lab: Target) -> Iterator[None]:
    """Let the error of a lab that can't be reached say which one that is, if it was not given by its URL."""
    try:
        yield
    except ConnectError as error:
        if isinstance(lab, Provisioned):
            error.where = f"{lab}, {error.where}"
            if not lab.is_here:
                error.hint += f"; `wschat status{lab.options}` tells whether it is still there"
            elif error.symptom in ENDED:
                error.hint = "it has ended with what it was made in: `wschat chat --local` starts another"
        raise


def signer(target: Target) -> Callable[[], SignedHandshake] | None:
    """Return a function that signs each connection to a lab; None if it is not to be signed."""
    if not target.sign:
        return None
    from wschat.lab.aws.signing import signer  # boto3 takes longer to load than all the rest of a chat

    try:
        return signer(target.url, target)
    except AccessError as error:
        from wschat.cli.local_lab import mention_local  # it is seldom needed

        mention_local(error)
        raise
