import http.client
import io
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import boto3
import pytest

from tests.support.until import until
from wschat.errors import LocalError
from wschat.local.emulator import Emulator, clean_environment
from wschat.local.files import locked
from wschat.loopback import HOST

Processes = Callable[[], list[int]]

FUNCTION = """
import os, time
def handler(event, context):
    time.sleep(event["sleep"])
    return dict(os.environ)
"""

OWNER = """
import sys
from pathlib import Path
from wschat.local.emulator import Emulator
emulator = Emulator(Path(sys.argv[1]) / "private", Path(sys.argv[1]) / "log")
emulator.start()
print(emulator.port, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def emulator(state_dir: Path) -> Iterator[Emulator]:
    """An emulator that is not started, and is stopped whatever happens."""
    emulator = Emulator(state_dir / "private", state_dir / "log")
    yield emulator
    emulator.stop()


def run_function(endpoint: str) -> dict[str, str]:
    """Leave a busy function behind in MiniStack, and return the environment that it saw at first."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("main.py", FUNCTION)
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
    with closing(session.client("iam", endpoint_url=endpoint)) as iam:
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        role = iam.create_role(RoleName="any", AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))
    client = session.client("lambda", endpoint_url=endpoint)
    client.create_function(
        FunctionName="mirror",
        Runtime="python3.13",
        Timeout=60,
        Role=role["Role"]["Arn"],
        Handler="main.handler",
        Code={"ZipFile": code.getvalue()},
    )
    reply = client.invoke(FunctionName="mirror", Payload='{"sleep": 0}')
    client.invoke(FunctionName="mirror", Payload='{"sleep": 60}', InvocationType="Event")
    result: dict[str, str] = json.load(reply["Payload"])
    client.close()
    return result


def health(port: int) -> dict[str, str]:
    """Ask MiniStack how it is."""
    connection = http.client.HTTPConnection(HOST, port)
    connection.request("GET", "/_ministack/health")
    answer: dict[str, str] = json.load(connection.getresponse())
    connection.close()
    return answer


