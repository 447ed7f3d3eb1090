"""Where one learns: what commands mean it, and what of the environment counts."""

import os
from pathlib import Path

import pytest

from wschat.cli.commands.learn.place import Place, opened
from wschat.cli.local_lab import take_for_aws
from wschat.cli.options import AccountTarget
from wschat.errors import LocalError, UsageError
from wschat.local.join import LocalLab
from wschat.target import Target


def test_an_account() -> None:
    """Commands that lead on mean the same lab and lessons; to chat one needs its URL, and may sign."""
    place = Place(Target("a-", "eu-west-1", "me"), Path("my lessons"))
    assert place.options == " --prefix a- --region eu-west-1 --profile me --lessons 'my lessons'"
    assert place.command("web", "wss://x/development", signed=False).endswith("web --url wss://x/development")
    signed = place.command("chat", "wss://x/development", signed=True)
    assert signed.endswith("chat --url wss://x/development --sign --region eu-west-1 --profile me")
    names = {
        "prefix": "a-",
        "region": "eu-west-1",
        "account": "ACCOUNT",
        "url": "wss://…",
        "role": "ROLE",
        "options": " --prefix a- --region eu-west-1 --profile me",
    }
    assert place.values == names


def test_a_lab_here(emulator: LocalLab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its settings replace all of the environment's, in this process."""
    for name, value in {"AWS_PROFILE": "nobody", "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("NO_PROXY", "")
    place = Place(AccountTarget(local=True), local=emulator)
    take_for_aws(emulator)
    assert "AWS_PROFILE" not in os.environ
    assert place.cloud.lab.endpoint == emulator.endpoint
    first = place.cloud
    assert place.cloud is first
    first.clock.stop()
    assert place.cloud is not first, "what was stopped begins nothing more"
    assert not place.cloud.clock.stopped
    assert place.command("chat", "ws://x", signed=False).endswith("chat --local")
    assert place.command("chat", "ws://x", signed=True).endswith("chat --local --sign")
    assert place.commands()["logs"] == "wschat logs --local"


def test_what_excludes_each_other() -> None:
    """A lab on this machine has no profile; and where none runs, none is made for a single command."""
    with pytest.raises(UsageError, match="excludes"), opened(Target(profile="me"), local=True):
        pass
    with pytest.raises(LocalError, match="no lab runs") as caught, opened(Target(), local=True):
        pass
    assert "with --empty" in caught.value.hint
    with opened(Target("a-"), local=False) as place:
        assert place.local is None
