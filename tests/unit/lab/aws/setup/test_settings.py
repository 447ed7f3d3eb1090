"""Set-ups that do not work, as people have them: what each command says of them, and with which exit code.

They stand in `setups.txt`. A paragraph is a set-up: its name; `keys` if there are some in the environment,
`profile` if one is chosen there; `$` variables, `|` the config file, `:` the credentials file, `@` what a
login left or a process prints; `hurried` if nothing may take longer than a moment; then, for one command or
both, the exit code and what is said, in which a `*` is anything. A command that is not named works.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import botocore.endpoint
import pytest
from botocore.credentials import SSOProvider
from botocore.tokens import SSOTokenProvider
from botocore.utils import ContainerMetadataFetcher

from tests.support.http_server import Quiet, serving
from wschat.errors import WschatError
from wschat.lab.aws.session import connect, make_session
from wschat.lab.aws.setup import credentials, prompts
from wschat.lab.aws.signing import signer
from wschat.target import Target

URL = "wss://abc123.execute-api.eu-west-1.amazonaws.com/development"
COMMANDS: dict[str, Callable[[], object]] = {
    "status": lambda: connect(Target()),
    "chat": lambda: signer(URL, Target()),
}
SECRETS = {"secret": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "token": "IQoJb3JpZ2luX2VjEDoaCXVz"}
ALWAYS = {
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_CONFIG_FILE": "{home}/config",
    "AWS_SHARED_CREDENTIALS_FILE": "{home}/credentials",
}
GIVEN = {
    "keys": {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "{secret}"},
    "profile": {"AWS_PROFILE": "class"},
    "hurried": {},
}
FILES = {"|": "config", ":": "credentials", "@": "printed"}
LOGIN = f"{hashlib.sha1(b'school').hexdigest()}.json"  # noqa: S324  botocore's name of what a login leaves
IDENTITY = (
    "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account>"
    "<Arn>arn:aws:iam::123456789012:user/ann</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>"
)
REFUSED = "<ErrorResponse><Error><Code>{}</Code><Message>{}</Message></Error></ErrorResponse>"
ANSWERS = {
    "works": (200, IDENTITY),
    "page": (200, "<html>Sign in to this network</html>"),
    "expired": (403, REFUSED.format("ExpiredToken", "no")),
    "unknown": (403, REFUSED.format("InvalidClientTokenId", "no")),
    "skewed": (403, REFUSED.format("SignatureDoesNotMatch", "Signature expired: x")),
    "code": (
        403,
        REFUSED.format(
            "AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code."
        ),
    ),
    "fails": (500, "{secret}"),
    "secret": (200, "{secret}"),
}
"""What is answered on this machine in place of AWS, by the path."""


class Answering(Quiet):
    """Answers by the path; as a proxy, it wants a password."""

    def do_POST(self) -> None:  # noqa: N802  http.server's name
        """Answer."""
        status, body = ANSWERS.get(self.path.strip("/"), ANSWERS["page"])
        told = body.format(**SECRETS).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(told)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(told)

    do_GET = do_POST  # noqa: N815

    def do_CONNECT(self) -> None:  # noqa: N802
        """Refuse."""
        self.send_error(407)


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    """The address of what answers in place of AWS."""
    with serving(Answering) as address:
        yield address


@pytest.fixture
def fill(
    tmp_path: Path,
    aws: str,
    _offline: None,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[str], str]:
    """Somebody's machine without a network, where nothing waits; what fills a line of a set-up."""
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=lambda _seconds: None))
    monkeypatch.setattr(ContainerMetadataFetcher, "SLEEP_TIME", 0)
    monkeypatch.setattr(prompts, "TERMINAL", "/nowhere")
    monkeypatch.setattr(credentials, "ROLES", {})
    for each in (SSOProvider, SSOTokenProvider):
        monkeypatch.setattr(each, "_SSO_TOKEN_CACHE_DIR", str(tmp_path))
    places = {"home": str(tmp_path), "aws": aws, "here": aws.removeprefix("http://"), **SECRETS}

    def fill(line: str) -> str:
        filled = re.sub(r"\{(\w+)\}", lambda found: places[found[1]], line)
        return re.sub(r"\\(r|n|xe9)", lambda found: {"r": "\r", "n": "\n"}.get(found[1], "\udce9"), filled)

    return fill


@dataclass
class SetUp:
    """A paragraph of `setups.txt`, line by line, with nothing filled in."""

    name: str
    hurried: bool = False
    environment: dict[str, str] = field(default_factory=ALWAYS.copy)
    files: dict[str, str] = field(default_factory=lambda: dict.fromkeys((*FILES.values(), "empty"), ""))
    said: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name

    def read(self, line: str) -> None:
        """Take a line in."""
        kind, _, rest = line.partition(" ")
        if kind == "$":
            variable, _, self.environment[variable] = rest.partition("=")
        elif kind in FILES:
            self.files[FILES[kind]] += f"{rest}\n"
        elif kind == "→":
            self.said = {command: f"{said}\n→ {rest}" for command, said in self.said.items()}
        elif rest:
            self.said |= dict.fromkeys(COMMANDS if kind == "both" else [kind], rest)
        else:
            self.environment |= GIVEN[kind]
            self.hurried |= kind == "hurried"


def setups() -> Iterator[SetUp]:
    """Yield those that stand in `setups.txt`."""
    text = Path(__file__).with_name("setups.txt").read_text("utf-8")
    for paragraph in text.strip("\n").split("\n\n"):
        name, *lines = paragraph.split("\n")
        setup = SetUp(name)
        for line in lines:
            setup.read(line.strip(" "))
        yield setup


@pytest.mark.parametrize("setup", [*setups()], ids=str)
def test_setups(
    setup: SetUp, fill: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each fault is told as one's own, with the file, the variable and the value, and without a secret."""
    for variable, value in setup.environment.items():
        monkeypatch.setenv(variable, fill(value))
    if setup.hurried:
        monkeypatch.setattr(prompts, "PATIENCE_S", 0.1)
    for file, text in setup.files.items():
        (tmp_path / file).write_text(fill(text), "utf-8", "surrogateescape")
    (tmp_path / "circle").symlink_to("circle")  # which not even root can read
    if setup.files["printed"]:
        (tmp_path / LOGIN).symlink_to(tmp_path / "printed")
    for command, run in COMMANDS.items():
        said, pattern = says(run), re.escape(fill(setup.said.get(command, "works"))).replace(r"\*", ".*")
        assert re.fullmatch(pattern, said, re.DOTALL), f"{command} {said}"
        assert not any(secret in said for secret in SECRETS.values())


def says(command: Callable[[], object]) -> str:
    """Return the exit code of a command, and what a person reads; any error but ours is a failure."""
    try:
        command()
    except WschatError as error:
        return f"{error.exit_code} {error.where}: {error.what}" + (f"\n→ {error.hint}" if error.hint else "")
    return "works"


def test_certificates_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """With variables that are empty, boto3 itself would trust whoever answers."""
    empty = {"AWS_CA_BUNDLE": "", "REQUESTS_CA_BUNDLE": ""}
    for name, value in {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s", **empty}.items():
        monkeypatch.setenv(name, value)
    client: Any = make_session(None, "eu-west-1").client("sts")
    assert client._endpoint.http_session._verify is True
