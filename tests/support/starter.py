"""A process that has loaded what wschat needs, and forks for each run: that saves the loading."""

import atexit
import gc
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3

from tests.support import models  # noqa: F401
from wschat.cli.app import COMMANDS, module_of
from wschat.lab.blueprint import FUNCTIONS
from wschat.lab.bundle import bundle
from wschat.lab.model.resource import SERVICES

MODULES = (
    "markdown_it",
    "rich.console",
    "wschat.chat.client",
    *map(module_of, COMMANDS),
    "wschat.lab.engine",
)
LONGEST_S = 60


def run(
    arguments: list[str], env: Mapping[str, str], stdin: str = "", *, unread: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run wschat in a process of its own that has no terminal; `unread` gives it pipes that nobody reads."""
    starter = _starter()
    assert starter.stdin
    assert starter.stdout
    with TemporaryDirectory() as place:
        for name, text in {"in": stdin, "out": "", "err": ""}.items():
            Path(place, name).write_text(text)
        asked = {"arguments": arguments, "env": dict(env), "place": place, "unread": unread}
        print(json.dumps(asked), file=starter.stdin)
        starter.stdin.flush()
        code = int(starter.stdout.readline())
        told = [Path(place, name).read_text() for name in ("out", "err")]
    return subprocess.CompletedProcess(["wschat", *arguments], code, *told)


@cache
def _starter() -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.support.starter"]
    pipe = subprocess.PIPE
    starter = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=Path(__file__).parents[2])

    @atexit.register
    def end() -> None:
        starter.communicate()

    return starter


def serve() -> None:
    """Fork for each line that comes, and answer with the exit code of that run."""
    for module in MODULES:
        import_module(module)
    nobody = boto3.Session("none", "none", region_name="us-east-1")
    for service in ("sts", *SERVICES.values()):
        nobody.client(service)  # type: ignore[call-overload]
    for spec in FUNCTIONS:
        bundle(spec.module)
    gc.freeze()  # what is here does not concern those that come
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _become(**json.loads(line))
            return
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)  # noqa: T201


def _become(arguments: list[str], env: dict[str, str], place: str, *, unread: bool) -> Any:  # noqa: ANN401
    """Be wschat."""
    signal.alarm(LONGEST_S)
    reader, writer = os.pipe()
    os.write(writer, Path(place, "in").read_bytes())
    os.close(writer)
    os.dup2(reader, 0)
    reader, writer = os.pipe()
    os.close(reader)
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(writer if unread else os.open(Path(place, name), os.O_WRONLY), number)
    sys.stdin = open(0)  # noqa: SIM115
    sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(env)
    sys.argv = ["wschat", *arguments]
    import_module("wschat.__main__").main()


if __name__ == "__main__":
    serve()
