"""When nobody reads any more, as behind `| head`, each command ends as it would have ended."""

import time
from pathlib import Path

import pytest

from tests.support.labs import lab_of
from tests.support.terminal import unread, wschat
from tests.unit.lab.logs.test_cloudwatch import SPECS, write
from wschat.cli.app import COMMANDS
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.log_groups import log_group_of
from wschat.lab.blueprint import FUNCTIONS

TYPED = (
    *("--help", "--version", "nonsense", "policy --help"),
    *("provision --plan --prefix unread-", "teardown --plan --prefix unread-", "status --prefix unread-"),
    *("doctor --prefix unread-", "logs --prefix logged-", "policy", "zip Connect --to {folder}"),
    *("web --export {folder} --url wss://chat.example.com/x", "web --prefix nobodys-"),
    *("learn", "learn list --json", "learn show before-you-start", "learn check before-you-start"),
    *("learn do nonsense", "learn drill --list"),
)
ELSEWHERE = {"chat", "local"}
"""What reads on, or runs on: `test_start.py`, and `--trace` in `test_local.py`."""


@pytest.fixture(scope="module", autouse=True)
def _logged(clients: Cloud) -> None:
    """A lab has logged more than one line."""
    cloud = lab_of(clients, prefix="logged-")
    for spec in FUNCTIONS:
        cloud.logs.create_log_group(logGroupName=log_group_of(cloud.lab.name(spec.name)))
    write(cloud, SPECS["JoinRoom"], '{"route": "join"}', "more", at=int(time.time() * 1000) - 2)


def test_each_command_is_tried() -> None:
    """None is forgotten."""
    tried = {name for name in COMMANDS for line in TYPED if f"{line} ".startswith(f"{name} ")}
    assert tried == COMMANDS.keys() - ELSEWHERE


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("typed", TYPED)
def test_nobody_reads(tmp_path: Path, typed: str) -> None:
    """The code is the same, without a word."""
    command = typed.format(folder=tmp_path).split()
    read = wschat(*command)
    assert read.stdout or read.stderr
    assert unread(*command) == read.returncode


@pytest.mark.usefixtures("account")
def test_following_ends() -> None:
    """Nobody follows what nobody reads."""
    assert unread("logs", "--follow", "--prefix", "logged-") == 0
