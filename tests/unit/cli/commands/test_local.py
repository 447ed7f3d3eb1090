"""`wschat local`: what of the lab on this machine one can choose, and where it is kept."""

import os
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest

from tests.support.terminal import wschat
from wschat.cli.commands.local import telling_if_gone, url_in
from wschat.errors import ConnectError, UsageError
from wschat.local.join import LocalApi, LocalLab


@pytest.mark.parametrize("command", [["local"], ["chat", "--local"], ["web", "--local", "--no-open"]])
def test_no_place_for_state(tmp_path: Path, command: list[str]) -> None:
    """A state directory that can't be made is named; a URL in the environment is no conflict."""
    (tmp_path / "file").write_text("")
    done = wschat(*command, WSCHAT_STATE_DIR=str(tmp_path / "file" / "state"), WSCHAT_URL="ws://127.0.0.1:9/")
    assert done.returncode == 8
    assert "WSCHAT_STATE_DIR" in done.stderr


@pytest.mark.parametrize(("runs", "says"), [(False, "Starting"), (True, "Joining")])
def test_which_lab_it_waits_for(tmp_path: Path, runs: bool, says: str) -> None:  # noqa: FBT001
    """One that runs is joined, and not said to be started."""
    place = tmp_path / ("too long for a socket" * 6)
    place.mkdir()
    if runs:
        (place / "local.sock").touch()
    done = wschat("chat", "--local", WSCHAT_STATE_DIR=str(place))
    assert (done.returncode, done.stderr.splitlines()[0]) == (8, f"{says} the local lab")


def test_no_place_for_a_relative_state(tmp_path: Path) -> None:
    """Where the working directory is gone there is no place under it, and no path that could be named."""
    gone = tmp_path / "gone"
    gone.mkdir()
    command = f"cd {gone} && rmdir {gone} && exec {sys.executable} -m wschat local"
    environment = os.environ | {"WSCHAT_STATE_DIR": "state"}
    done = subprocess.run(
        ["/bin/sh", "-c", command], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 8
    assert done.stderr.startswith("Error: the local lab has no place")


class LabOf:
    """A local lab that has these APIs."""

    endpoint = "http://127.0.0.1:9"

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
        ({}, None, "it has no such API", "in a shell with the line that `wschat local` prints"),
        ({"mine": ()}, None, "no stage of its API mine has a deployment", "wschat provision`"),
        ({"mine": ("ws://a/dev",)}, "ann-", "it has no such API", "wschat provision --prefix ann-`"),
        (
            {"ann_chatroom_websocket": ("ws://c/production",)},
            "ann-",
            "its API ann-chatroom-websocket serves the stage production, and not the lab's",
            "wschat provision --prefix ann-`",
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


def test_json_alone() -> None:
    """`--json` is how `--trace` is written, and nothing without it."""
    done = wschat("local", "--json")
    assert (done.returncode, "--json is how --trace is written" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--run"], "there is nothing to run"),
        (["make"], "it takes no argument: make"),
        (["--run", "--", "no-such-program", "--port"], "there is no program 'no-such-program'"),
    ],
)
def test_what_to_run(tmp_path: Path, words: list[str], told: str) -> None:
    """What can't be run is told before a lab is started."""
    done = wschat("local", *words, WSCHAT_STATE_DIR=str(tmp_path))
    assert (done.returncode, told in done.stderr, done.stdout) == (2, True, "")
    assert [*tmp_path.iterdir()] == []
