"""The command line: what is refused, how it is said, and which exit code it has."""

import json
import os
import subprocess
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.support.terminal import WSCHAT, terminal, wschat
from wschat import paths
from wschat.cli_runs import called, pasteable
from wschat.console import note_few
from wschat.errors import UsageError
from wschat.lab.model import Lab
from wschat.lab.permits import person
from wschat.target import Target

HERE = "ws://127.0.0.1:9/"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["bogus"], 2, "No such command"),
        (["chat", "--bogus"], 2, "No such option"),
        (["chat", "--local", "--url", "ws://x"], 2, "exclude each other"),
        (["chat", "--local", "--sign"], 2, "exclude each other"),
        (["chat", "--sign", "--url", "wss://chat.example.com/x"], 4, "no region"),
        (["chat", "--sign", "--url", "https://chat.example.com/x"], 5, "wss://"),
        (["chat", "--room", "lobby"], 2, "give --name"),
        (["chat"], 2, "no URL to chat at"),
        (["chat", "--url", "https://x.execute-api.us-east-1.amazonaws.com/development"], 5, "wss://"),
        (["chat", "--url", "ws://127.0.0.1:9/development"], 5, "refused"),
        (["chat", "--url", ""], 5, "wss://"),
        (["local", "--port", "80000"], 2, "65535"),
        (["status", "--endpoint-url", "127.0.0.1:4566"], 2, "no URL of an endpoint"),
        (["status", "--endpoint-url", "http://me:secret@127.0.0.1:4566"], 2, "'127.0.0.1:4566' is no URL"),
        (["status", "--endpoint-url", ""], 2, "no URL of an endpoint"),
        (["status", "--endpoint-url", "http://a..b", "--region", "us-east-1"], 2, "no URL of an endpoint"),
        (["status", "--endpoint-url", "http://127.0.0.1:9?x"], 2, "no URL of an endpoint"),
        (["status", "--region", "é"], 4, "--region"),
        (["provision", "--prefix", "a b"], 2, "'table a bclient-records', which AWS does not allow"),
        (["provision", "--prefix", "x" * 49], 2, "use at most 48 characters"),
        (["status", "--region", "us-east-1"], 4, "no usable AWS credentials"),
        (["status", "--profile", "nobody"], 4, "nobody"),
        (["teardown"], 4, "no region"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_refused(arguments: list[str], code: int, says: str) -> None:
    """Each mistake gets one clear message on stderr, nothing on stdout, and its exit code."""
    done = wschat(*arguments)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_no_place_for_state(tmp_path: Path) -> None:
    """A state directory that can't be made is named."""
    (tmp_path / "file").write_text("")
    done = wschat("chat", "--local", WSCHAT_STATE_DIR=str(tmp_path / "file" / "state"))
    assert done.returncode == 8
    assert "WSCHAT_STATE_DIR" in done.stderr


@pytest.mark.parametrize(
    ("meant", "flags"), [("last", []), ("file", []), ("environment", []), ("flag", ["--url", HERE + "flag"])]
)
def test_which_lab(tmp_path: Path, meant: str, flags: list[str]) -> None:
    """For chat and web alike, a flag goes over the environment, that over the file, that over the last."""
    paths.remember(Target(url=f"{HERE}last"))
    text = "" if meant == "last" else f'url = "{HERE}file"'
    (tmp_path / "config.toml").write_text(text, encoding="utf-8-sig")  # as editors on Windows do
    env = {"WSCHAT_URL": f"{HERE}environment"} if meant in {"environment", "flag"} else {}
    assert f"{HERE}{meant}:" in wschat("chat", *flags, **env).stderr
    assert wschat("web", "--export", str(tmp_path / "site"), *flags, **env).returncode == 0
    assert f'content="{HERE}{meant}"' in (tmp_path / "site" / "index.html").read_text()


@pytest.mark.parametrize("named", ["provision", "teardown", "status"])
def test_what_an_error_names_can_be_pasted(named: str) -> None:
    """The commands in a hint have the options of the command that failed."""

    @pasteable
    def command(**_options: str | None) -> None:
        raise UsageError("no", hint=f"run `wschat {named}`")

    with pytest.raises(UsageError) as caught:
        command(prefix="a-", region=None, profile="my own", endpoint_url=None)
    assert caught.value.hint == f"run `wschat {named} --prefix a- --profile 'my own'`"


@pytest.mark.parametrize(
    ("typed", "found", "says"),
    [
        (".venv/bin/wschat", False, ".venv/bin/wschat"),
        ("/my own/wschat", False, "'/my own/wschat'"),
        (".venv/bin/wschat", True, "wschat"),
        ("wschat/__main__.py", False, "wschat"),
    ],
)
def test_how_it_is_called(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, typed: str, says: str, *, found: bool
) -> None:
    """The commands to go on with begin with what a shell finds, as a path if need be."""
    if found:
        (tmp_path / "wschat").touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.argv", [typed])
    assert called() == says


@pytest.mark.parametrize("name", ["last-url", "chat-secret", "chat-history"])
def test_odd_files_in_the_state_directory(tmp_path: Path, name: str) -> None:
    """What can't be read or kept there is done without."""
    (tmp_path / "state" / name).mkdir(parents=True)
    done = wschat("chat", "--url", "ws://127.0.0.1:9/development", "--name", "ann")
    assert done.returncode == 5
    assert "Traceback" not in done.stderr


class Garbage(SimpleHTTPRequestHandler):
    """Answers what `said` is to whatever is asked."""

    said = b""

    def do_POST(self) -> None:
        """Answer."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.said)))
        self.end_headers()
        self.wfile.write(self.said)


@pytest.mark.parametrize(
    "said",
    [
        b"<html>hello</html>",
        b"{}",
        b"",
        b"<R><GetCallerIdentityResult><Arn>x</Arn></GetCallerIdentityResult></R>",
    ],
)
def test_what_is_not_aws(said: bytes) -> None:
    """An endpoint that answers something else is named as such."""
    handler = type("Said", (Garbage,), {"said": said})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y", "AWS_DEFAULT_REGION": "us-east-1"}
        done = wschat("status", "--endpoint-url", f"http://127.0.0.1:{server.server_port}", **keys)
        server.shutdown()
    assert (done.returncode, "is not AWS" in done.stderr) == (1, True)


@pytest.mark.usefixtures("account")
def test_nobody_reads() -> None:
    """When nobody reads any more, as behind `| head`, the exit code is what it would have been."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [WSCHAT, "status", "--prefix", "head-"], stdout=writer, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writer)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_a_full_disk(option: str) -> None:
    """What can't be written is said once, with its exit code."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [WSCHAT, option], env=env, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (1, "Error: the system refused: No space left on device\n")


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_without_stdout(option: str) -> None:
    """Where nothing can be written, nothing is."""
    done = subprocess.run(["/bin/sh", "-c", f"{WSCHAT} {option} >&-"], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.usefixtures("account")
def test_the_url_comes_first(tmp_path: Path) -> None:
    """A URL that can't be kept is printed all the same; all is as it should be then."""
    (tmp_path / "state" / "last-url").mkdir(parents=True)
    done = wschat("provision", "--yes", "--prefix", "kept-")
    assert (done.returncode, done.stdout[:5]) == (0, "ws://")
    assert "could not be kept" in done.stderr
    assert f"wschat chat --url {done.stdout.strip()} --name" in done.stderr
    status = wschat("status", "--json", "--prefix", "kept-")
    report = json.loads(status.stdout)
    assert (status.returncode, report["url"]) == (0, done.stdout.strip())
    assert (report["changes"], report["unmanaged"]) == ([], [])
    assert wschat("teardown", "--yes", "--prefix", "kept-").returncode == 0


def test_version_and_help() -> None:
    """--version and --help, on stdout, uncut; without arguments the help as well, somewhere."""
    assert wschat("--version").stdout.startswith("wschat ")
    commands = wschat("--help", COLUMNS="80").stdout.partition("Commands:")[2]
    assert ("provision" in commands, "..." in commands) == (True, False)
    bare = wschat()
    assert "provision" in bare.stdout + bare.stderr


@pytest.mark.parametrize(
    ("words", "become"),
    [("logs Se", "SendMessage"), ("sta", "status"), ("local --order ", "arrival\nshuffle")],
)
def test_completion(words: str, become: str) -> None:
    """A shell completes commands, values and the functions whose logs one can read."""
    typed = {"COMP_WORDS": f"wschat {words}", "COMP_CWORD": str(len(words.split(" ")))}
    env = {**os.environ, "_WSCHAT_COMPLETE": "complete_bash", **typed}
    done = subprocess.run([WSCHAT], env=env, stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout.strip() == become


@pytest.mark.usefixtures("account")
def test_policy() -> None:
    """`wschat policy` writes a policy to stdout, and nothing else, for a lab of this prefix, here."""
    done = wschat("policy", "--prefix", "anna-", "--region", "eu-west-1")
    lab = Lab(account="000000000000", region="eu-west-1", prefix="anna-")
    assert (done.returncode, json.loads(done.stdout)) == (0, person(lab))
    done = wschat("policy", "--prefix", "x" * 48, "--region", "ap-southeast-7")
    assert (done.returncode, done.stdout, "IAM takes 6144" in done.stderr) == (2, "", True)


@pytest.mark.usefixtures("account")
def test_it_asks() -> None:
    """Provision shows account, region and plan, and asks; anything but yes changes nothing."""
    with terminal("provision", "--prefix", "ask-") as person:
        shown = person.until("[y/N]")
        assert "Account 000000000000, region us-east-1, prefix ask-" in shown
        assert "Plan: 66 to create." in shown
        person.type("what?")
        person.until("Nothing was changed.")
        assert person.end() == 0
    assert wschat("teardown", "--prefix", "ask-").stderr.count("Nothing to remove") == 1


@pytest.mark.usefixtures("account")
def test_nobody_to_ask() -> None:
    """Without a terminal and without --yes it stops before it writes anything."""
    done = wschat("provision", "--prefix", "ask-")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--yes" in done.stderr
    assert wschat("status", "--prefix", "ask-").returncode == 3


@pytest.mark.usefixtures("account")
def test_plan_writes_nothing() -> None:
    """--plan shows what would be done, and nothing of it is done."""
    done = wschat("provision", "--plan", "--prefix", "plan-")
    assert done.returncode == 3
    assert "Plan: 66 to create." in done.stdout
    assert "Task 3: the WebSocket API" in done.stdout
    assert wschat("teardown", "--prefix", "plan-").stderr.count("Nothing to remove") == 1


@pytest.mark.parametrize(("functions", "noted"), [(10, True), (11, False)])
def test_a_new_account(capsys: pytest.CaptureFixture[str], functions: int, *, noted: bool) -> None:
    """An account that runs ten functions at once, as new ones do, is told so before anything is made."""
    note_few(functions)
    assert ("Service Quotas" in capsys.readouterr().err) is noted
