"""The program that provisions the local lab; the lab's own process is as busy meanwhile, with MiniStack.

It sends `{"progress": text}` for each step, and then `{"provisioned": true}` or `{"failed": …}`.
"""

import importlib
import sys
from pathlib import Path

from wschat.local.access.root import read_key
from wschat.local.shared import LabFiles, Message, encode, outcome


def main(provision: str, endpoint: str, state_dir: str) -> None:
    """Call "module:function" with the endpoint URL, the root's key and what takes the name of each step.

    The key is its id and its secret.
    """
    files = LabFiles(Path(state_dir))

    def work() -> Message:
        module, _, function = provision.partition(":")
        build = getattr(importlib.import_module(module), function)
        root = read_key(files.temporary)
        build(endpoint, (root.id, root.secret), lambda step: send({"progress": step}))
        return {"provisioned": True}

    send(outcome(work, files.log))


def send(message: Message) -> None:
    """Send a message to the lab's process."""
    sys.stdout.buffer.write(encode(message))
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
