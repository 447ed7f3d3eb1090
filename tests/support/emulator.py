"""An empty local lab for tests: AWS's APIs and WebSockets on this machine, and nothing in them yet."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import boto3

from tests.support.until import until
from wschat.errors import LocalError
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.session import connect
from wschat.local.gateway.quotas import AS_ON_AWS, GatewayOptions
from wschat.local.join import LocalLab, join
from wschat.target import Target


@contextmanager
def emulator(
    options: GatewayOptions = AS_ON_AWS, prepare: Callable[[Path], None] = lambda _: None
) -> Iterator[LocalLab]:
    """Run an empty lab of one's own, in a directory whose path is short enough for a socket.

    `prepare` is given the directory before.
    """
    with TemporaryDirectory(prefix="ws") as name:
        place = Path(name)
        prepare(place)
        lab = join(place, options=options)
        try:
            yield lab
        finally:
            with suppress(LocalError), lab:  # what a suite has left takes a busy machine longer to remove
                pass
            until(lambda: not processes_of(place), lambda: processes_of(place))


def root_of(lab: LocalLab) -> boto3.Session:
    """Return the session of a lab's root user."""
    return boto3.Session(lab.root.id, lab.root.secret, region_name="us-east-1")


@contextmanager
def account_in_emulator(
    options: GatewayOptions = AS_ON_AWS, prefix: str = ""
) -> Iterator[tuple[Cloud, boto3.Session]]:
    """Run an empty lab of one's own; yield its root user's clients for a lab in it, and session."""
    with emulator(options) as lab:
        root = root_of(lab)
        yield connect(Target(prefix=prefix, endpoint_url=lab.endpoint), root), root


KINDS = ("wschat.local.process", "/bin/sh -c read")
"""What the command lines of a lab and of its watchdog have in them."""


def processes_of(directory: Path) -> list[int]:
    """Find the living processes whose command line names a directory: a lab, its watchdog, then others."""
    options = ("ps", "-axwwo", "pid=,stat=,command=")
    listed = subprocess.run(options, check=True, capture_output=True, text=True)
    rows = [line.split(maxsplit=2) for line in listed.stdout.splitlines()]
    found = {int(pid): command for pid, stat, command in rows if stat[0] != "Z" and str(directory) in command}
    return sorted(found, key=lambda pid: [kind not in found[pid] for kind in KINDS])
