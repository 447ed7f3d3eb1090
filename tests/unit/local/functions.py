"""A function for tests of the local lab: it tells its environment, and may take very long."""

import json

import boto3

from tests.support.emulator import root_of
from tests.support.websocket_api import make_function, package
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.session import connect
from wschat.local.join import LocalLab
from wschat.target import Target

CODE = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
def handler(event, context):
    time.sleep(event["sleep"])
    return dict(os.environ)
"""


def make_mirror(endpoint: str, session: boto3.Session) -> Cloud:
    """Make the function, and return the clients."""
    clients = connect(Target(endpoint_url=endpoint), session)
    make_function(clients, "mirror", package({"main.py": CODE}))
    return clients


class TestFunction:
    """The function, made in an empty lab."""

    __test__ = False

    def __init__(self, lab: LocalLab) -> None:
        self._functions = make_mirror(lab.endpoint, root_of(lab)).functions

    def call(self) -> dict[str, str]:
        """Call it, and return the environment that it sees."""
        reply = self._functions.invoke(FunctionName="mirror", Payload='{"sleep": 0}')
        seen: dict[str, str] = json.load(reply["Payload"])
        return seen

    def keep_busy(self) -> None:
        """Leave a worker busy for longer than a test waits, which ends for no signal but SIGKILL."""
        self.call()
        self._functions.invoke(FunctionName="mirror", Payload='{"sleep": 60}', InvocationType="Event")
