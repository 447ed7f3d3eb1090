"""The lab is its owner's: another user of the machine tries all that there is of it."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.emulator import processes_of, root_of
from tests.support.until import until
from tests.support.websocket_api import FENCE, TestApi
from tests.unit.local.functions import TestFunction
from wschat.lab.aws.session import connect
from wschat.local.join import LocalLab, join
from wschat.target import HOST, Target
from wschat.web.server import Server

IS_ROOT = os.geteuid() == 0 and Path("/proc/self/environ").exists()
pytestmark = pytest.mark.skipif(not IS_ROOT, reason="only root can be another user, and only Linux has /proc")
FUNCTIONS = "/2015-03-31/functions"


@pytest.fixture
def there() -> Iterator[tuple[LocalLab, Path]]:
    """A lab, and its directory, into which others can look, as somebody may have made it; a function runs."""
    with tempfile.TemporaryDirectory(prefix="ws", dir="/tmp") as name:
        Path(name).chmod(0o755)
        with join(Path(name)) as lab:
            TestFunction(lab).call()
            yield lab, Path(name)
        until(lambda: not processes_of(Path(name)))


def test_another_user(there: tuple[LocalLab, Path]) -> None:
    """They chat, and see that a lab lives there; they read no file, no environment, and run no function."""
    lab, directory = there
    api = TestApi(connect(Target(endpoint_url=lab.endpoint), root_of(lab)))
    api.route("mock", api.mock())
    api.stage(api.deploy())
    web = Server(api.url)
    page = f"http://{HOST}:{web.port}"
    allowed = [("GET", "/_ministack/health", "s3", "")]
    code = json.dumps({"FunctionName": "x", "Role": "arn:aws:iam::000000000000:role/mirrorRole"})
    refused = [
        (method, path, service, key, body)
        for method, path, service, body in (
            ("GET", f"{FUNCTIONS}/", "lambda", ""),
            ("POST", FUNCTIONS, "lambda", code),
            ("POST", f"{FUNCTIONS}/mirror/invocations", "lambda", '{"sleep": 0}'),
            ("GET", "/_ministack/lambda-code/mirror", "s3", ""),
            ("POST", "/_ministack/reset", "s3", ""),
            ("POST", "/", "iam", "Action=ListUsers&Version=2010-05-08"),
            ("GET", "/v2/apis", "apigateway", ""),
            ("DELETE", f"/v2/apis/{api.id}", "apigateway", ""),
            ("GET", "/", "s3", ""),
        )
        for key in ("", "test", "000000000000", lab.root.id)
    ]
    with web.running():
        todo: dict[str, Any] = {
            "directory": str(directory),
            "socket": str(directory / "local.sock"),
            "pids": processes_of(directory),
            "requests": [
                *((lab.endpoint, *each) for each in (*allowed, *refused)),
                *(
                    (page, "GET", path, "s3", "")
                    for path in ("/", "/index.html", f"/{'x' * len(web.token)}/")
                ),
            ],
            "url": api.url,
            "text": json.dumps(FENCE),
        }
        command = [sys.executable, "-m", "tests.support.another_user"]
        done = subprocess.run(command, input=json.dumps(todo), capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert len(todo["pids"]) == 3, "the lab, its watchdog, a worker"
    assert told["files"] == []
    assert told["socket"] == "PermissionError"
    assert {*map(tuple, told["processes"].values())} == {()}
    secrets = (lab.root.id, lab.root.secret, web.token)
    assert not [secret for secret in secrets if secret in str(told["command_lines"])]
    assert told["requests"] == [200, *[403] * (len(refused) + 3)]
    assert told["websocket"] == "mocked"
