"""The labs that are remembered for chat."""

import json
import os
from dataclasses import asdict, replace

import pytest

from tests.support.provisioned import keep
from wschat.cli.provisioned import LABS, Provisioned, kept
from wschat.system import paths

ONE = Provisioned(url="wss://one", region="eu-west-1", account="1" * 12)
MORE = [
    replace(ONE, url="wss://two", sign=True, prefix="anna-", profile="class"),
    replace(ONE, url="wss://three", region="us-east-1"),
    replace(ONE, url="wss://four", account="2" * 12),
]


def test_kept() -> None:
    """One is kept for each account, region and prefix until it is gone, and nothing else is written."""
    assert kept() == []
    ONE.forget()
    keep(ONE, *MORE)
    assert kept() == [*MORE[::-1], ONE]
    again = replace(ONE, url="wss://one-more")
    keep(*MORE, again)
    assert kept() == [again, *MORE[::-1]]
    replace(MORE[0], url="", sign=False).forget()
    assert kept() == [again, *MORE[:0:-1]]
    for each in kept():
        each.forget()
    assert list((paths.state_dir() / LABS).iterdir()) == []


def test_on_this_machine() -> None:
    """A lab on this machine never takes the place of one on AWS."""
    here = replace(ONE, url="ws://127.0.0.1:4566/_aws/execute-api/x/development", account="0" * 12)
    keep(ONE, here)
    assert kept() == [ONE, here]


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"wss://plain", b"\xff", b"[]", b"{}", b'{"url": "wss://x"}', b"[" * 100_000),
        *(
            json.dumps({**asdict(ONE), **odd}).encode()
            for odd in ({"url": 1}, {"sign": "yes"}, {"region": 1})
        ),
    ],
    ids=range(10),
)
def test_what_can_not_be_read(content: bytes) -> None:
    """What is none of ours counts as nothing, and takes nothing else with it."""
    ONE.keep()
    (paths.state_dir() / LABS / "other.json").write_bytes(content)
    (paths.state_dir() / LABS / "folder.json").mkdir()
    os.mkfifo(paths.state_dir() / LABS / "pipe.json")
    assert kept() == [ONE]


def test_what_can_not_be_kept() -> None:
    """It is said, and leaves what was there, and no draft."""
    ONE.keep()
    (file,) = (paths.state_dir() / LABS).iterdir()
    file.unlink()
    file.mkdir()
    with pytest.raises(OSError, match=file.name):
        ONE.keep()
    assert list((paths.state_dir() / LABS).iterdir()) == [file]
