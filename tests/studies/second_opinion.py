"""Lets other emulators than MiniStack be AWS: dynalite's and moto's DynamoDB, moto's control plane.

They are no dependencies of the tests: install them beside with `pip install 'moto[server]'` and
`npm install dynalite`. What is not there is told, and left out.
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

from tests.documents import table
from tests.support.plane.clock import VirtualClock
from wschat.errors import WschatError
from wschat.lab import engine, inventory
from wschat.lab.aws.session import connect
from wschat.lab.executor import execute
from wschat.lab.model.resource import SERVICES
from wschat.lab.plan import plan_down
from wschat.local.environment import clean_environment
from wschat.target import Target

HOST = "127.0.0.1"
STARTS_S = 60.0
TESTS = ("tests/unit/functions", "tests/studies/functions/test_people.py")
INSTALL = {"dynalite": "npm install dynalite", "moto_server": "pip install 'moto[server]'"}


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.studies.second_opinion", description=__doc__)
    parser.add_argument("--dynalite", default="dynalite", help="its program (default: the one on the PATH)")
    parser.add_argument("--moto", default="moto_server", help="its program (default: the one on the PATH)")
    return parser.parse_args(arguments)


@contextmanager
def served(program: str, *arguments: str) -> Iterator[str]:
    """Let a program serve on the loopback interface; it is gone afterwards."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    command = [program, *arguments, "--host", HOST, "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(int(STARTS_S * 10)):
            with socket.socket() as trial:
                if trial.connect_ex((HOST, port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://{HOST}:{port}"
    finally:
        server.terminate()
        server.wait()


def functions_on(name: str, url: str) -> list[str]:
    """Run the functions' tests on another DynamoDB; return a row of the table."""
    with tempfile.TemporaryDirectory() as folder:
        counted = Path(folder, "counts.json")
        environment = os.environ | {"DYNAMODB": url, "DYNAMODB_COUNTS": str(counted)}
        command = [sys.executable, "-m", "pytest", "-n", "0", "--tb=line", *TESTS]
        run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        counts = json.loads(counted.read_text()) if counted.exists() else {}
    for line in run.stdout.splitlines():
        if line.startswith(("/", "FAILED", "E  ")):
            print(f"  {name}: {line}")
    different = {operation: each["different"] for operation, each in counts.items() if each.get("different")}
    told = ", ".join(f"{operation} {number}" for operation, number in different.items()) or "none"
    calls = sum(sum(each.values()) for each in counts.values())
    alike = sum(each.get("alike", 0) for each in counts.values())
    return [
        name,
        str(calls),
        str(alike),
        told,
        run.stdout.strip().splitlines()[-1] if run.stdout else run.stderr,
    ]


class Control:
    """A lab in moto; `calls` counts what is asked, `lacking` what it does not have: such a read is empty."""

    def __init__(self, url: str) -> None:
        session = boto3.Session(
            aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1"
        )
        self.cloud = connect(Target(prefix="second-", endpoint_url=url), session, VirtualClock())
        self.calls, self.lacking = Counter[str](), Counter[str]()
        for name in SERVICES:
            getattr(self.cloud, name).meta.events.register("after-call", self._note)

    def _note(self, http_response: Any, parsed: Any, model: Any, **_: object) -> None:  # noqa: ANN401
        self.calls[model.name] += 1
        if http_response.status_code < 400 or b"html" not in http_response.content[:20].lower():
            return
        self.lacking[f"{model.service_model.service_name}:{model.name}"] += 1
        if model.name.startswith("Get"):  # then there is nothing of it
            http_response.status_code = 200
            parsed.clear()
            parsed["Items"] = []

    def run(self) -> None:
        """Provision, look, tear down, and go on after each refusal; print what came of it."""
        actual = inventory.look(self.cloud)
        plan = engine.plan_up(self.cloud, actual)
        self._carry_out("provision", plan, actual)
        actual = inventory.look(self.cloud)
        left = engine.drift(self.cloud, actual)
        print(f"status: {len(actual.resources)} parts, {len(left)} of them otherwise than they should be")
        for step in left:
            print(f"  {step}: {', '.join(step.differences)}")
        self._carry_out("teardown", plan_down(actual), actual)
        print(
            f"left: {', '.join(' '.join(key) for key in inventory.look(self.cloud).resources) or 'nothing'}"
        )
        print(f"{self.calls.total()} calls; what moto lacks: {', '.join(self.lacking) or 'none'}")

    def _carry_out(self, name: str, plan: Any, actual: Any) -> None:  # noqa: ANN401
        failed = 0
        for progress in execute(self.cloud, plan, actual, go_on=True):
            if progress.error:
                failed += 1
                print(f"  {progress.step}: {str(progress.error).splitlines()[-1]}")
        print(f"{name}: {len(plan)} steps, {failed} of them failed")


def main(arguments: Sequence[str] | None = None) -> int:
    given = options(arguments)
    os.environ.update(clean_environment())
    paths = {"dynalite": shutil.which(given.dynalite), "moto_server": shutil.which(given.moto)}
    for name, path in paths.items():
        if path is None:
            print(f"{name} is not here, so it is left out: {INSTALL[name]}")
    rows = []
    if dynalite := paths["dynalite"]:
        with served(dynalite, "--createTableMs", "0", "--deleteTableMs", "0") as url:
            rows.append(functions_on("dynalite", url))
    if moto := paths["moto_server"]:
        with served(moto) as url:
            rows.append(functions_on("moto", url))
        with served(moto) as url:
            try:
                Control(url).run()
            except WschatError as error:
                print(f"{error.where}: {error}")
    if rows:
        print(table(("DynamoDB", "calls", "alike", "answered otherwise than MiniStack", "tests"), rows))
    return 0 if all(paths.values()) else 2


if __name__ == "__main__":
    sys.exit(main())
