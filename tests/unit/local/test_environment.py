"""What the processes of the local lab get of the environment of whoever starts it."""

import json
import os
from pathlib import Path

import pytest

from tests.unit.local.functions import TestFunction
from wschat.local.environment import LAMBDA_PATH, clean_environment, environment_in
from wschat.local.join import join


def test_what_is_passed_on() -> None:
    """The environment holds what Python and the locale need, and what switches AWS's files off."""
    given = {"PATH": "/bin", "LC_ALL": "C", "AWS_CONFIG_FILE": "/x", "all_proxy": "x", "SECRET": "x"}
    assert clean_environment(given | {"WSCHAT_RECORD": "x"}) == {
        "WSCHAT_RECORD": "x",
        "PATH": "/bin",
        "LC_ALL": "C",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "*",
    }


def test_in_a_lab() -> None:
    """A program in a lab sees no AWS setting but the lab's, and reaches it without a proxy."""
    given = {"PATH": "/bin", "AWS_PROFILE": "mine", "AWS_ENDPOINT_URL_S3": "x", "WSCHAT_URL": "wss://mine/x"}
    lab = {"AWS_ENDPOINT_URL": "http://lab", "AWS_ACCESS_KEY_ID": "AKIA", "AWS_SESSION_TOKEN": ""}
    direct = {"no_proxy": "127.0.0.1", "NO_PROXY": "127.0.0.1"}
    nobody = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    found = environment_in(lab, Path("/run"), environ=given)
    own = {"AWS_ENDPOINT_URL": "http://lab", "AWS_ACCESS_KEY_ID": "AKIA", "WSCHAT_STATE_DIR": "/run"}
    assert found == {"PATH": "/bin"} | direct | nobody | own
    assert environment_in(lab, Path("/run"), "ws://lab/x", given)["WSCHAT_URL"] == "ws://lab/x"
    for kept, direct_now in (("a.b,c", "a.b,c,127.0.0.1"), ("*", "*")):
        assert environment_in(lab, Path("/run"), environ={"NO_PROXY": kept})["no_proxy"] == direct_now


OF_LAMBDA = {
    *("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION"),
    *("AWS_LAMBDA_LOG_STREAM_NAME", "LAMBDA_TASK_ROOT", "AWS_REGION", "AWS_DEFAULT_REGION"),
    *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "LANG", "PATH"),
}
OF_THE_LAB = {
    *("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_EC2_METADATA_DISABLED", "AWS_ENDPOINT_URL"),
    *("AWS_DISABLE_HOST_PREFIX_INJECTION", "DOCKER_HOST", "GATEWAY_PORT", "IOT_MTLS_ENABLED", "NO_PROXY"),
    *("HOME", "TMPDIR", "LD_LIBRARY_PATH"),
}


def test_nothing_else_gets_in(state_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither AWS settings nor proxies of the environment reach provisioning, MiniStack or its functions."""
    poison = {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_PROFILE": "poison",
        "DOCKER_HOST": "unix:///",
        "GATEWAY_PORT": "9",
        "GITHUB_TOKEN": "ghp_poison",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
    }
    with monkeypatch.context() as patch:
        for name, value in poison.items():
            patch.setenv(name, value)
        told = list[str]()
        lab = join(state_dir, "provisions:environment", progress=told.append)
    with lab:
        provisioning = json.loads(told[-1])
        function = TestFunction(lab).call()

    for seen in (provisioning, function):
        assert not set(poison.values()) & set(seen.values())
    assert provisioning["AWS_CONFIG_FILE"] == os.devnull
    assert function["AWS_ENDPOINT_URL"] == lab.endpoint
    seen = {name for name in function if not name.startswith(("_", "LC_"))}
    assert seen <= OF_LAMBDA | OF_THE_LAB, seen - OF_LAMBDA - OF_THE_LAB
    assert function["HOME"] == str(state_dir / "local.tmp" / "home") != os.environ.get("HOME")
    path = function["PATH"].split(":")
    assert path[-4:] == [*LAMBDA_PATH] or sorted(path) == sorted(LAMBDA_PATH)
    assert function["AWS_ACCESS_KEY_ID"] != lab.root.id
    assert not Path(function["DOCKER_HOST"].removeprefix("unix://")).exists()
