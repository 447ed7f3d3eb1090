"""Stand-ins for provisioning, which are called by name."""

import json
import os
import signal
import threading
from collections.abc import Callable

from wschat.errors import AwsError

OnStep = Callable[[str], None]


def instant(endpoint_url: str, on_step: OnStep) -> str:
    """Build a lab at once."""
    on_step("one step")
    on_step("another step")
    return endpoint_url.replace("http", "ws") + "/lab"


def environment(_endpoint_url: str, _on_step: OnStep) -> str:
    """Show where provisioning runs."""
    return json.dumps(dict(os.environ))


def endless(_endpoint_url: str, on_step: OnStep) -> str:
    """Never come to an end."""
    on_step("an endless step")
    threading.Event().wait()
    return ""


def refused(_endpoint_url: str, _on_step: OnStep) -> str:
    """Fail as provisioning may."""
    raise AwsError("AWS refused it", where="Task 1", hint="ask for less")


def broken(_endpoint_url: str, _on_step: OnStep) -> str:
    """Fail as nothing should."""
    raise ValueError("a bug")


def fatal(_endpoint_url: str, _on_step: OnStep) -> str:
    """Be killed."""
    os.kill(os.getpid(), signal.SIGKILL)
    return ""
