"""The lab on this machine, for a command: which API of it is meant, and how it is taken for AWS."""

import os
from pathlib import Path
from typing import cast

import pytest
from typer.testing import CliRunner

from tests.support.terminal import wschat
from wschat.cli.app import app
from wschat.cli.local_lab import lab_in, telling_if_gone, url_in
from wschat.cli.which_lab import signer
from wschat.errors import ConnectError, UsageError
from wschat.local.access.root import RootKey
from wschat.local.join import LocalApi, LocalLab


class LabOf:
    """A local lab that has these APIs."""

    endpoint = "http://127.0.0.1:9"
    environment = RootKey("AKIAROOT", "secret").environment | {"AWS_DEFAULT_REGION": "us-east-1"}

    def __init__(self, *apis: LocalApi) -> None:
        self.found = list(apis)

    def apis(self) -> list[LocalApi]:
        """Return them."""
        return self.found


def lab_of(**apis: tuple[str, ...]) -> LocalLab:
    """Return a lab with APIs of these names, `_` for `-`, and the URLs of their stages."""
    return cast("LocalLab", LabOf(*(LocalApi(name.replace("_", "-"), urls) for name, urls in apis.items())))


@pytest.mark.parametrize(
    ("apis", "prefix", "url"),
    [
        ({"mine": ("ws://a/dev",)}, None, "ws://a/dev"),
        ({"mine": ("ws://a/dev",), "stray": ()}, None, "ws://a/dev"),
        (
            {"mine": ("ws://a/dev",), "chatroom_websocket": ("ws://b/development",)},
            None,
            "ws://b/development",
        ),
        ({"chatroom_websocket": ("ws://b/beta", "ws://b/development")}, None, "ws://b/development"),
        (
            {
                "chatroom_websocket": ("ws://b/development",),
                "ann_chatroom_websocket": ("ws://c/development",),
            },
            "ann-",
            "ws://c/development",
        ),
    ],
)
def test_which_api(apis: dict[str, tuple[str, ...]], prefix: str | None, url: str) -> None:
    """The only API that is served is meant, whoever made it; of several the lab's own, or a prefix's."""
    assert url_in(lab_of(**apis), prefix) == url


@pytest.mark.parametrize(
    ("apis", "prefix", "what", "hint"),
    [
        ({}, None, "it has no such API", "by hand after the line that `wschat local` prints"),
        ({"mine": ()}, None, "no stage of its API mine has a deployment", "wschat provision --local`"),
        ({"mine": ("ws://a/dev",)}, "ann-", "it has no such API", "wschat provision --local --prefix ann-`"),
        (
            {"ann_chatroom_websocket": ("ws://c/production",)},
            "ann-",
            "its API ann-chatroom-websocket serves the stage production, and not the lab's",
            "wschat provision --local --prefix ann-`",
        ),
        ({"mine": ("ws://a/dev", "ws://a/beta")}, None, "several APIs", "mine: `wschat chat ws://a/beta`"),
    ],
)
def test_no_api(apis: dict[str, tuple[str, ...]], prefix: str | None, what: str, hint: str) -> None:
    """Where there is nothing to chat at, or nobody knows which, it is said what to do now."""
    with pytest.raises(UsageError, match=what) as caught:
        url_in(lab_of(**apis), prefix)
    assert hint in caught.value.hint


def test_an_api_that_is_gone() -> None:
    """Whoever can't connect to an API that was removed meanwhile is told so; else the error is as it was."""
    lab = lab_of(mine=("ws://a/dev",))
    for url, is_gone in (("ws://a/dev", False), ("ws://b/dev", True)):
        with pytest.raises(ConnectError) as caught, telling_if_gone(lab, url):
            raise ConnectError("refused", hint="compare")
        assert ("no more in the local lab" in caught.value.what, caught.value.hint != "compare") == (
            is_gone,
        ) * 2


def test_signed() -> None:
    """Who signs does it with the lab's root key, whatever the environment has; else nothing is signed."""
    lab = lab_of(mine=("ws://127.0.0.1:9/dev",))
    assert signer(lab_in(lab, None, sign=None)) is None
    os.environ["AWS_PROFILE"] = "nobody"
    sign = signer(lab_in(lab, None, sign=True))
    assert sign
    assert "Credential=AKIAROOT%2F" in sign().url


def test_in_place_of_aws(emulator: LocalLab, monkeypatch: pytest.MonkeyPatch) -> None:
    """With `--local` a command works in the lab that runs, whatever the environment has, and names it so."""
    for name, value in {"AWS_PROFILE": "nobody", "WSCHAT_STATE_DIR": str(emulator.state_dir)}.items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(app, ["status", "--local", "--prefix", "nobodys-"])
    assert done.exit_code == 3, done.output
    assert f"prefix nobodys-, at {emulator.endpoint}" in done.output
    assert "`wschat provision --local --prefix nobodys-` makes it" in done.output
    assert "AWS_PROFILE" not in os.environ


def test_provisioned_here(emulator: LocalLab, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is provisioned with `--local` is chatted at with it, and is not kept: it ends with the lab."""
    for name, value in {"WSCHAT_STATE_DIR": str(emulator.state_dir), "AWS_PROFILE": "nobody"}.items():
        monkeypatch.setenv(name, value)
    lab = ["--local", "--prefix", "mine-", "--yes"]
    made = CliRunner().invoke(app, ["provision", *lab, "--auth", "iam", "--no-verify"])
    CliRunner().invoke(app, ["teardown", *lab])
    assert made.exit_code == 0, made.output
    assert "chat --local --prefix mine- --sign --name you --room lobby" in made.output
    assert not (emulator.state_dir / "labs").exists()


def test_the_lab_that_runs_is_named(tmp_path: Path) -> None:
    """Whoever has no credentials is told of `--local` where a lab runs, and only there."""
    for runs in (False, True):
        if runs:
            (tmp_path / "local.sock").touch()
        signed = ("chat", "ws://127.0.0.1:9/development", "--sign", "--region", "us-east-1")
        for command in (("logs",), signed):
            done = wschat(*command, WSCHAT_STATE_DIR=str(tmp_path))
            assert (done.returncode, "give --local" in done.stderr) == (4, runs)
