"""The command that runs the lab on this machine."""

from enum import StrEnum
from typing import Annotated

import typer

from wschat.cli_chat import join_local
from wschat.cli_runs import called
from wschat.errors import ExitCode
from wschat.local.gateway.limits import AWS, Settings
from wschat.signals import end_as_ctrl_c

ROOT = "AWS_DEFAULT_REGION=us-east-1 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test"
"""Who is root of every local lab, as a shell sets it."""


class Order(StrEnum):
    """In which order the local gateway delivers what is done at the same time."""

    ARRIVAL = "arrival"
    SHUFFLE = "shuffle"


def local(
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="The emulator's port. (default: any)")
    ] = None,
    idle_timeout: Annotated[
        float,
        typer.Option(min=0.1, help="Seconds without a message, either way, until a connection is closed."),
    ] = AWS.idle_timeout,
    max_age: Annotated[
        float, typer.Option(min=0.1, help="Seconds until a connection is closed for its age.")
    ] = AWS.max_age,
    rate: Annotated[float, typer.Option(min=1, help="Requests a second; half as many may burst.")] = AWS.rate,
    order: Annotated[Order, typer.Option(help="Let what is done at the same time overtake.")] = Order.ARRIVAL,
    drop: Annotated[
        float, typer.Option(min=0, help="Cut so many connections a minute, at random.")
    ] = AWS.drop,
) -> None:
    """Run the whole lab on this machine. It stays in the foreground until Ctrl-C."""
    from wschat import console

    settings = Settings(idle_timeout, max_age, rate, shuffle=order is Order.SHUFFLE, drop=drop)
    end_as_ctrl_c()
    screen = console.screen()
    try:
        with join_local(port=port, settings=settings) as lab:
            end = "stops it" if lab.started else "leaves it; it runs on until nobody uses it any more"
            try:
                typer.echo(lab.url)
                screen.print(f"Now chat, in another terminal: [bold]{called()} chat --local[/bold]")
                screen.print("To look at it there as at AWS, with status, logs, aws or boto3:")
                screen.print(f"  export AWS_ENDPOINT_URL={lab.endpoint} {ROOT}", soft_wrap=True)
                screen.print(f"Ctrl-C {end}.")
                lab.wait()
            except KeyboardInterrupt:
                if lab.started:
                    lab.stop()
                    screen.print("Stopped: nothing is left running.")
                else:
                    screen.print("Left the lab; it ends when nobody uses it any more.")
    except KeyboardInterrupt:
        raise typer.Exit(ExitCode.INTERRUPTED) from None
