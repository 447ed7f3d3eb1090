"""`wschat local`: run the whole lab on this machine, or join the one that runs."""

import math
from typing import Annotated, Any, Literal

import typer
from rich.markup import escape
from typer.models import OptionInfo

from wschat import paths
from wschat.cli import console
from wschat.cli.options import program
from wschat.errors import LocalError
from wschat.local.gateway.quotas import AS_ON_AWS, GatewayOptions
from wschat.local.join import LocalLab, join
from wschat.signals import interrupt_on_termination

PROVISION = "wschat.lab.local:provision"
"""What provisions a local lab: named for the lab's process, which imports nothing of `lab`."""
CREDENTIALS = "AWS_DEFAULT_REGION=us-east-1 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test"
"""Every local lab's root user, as a shell sets it."""
MOST_DROPS = 60_000.0  # a minute: with inf the lab would do nothing else


def _no_nan(value: float) -> float:
    """Refuse nan, which no limit keeps out and which equals no lab's option, not even its own."""
    if math.isnan(value):
        raise typer.BadParameter("nan is no number")
    return value


def _number(least: float, what: str, most: float | None = None) -> OptionInfo:
    option: OptionInfo = typer.Option(min=least, max=most, callback=_no_nan, help=what)
    return option


def local(
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="TCP port of the lab. (default: any)")
    ] = None,
    idle_timeout: Annotated[
        float, _number(0.1, "Seconds without a message, either way, until a connection is closed.")
    ] = AS_ON_AWS.idle_timeout,
    max_age: Annotated[
        float, _number(0.1, "Seconds until a connection is closed for its age.")
    ] = AS_ON_AWS.max_age,
    rate: Annotated[float, _number(1, "Requests per second; bursts of half as many.")] = AS_ON_AWS.rate,
    order: Annotated[
        Literal["arrival", "shuffle"],
        typer.Option(help="In which order messages are delivered that are sent at the same time."),
    ] = "arrival",
    drop: Annotated[
        float, _number(0, "Connections to cut per minute, at random.", MOST_DROPS)
    ] = AS_ON_AWS.drop,
    *,
    empty: Annotated[
        bool, typer.Option("--empty", help="Begin with nothing in it, like a new account.")
    ] = False,
) -> None:
    """Run the whole lab on this machine. It stays in the foreground until Ctrl-C."""
    options = GatewayOptions(idle_timeout, max_age, rate, shuffle=order == "shuffle", drop=drop)
    interrupt_on_termination()
    err = console.stderr()
    with join_local(port=port, options=options, empty=empty) as lab:
        end = "stops it" if lab.started else "leaves it; it runs on until nobody uses it any more"
        export = f"export AWS_ENDPOINT_URL={lab.endpoint} {CREDENTIALS}"
        try:
            if lab.url:
                typer.echo(lab.url)
                err.print(f"Now chat, in another terminal: [bold]{escape(program())} chat --local[/bold]")
                err.print("To look at it there as at AWS, with status, logs, aws or boto3:")
                err.print(f"  {export}", soft_wrap=True)
            else:
                typer.echo(export)
                err.print("It began empty. After that line another terminal takes it for AWS:")
                err.print(f"there make what you like with aws, boto3 or `{escape(program())} provision`.")
            err.print(f"Ctrl-C {end}.")
            lab.wait()
        except KeyboardInterrupt:
            if lab.started:
                lab.stop()
                err.print("Stopped: nothing is left running.")
            else:
                err.print("Left the lab; it ends when nobody uses it any more.")


def join_local(*, plain: bool = False, empty: bool = False, **wanted: Any) -> LocalLab:  # noqa: ANN401  what `join` takes
    """Join the lab on this machine, or start it; `wanted` are its port and its gateway's options.

    `plain`: show how far it is line by line. `empty`: begin with nothing in it.

    Raises:
        LocalError: it has no place, does not start, or runs with other options, or not empty as it shall.
    """
    try:
        place = paths.state_dir()
    except OSError as error:
        where = str(error.filename or "")
        hint = "make it writable, or set WSCHAT_STATE_DIR to another directory"
        raise LocalError(f"the local lab has no place: {error.strerror}", where=where, hint=hint) from None
    with console.waiting("Starting the local lab", plain=plain) as progress:
        return join(place, "" if empty else PROVISION, progress=progress, **wanted)
