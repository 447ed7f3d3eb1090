"""The chat on a gateway that is as strict as AWS's, lets requests overtake each other, and cuts."""

import asyncio
import io
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.terminal import WSCHAT
from wschat.chat.settings import Settings
from wschat.chat.start import ChatOptions, chat
from wschat.errors import ExitCode

LINES = 10


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """A local lab on a hard day."""
    command = [WSCHAT, "local", "--order", "shuffle", "--drop", "8"]
    environment = {**os.environ, "WSCHAT_STATE_DIR": str(tmp_path / "lab")}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as lab:
        assert lab.stdout
        yield lab.stdout.readline().strip()
        lab.terminate()


def said(paper: io.StringIO, user: str) -> list[str]:
    """Return what somebody said, as it was shown."""
    events = [json.loads(line) for line in paper.getvalue().splitlines()]
    return [
        event["message"] for event in events if event["type"] == "client-message" and event["user"] == user
    ]


def test_nothing_is_lost_or_doubled(url: str) -> None:
    """Of two people who talk, each sees what they said once and in order, and of the other nothing twice.

    What was said in a room that died meanwhile, with the last connection to it, only its speaker knows.
    """
    papers = {name: io.StringIO() for name in ("ann", "bob")}
    wanted = {name: [f"{name} {number}" for number in range(LINES)] for name in papers}

    async def talk(name: str) -> ExitCode:
        requests = (json.dumps({"action": "message", "value": line}) for line in wanted[name])
        stdin = io.StringIO("".join(f"{request}\n" for request in requests))
        settings, out = Settings(name=name, room="strict"), papers[name]
        options = ChatOptions(
            url, name, settings, json_lines=True, stdin=stdin, stdout=out, jitter=lambda: 0.2
        )
        return await chat(options)

    async def play() -> list[ExitCode]:
        return await asyncio.gather(*(talk(name) for name in papers))

    assert asyncio.run(play()) == [ExitCode.OK] * 2
    for name, paper in papers.items():
        for speaker, lines in wanted.items():
            heard = said(paper, speaker)
            assert heard == [line for line in lines if line in heard], paper.getvalue()
            assert speaker != name or heard == lines, paper.getvalue()
