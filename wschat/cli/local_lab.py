"""The lab on this machine, for all commands that work in it: joined or started, its URL, taken for AWS."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shlex import quote
from typing import Any

from wschat.cli import console
from wschat.cli.options import AccountTarget, program
from wschat.errors import AccessError, AwsError, ConnectError, LocalError, UsageError
from wschat.local.join import LocalApi, LocalLab, join
from wschat.local.shared import LabFiles
from wschat.system import paths
from wschat.target import Target

PROVISION = "wschat.lab.local:provision"
"""What provisions a local lab: named for the lab's process, which imports nothing of `lab`."""
JUST_ENDED_S = 0.01


@contextmanager
def in_place_of_aws(target: Target, command: str) -> Iterator[None]:
    """Let this process work in the lab that runs on this machine, as in an AWS account.

    None is started: it would end with the command.

    Raises:
        UsageError: the target says where else.
        LocalError: no lab runs, or it ended in the middle.
    """
    check_excluded(target, command)
    with join_local(start=False) as lab:
        take_for_aws(lab)
        try:
            yield
        except AwsError:
            lab.check(JUST_ENDED_S)
            raise


def mention_local(error: AccessError) -> None:
    """Let the error of who has no credentials say what to do if a lab runs on this machine."""
    with suppress(OSError):
        if LabFiles(paths.state_dir()).socket.exists():
            error.hint += "; for the lab that runs on this machine, give --local"


def check_excluded(target: Target, command: str) -> None:
    """Raise a UsageError if a target that is in the lab on this machine says where else it is."""
    if target.profile or target.region or target.endpoint_url:
        raise UsageError("--local excludes --profile, --region and --endpoint-url", where=command)


def take_for_aws(lab: LocalLab) -> None:
    """Let this process take a local lab for AWS, as its line does for a shell, whatever else is set."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    nothing = dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), os.devnull)
    os.environ.update({**nothing, "NO_PROXY": "*", **lab.environment})


def credentials(lab: LocalLab) -> str:
    """Return what makes a shell take a local lab for AWS: its root's key is in it, for its owner to copy.

    The key is good in this lab alone, and ends with it.
    """
    return " ".join(f"{name}={quote(value) if value else ''}" for name, value in lab.environment.items())


def lab_in(lab: LocalLab, prefix: str | None, *, sign: bool | None) -> Target:
    """Return what is connected to in a local lab; to sign, its root's key is there for this process.

    Raises:
        UsageError: there is no API, or nobody can tell which.
    """
    if sign:
        take_for_aws(lab)
    return AccountTarget(prefix or "", url=url_in(lab, prefix), sign=bool(sign), local=True)


def url_in(lab: LocalLab, prefix: str | None = None) -> str:
    """Return the URL of the API in a local lab, as it is now: its only one, else the lab's own, by its name.

    `prefix` is of the lab's own that is meant.

    Raises:
        UsageError: there is none, or nobody can tell which.
    """
    apis = lab.apis()
    served = [(api.name, url) for api in apis for url in api.urls]
    if prefix is not None or len(served) > 1:
        # they take longer to load than all the rest of a chat
        from wschat.lab.aws.websocket_api import API_NAME
        from wschat.lab.blueprint import STAGE

        meant = f"{prefix or ''}{API_NAME}"
        own = [(name, url) for name, url in served if name == meant and url.endswith(f"/{STAGE}")]
        served = own if own or prefix is not None else served
        apis = [api for api in apis if api.name == meant]
    if len(served) == 1:
        return served[0][1]
    if not served:
        lacking = _lacking(apis[0]) if apis else "it has no such API"
        make = f"{program()} provision{AccountTarget(prefix or '', local=True).options}"
        hint = f"make it with `{make}`, or by hand after the line that `{program()} local` prints"
        raise UsageError(f"there is nothing to chat at: {lacking}", where="the local lab", hint=hint)
    choose = "; ".join(f"{name}: `wschat chat {url}`" for name, url in served)
    raise UsageError("there are several APIs to chat at", where="the local lab", hint=f"choose one: {choose}")


def _lacking(api: LocalApi) -> str:
    if api.urls:
        stages = ", ".join(url.rpartition("/")[2] for url in api.urls)
        return f"its API {api.name} serves the stage {stages}, and not the lab's"
    return f"no stage of its API {api.name} has a deployment"


@contextmanager
def telling_if_gone(lab: LocalLab, url: str) -> Iterator[None]:
    """Let the error of an API that can't be reached say that it is no more in a local lab, if it is not."""
    try:
        yield
    except ConnectError as error:
        if not any(url in api.urls for api in lab.apis()):
            error.what += "; this API is no more in the local lab"
            error.hint = "start again with --local, which takes the API that is there then"
        raise


def join_local(
    *,
    plain: bool = False,
    empty: bool = False,
    start: bool = True,
    **wanted: Any,  # noqa: ANN401  what `join` takes
) -> LocalLab:
    """Join the lab on this machine, or start it; `wanted` are its port and its gateway's options.

    `plain`: show how far it is line by line. `empty`: begin with nothing in it. Without `start`, only
    one that runs is joined, as it is.

    Raises:
        LocalError: it has no place, does not start, or runs with other options, or not empty as it shall.
    """
    at = place()
    provision = ("" if empty else PROVISION) if start else None
    runs = not start or LabFiles(at).socket.exists()
    with console.waiting(f"{'Joining' if runs else 'Starting'} the local lab", plain=plain) as progress:
        return join(at, provision, progress=progress, **wanted)


def place() -> Path:
    """Return the state directory."""
    try:
        return paths.state_dir()
    except OSError as error:
        where = str(error.filename or "")
        hint = "make it writable, or set WSCHAT_STATE_DIR to another directory"
        raise LocalError(f"the local lab has no place: {error.strerror}", where=where, hint=hint) from None