class OtherMiniStack(BaseHTTPRequestHandler):
    """Somebody else's MiniStack, which is well."""

    def do_GET(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.end_headers()
        self.wfile.write(b'{"edition": "light"}')

    def log_message(self, *_: object) -> None:
        pass


def refuses(host: str, port: int) -> bool:
    """Tell whether nobody listens."""
    with socket.socket() as client:
        return client.connect_ex((host, port)) != 0


def test_leaves_nothing(emulator: Emulator, state_dir: Path, processes: Processes) -> None:
    """A stopped emulator leaves no process, not even a function's, no port and no file but its log."""
    private, log = state_dir / "private", state_dir / "log"
    private.mkdir()
    (private / "stale").touch()
    before = set(Path(tempfile.gettempdir()).glob("ministack*"))
    emulator.start()
    assert health(emulator.port)["auth"] == "enabled"
    assert refuses("127.0.0.2", emulator.port)
    run_function(emulator.endpoint)
    assert len(processes()) == 3
    assert os.getsid(processes()[0]) != os.getsid(0)
    assert not (private / "stale").exists()
    assert list(private.glob("ministack-*"))
    assert set(Path(tempfile.gettempdir()).glob("ministack*")) == before

    emulator.stop()

    assert processes() == []
    assert refuses(HOST, emulator.port)
    assert not private.exists()
    assert log.stat().st_mode & 0o777 == 0o600
    emulator.wait()


def test_ignores_the_environment(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither AWS settings nor proxies of the environment reach MiniStack or its functions."""
    poison = {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_PROFILE": "poison",
        "DOCKER_HOST": "unix:///",
        "GATEWAY_PORT": "9",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
    }
    with monkeypatch.context() as patch:
        for name, value in poison.items():
            patch.setenv(name, value)
        emulator.start()
    seen = run_function(emulator.endpoint)

    assert not set(poison.values()) & set(seen.values())
    assert seen["AWS_ENDPOINT_URL"] == emulator.endpoint
    assert seen["PATH"] == os.environ["PATH"]
    assert not Path(seen["DOCKER_HOST"].removeprefix("unix://")).exists()


def test_environment_is_a_list_of_what_is_allowed() -> None:
    """The environment holds what Python and the locale need, and what switches AWS's files off."""
    given = {"PATH": "/bin", "LC_ALL": "C", "AWS_CONFIG_FILE": "/x", "all_proxy": "x", "SECRET": "x"}
    assert clean_environment(given) == {
        "PATH": "/bin",
        "LC_ALL": "C",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "*",
    }


def test_dies_with_its_owner(state_dir: Path, processes: Processes) -> None:
    """When its owner is killed with -9, MiniStack, its functions and its directory are gone."""
    command = [sys.executable, "-c", OWNER, str(state_dir)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as owner:
        assert owner.stdout
        port = int(owner.stdout.readline())
        run_function(f"http://{HOST}:{port}")
        assert len(processes()) == 4
        owner.kill()

    until(lambda: not processes() and not (state_dir / "private").exists())
    assert refuses(HOST, port)


@pytest.mark.parametrize("victim", ["supervisor", "MiniStack"])
def test_says_that_it_died(victim: str, emulator: Emulator, state_dir: Path, processes: Processes) -> None:
    """An emulator that dies later raises an error that names its log, and none of it lives on."""
    emulator.start()
    run_function(emulator.endpoint)
    supervisor, ministack, _ = processes()
    os.kill(supervisor if victim == "supervisor" else ministack, signal.SIGKILL)

    with pytest.raises(LocalError, match="ended by itself") as caught:
        emulator.wait()

    assert str(state_dir / "log") in caught.value.hint
    emulator.stop()
    until(lambda: not processes())


def test_says_that_it_did_not_start(state_dir: Path) -> None:
    """An emulator that dies at its start raises an error that names its log."""
    (state_dir / "file").touch()
    emulator = Emulator(state_dir / "file" / "private", state_dir / "log")
    with pytest.raises(LocalError, match="did not start") as caught:
        emulator.start()
    assert str(state_dir / "log") in caught.value.hint
    assert "NotADirectoryError" in (state_dir / "log").read_text()


@pytest.mark.parametrize("host", [HOST, ""])
def test_port_in_use(host: str, state_dir: Path) -> None:
    """A port in use is named, and nothing is started."""
    with socket.create_server((host, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LocalError, match=f"port {port} .*in use"):
            Emulator(state_dir / "private", state_dir / "log", ports=[port]).start()
    assert list(state_dir.iterdir()) == []


def test_tries_the_next_port(state_dir: Path, processes: Processes) -> None:
    """A port that another program takes while MiniStack boots is given up for the next one."""
    with socket.create_server((HOST, 0)) as first, socket.create_server((HOST, 0)) as second:
        ports = [first.getsockname()[1], second.getsockname()[1]]
    emulator = Emulator(state_dir / "private", state_dir / "log", ports=ports)
    with ThreadPoolExecutor() as pool:
        with locked(state_dir / "private.lock"):
            starting = pool.submit(emulator.start)
            until(processes)
            other = HTTPServer((HOST, ports[0]), OtherMiniStack)
            pool.submit(other.serve_forever, 0.01)
        try:
            starting.result()
            assert health(emulator.port)["edition"] == str(state_dir / "private")
        finally:
            emulator.stop()
            other.shutdown()
            other.server_close()


@pytest.mark.parametrize(
    ("there", "lacking"), [("", "ministack, uvicorn, httptools"), ("uvicorn", "ministack, ")]
)
def test_missing_extra(state_dir: Path, there: str, lacking: str) -> None:
    """Without all of the extra the error says how to install it, before anything is started."""
    emulator = Emulator(
        state_dir / "private", state_dir / "log", find_spec=lambda name: name if name == there else None
    )
    with pytest.raises(LocalError, match=f"needs {lacking}") as caught:
        emulator.start()
    assert f"{sys.executable} -m pip install '.[local]'" in caught.value.hint
    assert list(state_dir.iterdir()) == []
