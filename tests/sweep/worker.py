"""One of the processes that try cases, with a MiniStack of its own."""

import os
import signal
import tempfile
from pathlib import Path

from tests.sweep.account import Account
from tests.sweep.cases import Case, Reference, reference
from tests.sweep.trials import Result, attempt
from wschat.local.emulator import Emulator, clean_environment


class Worker:
    """What a process of the pool has for all its trials."""

    account: Account
    known: Reference

    @classmethod
    def start(cls, directory: str) -> None:
        """Start a MiniStack, which ends with this process, and see what clean runs are like there."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        os.environ.update(clean_environment())
        place = Path(tempfile.mkdtemp(dir=directory))
        emulator = Emulator(place / "private", place / "log")
        emulator.start()
        cls.account = Account(emulator.endpoint)
        cls.known = reference(cls.account)

    @classmethod
    def attempt(cls, case: Case) -> Result:
        return attempt(cls.account, cls.known, case)

    @classmethod
    def reference(cls) -> Reference:
        return cls.known
