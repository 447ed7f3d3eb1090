"""An empty local lab for tests: AWS's APIs and WebSockets on this machine, and nothing in them yet."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from wschat.local.gateway.quotas import AS_ON_AWS, GatewayOptions
from wschat.local.join import LocalLab, join


@contextmanager
def emulator(options: GatewayOptions = AS_ON_AWS) -> Iterator[LocalLab]:
    """Run an empty lab of one's own, in a directory whose path is short enough for a socket."""
    with TemporaryDirectory(prefix="ws") as place, join(Path(place), options=options) as lab:
        yield lab
