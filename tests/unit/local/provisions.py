"""Stand-ins for provisioning, which are called by name."""

import json
import os
import signal
import threading
from collections.abc import Callable

from wschat.errors import AwsError

OnStep = Callable[[str], None]
OnFunction = OnStep


def instant(_endpoint_url: str, _key: object, on_step: OnStep, _on_function: OnFunction) -> None:
    """Build a lab at once."""
    on_step("one step")
    on_step("another step")


def environment(_endpoint_url: str, _key: object, on_step: OnStep, _on_function: OnFunction) -> None:
    """Show where provisioning runs."""
    on_step(json.dumps(dict(os.environ)))


def endless(_endpoint_url: str, _key: object, on_step: OnStep, _on_function: OnFunction) -> None:
    """Never come to an end."""
    on_step("an endless step")
    threading.Event().wait()


def leaving_a_thread(_endpoint_url: str, _key: object, _on_step: OnStep, _on_function: OnFunction) -> None:
    """Come to an end, and leave something that never does."""
    threading.Thread(target=threading.Event().wait).start()


def refused(_endpoint_url: str, _key: object, _on_step: OnStep, _on_function: OnFunction) -> None:
    """Fail as provisioning may."""
    raise AwsError("AWS refused it", where="Task 1", hint="ask for less")


def broken(_endpoint_url: str, _key: object, _on_step: OnStep, _on_function: OnFunction) -> None:
    """Fail as nothing should."""
    raise ValueError("a bug")


def fatal(_endpoint_url: str, _key: object, _on_step: OnStep, _on_function: OnFunction) -> None:
    """Be killed."""
    os.kill(os.getpid(), signal.SIGKILL)


def one_function(endpoint_url: str, key: tuple[str, str], _on_step: OnStep, on_function: OnFunction) -> None:
    """Make a function that is to be started before it is called."""
    import boto3

    from tests.unit.local.functions import make_mirror

    make_mirror(endpoint_url, boto3.Session(*key, region_name="us-east-1"))
    on_function("mirror")
