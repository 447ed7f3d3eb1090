"""The processes that the local lab's own starts, and how they end. It loads nothing else: they come first."""

import os
import signal
import subprocess
import sys
from contextlib import suppress


def start_provisioner(provision: str, endpoint: str, state_dir: str) -> subprocess.Popen[bytes]:
    """Start the program that provisions the lab: it gets ready while MiniStack does."""
    command = [sys.executable, "-P", "-m", "wschat.local.provisioner", provision, endpoint, state_dir]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def start_watchdog(name: str) -> subprocess.Popen[bytes]:
    """Start a process that kills this process group, so all workers, once this process has died, even by -9.

    It reads from a pipe whose write end this process alone holds. `name` is for whoever lists processes.
    """
    command = ["/bin/sh", "-c", 'read -r _; kill -9 "-$1"', name, str(os.getpgrp())]
    return subprocess.Popen(command, stdin=subprocess.PIPE, process_group=0)


def kill_workers() -> None:
    """Leave this process group, kill all that is left in it, and wait until its children there are reaped."""
    group = os.getpgrp()
    os.setpgid(0, 0)
    with suppress(ProcessLookupError, PermissionError):  # the latter is macOS's word for zombies
        os.killpg(group, signal.SIGKILL)
    with suppress(ChildProcessError):
        while True:
            os.waitpid(-group, 0)
