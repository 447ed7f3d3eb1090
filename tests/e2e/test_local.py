"""The lab on this machine: one line and one is chatting; nothing is left afterwards."""

import json
import re
import signal
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import boto3
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.support.emulator import processes_of
from tests.support.terminal import WSCHAT, Terminal, terminal, wschat
from tests.support.until import PATIENCE
from tests.support.websocket_api import TestApi, ask, opened
from wschat.lab.aws.session import connect as connect_to
from wschat.system.ports import is_in_use, listen
from wschat.target import Target


def url_of(person: Terminal) -> str:
    """Return the URL that `wschat local` prints."""
    return next(line for line in person.until("Ctrl-C stops it").splitlines() if line.startswith("ws://"))


def test_two_chats_share_a_lab(short_state: Path) -> None:
    """One brings the lab, the other joins; it lives until both have left, whatever the environment says."""
    hostile = {
        "AWS_PROFILE": "nobody",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "wrong",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "ALL_PROXY": "socks5://127.0.0.1:9",
    }
    before = set(Path(tempfile.gettempdir()).glob("ministack*"))
    with (
        terminal("chat", "--local", "--name", "ann", "--room", "lobby", env=hostile) as ann,
        terminal("chat", "--local", "--name", "bob", "--room", "lobby", env=hostile) as bob,
    ):
        for person in (ann, bob):
            person.until("(2)")
        ann.type("hello from one terminal")
        bob.until("hello from one terminal")
        ann.type("/quit")
        assert ann.end() == 0
        bob.until("ann left")
        bob.type("still here")
        bob.until("<bob> still here")
        assert processes_of(short_state)
        bob.type("/quit")
        assert bob.end() == 0
    told = [str(person).count("Another terminal joins with") for person in (ann, bob)]
    assert sorted(told) == [0, 1]
    assert processes_of(short_state) == []
    assert set(Path(tempfile.gettempdir()).glob("ministack*")) == before


