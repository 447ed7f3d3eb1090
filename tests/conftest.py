"""What all tests share: a clean environment, a real emulator, a lab in it."""

import gc
import os
import socket
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.support import browser
from tests.support.emulator import emulator as empty_lab
from tests.support.emulator import root_of
from tests.support.plane.embedded import Embedded
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.session import connect
from wschat.local.join import LocalLab
from wschat.target import Target

NUMBERS = count(1)
UNIT = Path(__file__).parent / "unit"
LONGEST = {"test_engine.py", "test_hostile.py", "test_join.py"}
SETTINGS = ("AWS_", "WSCHAT_", "NO_COLOR", "TERM", "COLUMNS", "LINES")

# What one of the many processes has compiled, the others find.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the modules that take longest; leave out what needs a browser where there is none.

    Who gets a long one last lets the other workers wait. What a browser lacks is told once.
    """
    items.sort(key=lambda item: item.path.is_relative_to(UNIT) and item.path.name not in LONGEST)
    in_browser = [item for item in items if "browser" in getattr(item, "fixturenames", ())]
    if in_browser and not os.environ.get("WSCHAT_BROWSER") and (lacks := browser.lacking()):
        first, *others = in_browser
        first.add_marker(
            pytest.mark.skip(f"{len(in_browser)} tests in a browser, for this is missing: {lacks}")
        )
        items[:] = [item for item in items if item not in others]
        config.hook.pytest_deselected(items=others)


def pytest_collection_finish() -> None:
    """Keep what is there by now: a tenth of all time would go into looking for garbage in it."""
    gc.freeze()


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test sees the person's AWS settings, proxies or state directory."""
    for name in list(os.environ):
        if name.startswith(SETTINGS) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    home = tmp_path_factory.getbasetemp() / f"home{next(NUMBERS)}"  # made where needed
    monkeypatch.setenv("WSCHAT_STATE_DIR", str(home / "state"))
    monkeypatch.setenv("WSCHAT_CONFIG", str(home / "config.toml"))


@pytest.fixture
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """There are no names but this machine's; that a resolver has none could take seconds to learn."""
    find = socket.getaddrinfo

    def on_this_machine(host: Any, *more: Any, **named: Any) -> Any:  # noqa: ANN401
        if host not in {"127.0.0.1", "localhost"}:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return find(host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", on_this_machine)


@pytest.fixture
def home() -> Path:
    """Where the person's `config.toml` and `state` would be."""
    home = Path(os.environ["WSCHAT_CONFIG"]).parent
    home.mkdir()
    return home


@pytest.fixture(scope="session")
def emulator() -> Iterator[LocalLab]:
    """An empty local lab, for the whole run."""
    with empty_lab() as lab:
        yield lab


@pytest.fixture(scope="module")
def embedded() -> Embedded:
    """A MiniStack in this process, with nothing in it: of much work with AWS it takes a third."""
    embedded = Embedded()
    embedded.empty()
    return embedded


@pytest.fixture
def account(emulator: LocalLab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who has an account in the emulator, and no session of boto3's from elsewhere."""
    for name, value in emulator.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


@pytest.fixture(scope="session")
def root(emulator: LocalLab) -> boto3.Session:
    """The emulator's root user."""
    return root_of(emulator)


@pytest.fixture(scope="session")
def clients(emulator: LocalLab, root: boto3.Session) -> Cloud:
    """The clients of the emulator: boto3 takes a while to make them."""
    return connect(Target(endpoint_url=emulator.endpoint), root)


@pytest.fixture
def cloud(clients: Cloud) -> Cloud:
    """A lab that does not exist yet, and that no other test has."""
    return replace(clients, lab=replace(clients.lab, prefix=f"t{next(NUMBERS)}-"), notes={}, ids={})
