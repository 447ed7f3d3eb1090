"""The program that provisions the local lab; the lab's own process is as busy meanwhile, with MiniStack.

It sends `{"progress": text}` for each step, and then `{"provisioned": true}` or `{"failed": …}`.
"""

import importlib
import sys
from pathlib import Path

from wschat.local.shared import Message, encode, outcome


def main(provision: str, endpoint: str, log: str) -> None:
    """Call "module:function" with the endpoint URL and a function that takes the name of each step."""

    def work() -> Message:
        module, _, function = provision.partition(":")
        build = getattr(importlib.import_module(module), function)
        build(endpoint, lambda step: send({"progress": step}))
        return {"provisioned": True}

    send(outcome(work, Path(log)))


def send(message: Message) -> None:
    """Send a message to the lab's process."""
    sys.stdout.buffer.write(encode(message))
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