def test_local_in_the_foreground(short_state: Path) -> None:
    """`wschat local` prints its URL, and stops clean on SIGTERM: no process, no port left.

    With --local, other commands look at it. Who joins it from another terminal only leaves it. Who is
    connected is told 1012, "service restart"; a chat and logs say that it was stopped, and exit with 8.
    """
    with terminal("local", size=(24, 200)) as keeper:
        url = url_of(keeper)
        hostile = {"AWS_PROFILE": "nobody", "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
        status = wschat("status", "--local", **hostile)
        assert "All is as it should be." in status.stdout, status.stderr
        doctor = wschat("doctor", "--local", **hostile)
        assert "Nothing is wrong" in doctor.stderr, doctor.stdout
        with terminal("local") as guest:
            guest.until("Ctrl-C leaves it")
            guest.process.sendintr()
            guest.until("Left the lab")
            assert guest.end() == 0
        with (
            connect(url) as client,
            terminal("chat", "--local", "--name", "ann") as ann,
            terminal("logs", "--local", "--follow", "RegisterUser") as logs,
        ):
            logs.until("RegisterUser register")
            ann.until("you are ann")
            ann.press("half a sentence")
            ann.until("half a sentence")
            keeper.process.kill(signal.SIGTERM)
            with pytest.raises(ConnectionClosed):
                client.recv(PATIENCE)
            assert client.protocol.close_rcvd
            assert client.protocol.close_rcvd.code == 1012
            ann.until("Not sent: half a sentence")
            ann.until("the local lab was stopped")
            assert ann.end() == 8
            logs.until("the local lab was stopped")
            assert logs.end() == 8
        keeper.until("Stopped: nothing is left running.")
        assert keeper.end() == 0
    assert not is_in_use(urlsplit(url).port or 0)
    assert processes_of(short_state) == []


@pytest.mark.usefixtures("short_state")
def test_a_short_day() -> None:
    """With the gateway's options a chat meets in a moment what API Gateway does after ten idle minutes."""
    with closing(listen(None)) as free:
        port = free.getsockname()[1]
    options = ("--idle-timeout", "1", "--max-age", "60", "--rate", "500", "--order", "shuffle", "--drop", "0")
    with terminal("local", f"--port={port}", *options) as keeper:
        assert urlsplit(url_of(keeper)).port == port
        with terminal("chat", "--local") as ann:
            ann.until("the server ended it, as API Gateway does")
            ann.type("/quit")
            assert ann.end() == 0


@pytest.mark.usefixtures("short_state")
def test_made_by_hand() -> None:
    """An empty lab prints what to export; `--local` finds the API that is there now, or says what to do."""
    with terminal("local", "--empty", "--trace") as keeper:
        told = keeper.until("Ctrl-C stops it").partition("export ")[2].partition("Ctrl-C")[0]
        aws = dict(each.split("=") for each in told.replace("\n", "").split())
        root = boto3.Session(aws["AWS_ACCESS_KEY_ID"], aws["AWS_SECRET_ACCESS_KEY"], region_name="us-east-1")
        cloud = connect_to(Target(endpoint_url=aws["AWS_ENDPOINT_URL"]), root)
        for refused in (wschat("chat", "--local"), wschat("web", "--local", "--no-open")):
            assert (refused.returncode, refused.stdout) == (2, "")
            assert "nothing to chat at: it has no such API" in refused.stderr
            assert "by hand after the line that `wschat local` prints" in " ".join(refused.stderr.split())
            assert aws["AWS_SECRET_ACCESS_KEY"] not in refused.stderr
        for number in (1, 2):
            api = TestApi(cloud)
            assert "no stage of its API t has a deployment" in wschat("chat", "--local").stderr
            api.route("$default", api.mock(answer="\x1b[2Jmocked"))
            api.stage(api.deploy())
            assert wschat("chat", "--local").returncode == 0
            keeper.until(f"#{2 * number - 1}  end ")
            with opened(api.url) as client:
                ask(client, '{"token":"mine"}')
            cloud.api.delete_api(ApiId=api.id)
        assert wschat("chat", "--local").returncode == 2
        seen = keeper.until("#4  end     1000")
        assert "#2  open    no route, " in seen
        assert '#2  frame   $default → MOCK: {"token":"…"}' in seen
        assert re.search(r"#2  reply   \$default, \d+ ms: ␛\[2Jmocked", seen)
        keeper.process.sendintr()
        keeper.until("Stopped: nothing is left running.")
        assert keeper.end() == 0


def test_traces_for_programs(short_state: Path) -> None:
    """`--trace --json` writes a JSON object a line, first what the lab is; it ends when nobody reads on."""
    command = [WSCHAT, "local", "--empty", "--trace", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as keeper:
        assert keeper.stdout
        lab = json.loads(keeper.stdout.readline())
        assert (lab["event"], lab["urls"]) == ("lab", [])
        url = lab["endpoint"].replace("http", "ws") + "/_aws/execute-api/nobodys/dev?token=abc"
        with pytest.raises(InvalidStatus), connect(url):
            pass
        refused = json.loads(keeper.stdout.readline())
        assert (refused["event"], refused["status"], refused["why"]) == (
            "connect",
            403,
            "there is no API nobodys",
        )
        keeper.stdout.close()
        with pytest.raises(InvalidStatus), connect(url):
            pass
        assert keeper.wait(PATIENCE) == 0
    assert processes_of(short_state) == []


def test_run(short_state: Path) -> None:
    """`--run` runs a command in a lab of its own: its streams alone, its exit code, and nothing is left."""
    command = ("sh", "-c", "echo $WSCHAT_URL; cat; exit 5")
    done = wschat("local", "--run", *command, stdin="said", AWS_PROFILE="nobody")
    url, said = done.stdout.splitlines()
    assert re.fullmatch(r"ws://127\.0\.0\.1:\d+/_aws/execute-api/\w+/development", url)
    assert (said, done.stderr, done.returncode) == ("said", "", 5)
    assert [each.name for each in short_state.iterdir() if each.is_dir()] == []
    assert processes_of(short_state) == []


def test_run_with_options(short_state: Path) -> None:
    """Options before the command are the lab's, those after it are its own; what happens goes to stderr."""
    script = (
        "import sys, os, boto3\n"
        "from websockets.sync.client import connect\n"
        "assert boto3.client('dynamodb').list_tables()['TableNames'] == []\n"
        "url = os.environ['AWS_ENDPOINT_URL'].replace('http', 'ws') + '/_aws/execute-api/nobodys/dev'\n"
        "try: connect(url)\n"
        "except Exception: print(sys.argv[1:])\n"
    )
    options = ("--empty", "--trace", "--json", "--run", sys.executable, "-c", script, "--trace")
    done = wschat("local", *options)
    assert (done.stdout, done.returncode) == ("['--trace']\n", 0), done.stderr
    assert json.loads(done.stderr)["why"] == "there is no API nobodys"
    assert processes_of(short_state) == []


def test_too_few_descriptors(short_state: Path) -> None:
    """Where it could not work it says so at once, and what to do, and there is nothing to clean up."""
    command = f"ulimit -n 64; exec {sys.executable} -m wschat local"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, "grants 64 open files" in done.stderr, "`ulimit -n 10240`" in done.stderr) == (
        8,
        True,
        True,
    )
    assert [each.name for each in short_state.iterdir()] == ["local.lock"]


def test_few_descriptors(short_state: Path) -> None:
    """Where the system grants few open files and sockets, it says so, and what to do; so does its log."""
    command = f"ulimit -n 256; exec {sys.executable} -m wschat local --empty"
    lab = subprocess.Popen(["/bin/sh", "-c", command], stderr=subprocess.PIPE, text=True)
    assert lab.stderr
    told = "".join(iter(lambda: str(lab.stderr and lab.stderr.readline()), "Ctrl-C stops it.\n"))
    lab.terminate()
    lab.communicate()
    assert "ulimit -n 10240" in told
    assert "256 open files" in (short_state / "local.log").read_text()
