"""Deploys other people's samples as they stand in a local lab, by their own means, and talks at their APIs.

`python -m tests.studies.samples PATH...` takes checkouts, of which nothing is changed: each sample in one is
deployed in a lab of its own. `--clients` tries those of the README's table that it installs first.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from websockets.sync.client import connect

from tests.documents import show
from tests.studies.samples import tools
from tests.studies.samples.deployers import BUCKET, Person, Sample, samples
from tests.studies.samples.talks import HEARD_S, talk
from tests.support.clients import CLIENTS
from tests.support.emulator import emulator, root_of
from tests.support.others.deployed import by_script
from wschat.lab.aws.session import connect as connect_to
from wschat.target import Target

HEADS = ("sample", "deployed by", "API", "said", "changed", "seconds")


@contextmanager
def somebody() -> Iterator[Person]:
    """A lab of its own, with AWS's SDKs for Node and a bucket in it, and who uses it."""
    os.environ["PYTHONPATH"] = str(tools.TRANSFORM)

    def prepare(place: Path) -> None:
        (place / "node_modules").symlink_to(tools.NODE)

    with emulator(prepare=prepare) as lab, TemporaryDirectory() as home:
        os.environ["WSCHAT_STATE_DIR"] = home
        root_of(lab).client("s3", endpoint_url=lab.endpoint).create_bucket(Bucket=BUCKET)
        yield Person(lab, Path(home))


def tried(checkout: Path, sample: Sample) -> Iterator[tuple[str, ...]]:
    """Deploy a copy of a sample in a lab of its own, and talk at its APIs; yield a row for each."""
    start = time.monotonic()
    with somebody() as person:
        copy = person.home / "checkout"
        shutil.copytree(checkout, copy, symlinks=True)
        name = str(sample.file.relative_to(checkout))
        try:
            sample.deploy(person, copy / name)
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            print(error, file=sys.stderr)
            yield name, sample.means, "", "not deployed", "", f"{time.monotonic() - start:.0f}"
            return
        if sample.talks:
            yield name, sample.means, "", "by itself", "nothing", f"{time.monotonic() - start:.0f}"
        for api in person.lab.apis():
            for url in api.urls:
                said = "as it is meant" if talk(f"{api.name} {sample.file.stem}", url) else "only connected"
                yield name, sample.means, api.name, said, "nothing", f"{time.monotonic() - start:.0f}"


def clients() -> Iterator[tuple[str, ...]]:
    """Call AWS's hosts by the clients that had to be installed; yield a row for each."""
    with emulator() as lab:
        root = root_of(lab)
        files = (path for path in tools.CLIENTS.rglob("*") if path.is_file())
        packages = {str(path.relative_to(tools.CLIENTS)): path.read_bytes() for path in files}
        url = by_script(connect_to(Target(endpoint_url=lab.endpoint), root), packages)
        with connect(url) as connection:
            for each in CLIENTS:
                if each.package:
                    connection.send(each.caller)
                    said = str(connection.recv(HEARD_S))
                    yield each.language, each.client, "ends in the lab" if said == each.caller else said


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.studies.samples", description=__doc__)
    parser.add_argument("checkouts", nargs="*", type=Path, metavar="PATH")
    parser.add_argument("--clients", action="store_true", help="try the clients of Python functions")
    given = parser.parse_args()
    tools.install()
    found = (row for path in given.checkouts for sample in samples(path) for row in tried(path, sample))
    rows = show(HEADS, found) if given.checkouts else []
    if given.clients:
        show(("language", "client", "a call to an AWS host"), clients())
    if any("not deployed" in row for row in rows):
        sys.exit("not all were deployed: why stands above")


if __name__ == "__main__":
    main()
