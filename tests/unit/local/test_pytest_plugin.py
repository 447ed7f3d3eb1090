"""One's own WebSocket API, made and tested as the document says; what the fixture costs without use."""

import os
import re
import runpy
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3
import pytest
from websockets.sync.client import connect

from tests.support.emulator import processes_of
from tests.support.until import until
from wschat.local import pytest_plugin
from wschat.local.join import LocalLab

ROOT = Path(__file__).parents[3]
DOCUMENT = (ROOT / "wschat/local/YOUR_API.md").read_text()
EXAMPLES = dict(re.findall(r"<!-- example: (\S+) -->\n```\w+\n(.*?)```", DOCUMENT, flags=re.DOTALL))


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    """A folder with the document's examples."""
    for name, text in EXAMPLES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def state() -> Iterator[Path]:
    """A state directory, short enough for a socket."""
    with TemporaryDirectory(prefix="ws") as place:
        yield Path(place)


def answer(url: str) -> str | bytes:
    """Say hello."""
    with connect(url) as client:
        client.send("hello")
        return client.recv()


def run_pytest(folder: Path, state: Path) -> str:
    """Run pytest in a folder, with this plugin alone; return its report."""
    options = ("-p", pytest_plugin.__name__, "-p", "no:cacheprovider")
    command = [sys.executable, "-m", "pytest", *options]
    settings = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "WSCHAT_STATE_DIR": str(state)}
    done = subprocess.run(
        command, cwd=folder, env=os.environ | settings, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def test_by_pytest(examples: Path, state: Path) -> None:
    """The document's tests pass in a lab of their own, of which nothing is left."""
    assert "2 passed" in (report := run_pytest(examples, state)), report
    until(lambda: not processes_of(state))
    assert [each.name for each in state.iterdir()] == ["local.lock"]


def test_what_cannot_start(tmp_path: Path) -> None:
    """A lab that does not start is told of in a sentence, without a traceback."""
    (tmp_path / "test_it.py").write_text("def test(wschat_local): pass")
    report = run_pytest(tmp_path, tmp_path / ("x" * 100))
    assert "wschat_local: the path of the state directory is too long" in report
    assert "1 error" in report
    assert "Traceback" not in report
    assert "site-packages" not in report


@pytest.mark.usefixtures("account")
def test_by_boto3(examples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The document's script makes an API, and prints where it is."""
    runpy.run_path(str(examples / "shout.py"), run_name="__main__")
    assert answer(capsys.readouterr().out.strip()) == "HELLO"


def test_by_cloudformation(emulator: LocalLab, root: boto3.Session) -> None:
    """The document's template makes the same."""
    stacks: Any = root.client("cloudformation", endpoint_url=emulator.endpoint)
    may = ["CAPABILITY_IAM"]
    stacks.create_stack(StackName="shout", TemplateBody=EXAMPLES["shout.yaml"], Capabilities=may)
    stacks.get_waiter("stack_create_complete").wait(StackName="shout")
    (output,) = stacks.describe_stacks(StackName="shout")["Stacks"][0]["Outputs"]
    assert answer(output["OutputValue"]) == "HELLO"


def test_it_costs_nothing() -> None:
    """It is installed for pytest to find, and loads nothing of wschat's but itself."""
    entries = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
    assert import_module(entries["pytest11"]["wschat"]) is pytest_plugin
    code = "import pytest, sys; before = set(sys.modules); import wschat.local.pytest_plugin as it; "
    code += "print(*set(sys.modules) - before)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert set(loaded.split()) == {"wschat", "wschat.local", "wschat.local.pytest_plugin"}
