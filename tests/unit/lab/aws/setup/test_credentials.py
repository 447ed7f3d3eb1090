"""Who is asked for credentials, when and where; what can't be renewed in time, or at all."""

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from botocore.credentials import RefreshableCredentials
from botocore.exceptions import EndpointConnectionError, RefreshWithMFAUnsupportedError

from tests.support.http_server import Quiet, serving
from tests.support.terminal import WSCHAT, terminal
from wschat.chat.machine.advice import Fault
from wschat.chat.network.failures import fault
from wschat.errors import AccessError, AwsError, WschatError
from wschat.lab.aws.errors import translated
from wschat.lab.aws.setup import credentials, prompts
from wschat.lab.aws.setup.credentials import BY_AWS, GETTING, PARTS, Got
from wschat.lab.aws.setup.prompts import Person
from wschat.lab.aws.signing import signer
from wschat.target import Target

CHAT = ("chat", "--sign", "--region", "eu-west-1", "--profile", "class", "--url", "ws://127.0.0.1:9/x")
KEYS = {"Version": 1, "AccessKeyId": "AKIAEXAMPLE", "SecretAccessKey": "very-secret"}
CONFIG = """
[profile class]
role_arn = arn:aws:iam::123456789012:role/Student
mfa_serial = arn:aws:iam::123456789012:mfa/ann
source_profile = keys
[profile keys]
credential_process = sh -c 'read pin; test "$pin" = 1234 && cat {keys}'
"""
SESSION = (
    "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s"
    "</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration>"
    "</Credentials></AssumeRoleResult></AssumeRoleResponse>"
)


@pytest.fixture
def asking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody whose process asks for a number, and whose role asks for a code."""
    (tmp_path / "keys").write_text(json.dumps(KEYS))
    (tmp_path / "config").write_text(CONFIG.format(keys=tmp_path / "keys"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))


@pytest.mark.usefixtures("asking")
def test_in_a_pipe() -> None:
    """Without a terminal nobody is asked; that is exit code 4, and what was piped is all there."""
    reader, writer = os.pipe()
    os.write(writer, b"1234\nhello\n")
    os.close(writer)
    done = subprocess.run(
        [WSCHAT, *CHAT], stdin=reader, capture_output=True, text=True, start_new_session=True, check=False
    )
    with os.fdopen(reader) as left:
        assert left.read() == "1234\nhello\n"
    assert (done.returncode, done.stdout) == (4, "")
    assert "credential_process failed with exit code 1" in done.stderr


@pytest.fixture
def codes(asking: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:  # noqa: ARG001
    """The codes that an STS is told, which takes each."""
    codes: list[str] = []

    class Sts(Quiet):
        def do_POST(self) -> None:  # noqa: N802  http.server's name
            asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            codes.extend(asked["TokenCode"])
            self.send_response(200)
            self.send_header("Content-Length", str(len(SESSION)))
            self.end_headers()
            self.wfile.write(SESSION.encode())

    with serving(Sts) as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", address)
        yield codes


def test_at_the_terminal(codes: list[str]) -> None:
    """Whatever asks does so before the chat begins, and gets what is typed for it."""
    with terminal(*CHAT) as chat:
        chat.type("1234")
        chat.until("Enter MFA code for arn:aws:iam::123456789012:mfa/ann")
        chat.type("654321")
        chat.until("refused")
    assert codes == ["654321"]


def test_a_code_is_asked_for_once(codes: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS takes no code twice: what provisions and then tries the lab, signed, asks for one."""
    (tmp_path / "terminal").write_text("1234\n")
    monkeypatch.setattr(prompts, "TERMINAL", str(tmp_path / "terminal"))
    monkeypatch.setattr(credentials, "ROLES", {})
    typed = [" ", "111111 ", "222222"]
    monkeypatch.setattr(prompts, "getpass", lambda _prompt: typed.pop(0))
    sign = partial(signer, "ws://127.0.0.1:9/x", Target(profile="class", region="eu-west-1"))
    with pytest.raises(AccessError, match="was typed"):
        sign()
    for _ in range(2):
        sign()()
    assert codes == ["111111"]


@pytest.mark.parametrize(
    ("why", "kind", "says", "then"),
    [
        (RefreshWithMFAUnsupportedError(), AccessError, "a code .MFA. has run out", Fault.PERMANENT),
        (AccessError("it failed"), AccessError, "it failed", Fault.PERMANENT),
        (EndpointConnectionError(endpoint_url="x"), AwsError, "can't be reached", Fault.TRANSIENT),
    ],
)
def test_what_can_not_be_renewed(why: Exception, kind: type[WschatError], says: str, then: Fault) -> None:
    """It is used until it runs out; then a chat ends with the reason, unless it was but the network."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    clock = [now]

    def renew() -> dict[str, object]:
        raise why

    keys = RefreshableCredentials(
        "AKIA", "s", "t", now + timedelta(hours=1), renew, "assume-role", time_fetcher=lambda: clock[0]
    )
    tell = partial(translated, "role_arn of profile class", (*GETTING, *BY_AWS))
    got = Got(keys, PARTS, tell, person := Person())
    first = got.get_frozen_credentials()
    assert not person.may_be_asked
    clock[0] += timedelta(minutes=59)
    assert got.get_frozen_credentials() == first
    clock[0] += timedelta(minutes=2)
    with pytest.raises(kind, match=says) as told:
        got.get_frozen_credentials()
    assert (fault(told.value), told.value.where) == (then, "role_arn of profile class")
    assert told.value.hint or kind is AccessError
