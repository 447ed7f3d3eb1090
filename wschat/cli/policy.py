"""`wschat policy`: the IAM policy that a person needs for one lab."""

import json

import typer

from wschat.cli.aws import connect
from wschat.cli.options import AwsTarget
from wschat.lab.user_policy import user_policy


def policy(target: AwsTarget) -> None:
    """Print the IAM policy that a person needs. In JSON, for one lab and nothing else."""
    typer.echo(json.dumps(user_policy(connect(target).lab), indent=2))
