"""A function for tests of the local lab: it tells its environment, and may take very long."""

import io
import json
import zipfile
from contextlib import closing

import boto3

CODE = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
def handler(event, context):
    time.sleep(event["sleep"])
    return dict(os.environ)
"""
ROOT = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")


def make_function(endpoint: str) -> None:
    """Make the function in an empty lab."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("main.py", CODE)
    with closing(ROOT.client("iam", endpoint_url=endpoint)) as iam:
        role = iam.create_role(RoleName="any", AssumeRolePolicyDocument=json.dumps({"Statement": [TRUST]}))
    with closing(ROOT.client("lambda", endpoint_url=endpoint)) as functions:
        functions.create_function(
            FunctionName="mirror",
            Runtime="python3.13",
            Timeout=60,
            Role=role["Role"]["Arn"],
            Handler="main.handler",
            Code={"ZipFile": packed.getvalue()},
        )


TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}


def call(endpoint: str) -> dict[str, str]:
    """Call the function, and return the environment that it sees."""
    with closing(ROOT.client("lambda", endpoint_url=endpoint)) as functions:
        reply = functions.invoke(FunctionName="mirror", Payload='{"sleep": 0}')
        seen: dict[str, str] = json.load(reply["Payload"])
    return seen


def make_busy_worker(endpoint: str) -> None:
    """Leave a worker busy for a minute, which ends for no signal but SIGKILL."""
    make_function(endpoint)
    call(endpoint)
    with closing(ROOT.client("lambda", endpoint_url=endpoint)) as functions:
        functions.invoke(FunctionName="mirror", Payload='{"sleep": 60}', InvocationType="Event")
