"""A process that provisions or tears down a lab until it is killed."""

import sys

import boto3

from tests.studies.sweep.world import RUNS, log_in
from tests.support.plane.clock import ScaledClock


def main(url: str, run: str, factor: str) -> None:
    """Do a run at an endpoint, in a time that is so many times faster."""
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
    RUNS[run](log_in(url, session, ScaledClock(float(factor))))


if __name__ == "__main__":
    main(*sys.argv[1:])
