"""The program that provisions the local lab; the lab's own process is as busy meanwhile, with MiniStack.

It sends `{"progress": text}` for each step, `{"function": name}` for one to be started ahead of its first
call, and then `{"provisioned": true}` or `{"failed": …}`.
"""

import gc
import importlib
import os
import sys
from functools import partial
from pathlib import Path

from wschat.local.access.root import read_key
from wschat.local.shared import LabFiles, Message, encode, outcome


def main(provision: str, endpoint: str, state_dir: str) -> None:
    """Call "module:function" with the endpoint URL, the root's key, and two that take names.

    The key is its id and its secret; the names are each step's, and those of functions to be started.
    """
    files = LabFiles(Path(state_dir))

    def work() -> Message:
        module, _, function = provision.partition(":")
        build = getattr(importlib.import_module(module), function)
        root = read_key(files.temporary)
        on_step, on_function = (partial(_send, kind) for kind in ("progress", "function"))
        build(endpoint, (root.id, root.secret), on_step, on_function)
        return {"provisioned": True}

    send(outcome(work, files.log))


def _send(kind: str, name: str) -> None:
    send({kind: name})


def send(message: Message) -> None:
    """Send a message to the lab's process."""
    sys.stdout.buffer.write(encode(message))
    sys.stdout.flush()


if __name__ == "__main__":
    gc.disable()  # it makes many objects, no garbage to speak of, and ends within a second
    main(*sys.argv[1:])
    os._exit(0)  # to tidy up takes longer than ten calls
