"""The messages between the lab's process, its users and its provisioner: one JSON object a line."""

import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from wschat.errors import LocalError, WschatError

Message = Mapping[str, object]


def encode(message: Message) -> bytes:
    """Write a message as one line."""
    return json.dumps(message).encode() + b"\n"


STOP = encode({"stop": True})


def failed(error: WschatError) -> Message:
    """Put an error into a message."""
    return {"failed": {"what": error.what, "where": error.where, "hint": error.hint}}


def outcome(work: Callable[[], Message], log: Path) -> Message:
    """Return the message that a piece of work comes to; an error is one, too."""
    try:
        return work()
    except WschatError as error:
        return failed(error)
    except Exception as error:
        logging.getLogger(__name__).exception("the local lab failed")
        what = f"the local lab failed: {type(error).__name__}: {error}"
        return failed(LocalError(what, hint=f"its log: {log}"))
