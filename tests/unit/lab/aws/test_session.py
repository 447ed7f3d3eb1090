"""Who is asking, and where."""

from pathlib import Path

import boto3
import botocore.session
import pytest

from tests.support.plane.inside import LOADER
from wschat.errors import AccessError, AwsError
from wschat.lab.aws.cloud import AWS_PACING, EMULATOR_PACING, Cloud
from wschat.lab.aws.session import RateLimiter, _emulated, _in_aws, connect
from wschat.lab.clock import Clock
from wschat.lab.model import Lab
from wschat.target import Target


def test_no_credentials() -> None:
    """Without credentials nothing is asked of AWS."""
    with pytest.raises(AccessError, match="no usable AWS credentials"):
        connect(Target(region="us-east-1", endpoint_url="http://127.0.0.1:9"))


def test_no_region(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a region nothing is guessed."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with pytest.raises(AccessError, match="no region"):
        connect(Target())


def test_region_of_other_tools(monkeypatch: pytest.MonkeyPatch, clients: Cloud) -> None:
    """AWS_REGION counts as well, which boto3 alone of all SDKs does not read."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert connect(Target(endpoint_url=clients.lab.endpoint)).lab.region == "eu-west-1"


def test_unknown_profile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A profile that is not in the person's files is named."""
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(AccessError, match="nobody"):
        connect(Target(profile="nobody", region="us-east-1"))


def test_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """An endpoint that nobody answers at is one error, after seconds and not minutes."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with pytest.raises(AwsError, match="can't be reached"):
        connect(Target(region="us-east-1", endpoint_url="http://127.0.0.1:9"))


def test_whose_endpoint(clients: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """An endpoint from boto3's environment counts as one from the command line."""
    assert clients.lab.endpoint
    for name, value in (("AWS_ENDPOINT_URL", clients.lab.endpoint), ("AWS_DEFAULT_REGION", "us-east-1")):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    assert connect(Target()).lab == clients.lab


def person(region: str | None = None) -> boto3.Session:
    """Return a session; those of boto3 read each model anew."""
    core = botocore.session.Session()
    core.register_component("data_loader", LOADER)
    return boto3.Session(botocore_session=core, region_name=region)


@pytest.mark.parametrize(
    ("control_plane", "region", "host"),
    [
        ("apigateway.eu-west-1.amazonaws.com", "eu-west-1", "{api}.execute-api.eu-west-1.amazonaws.com"),
        ("apigateway-fips.us-east-1.amazonaws.com", "us-east-1", "{api}.execute-api.us-east-1.amazonaws.com"),
        ("apigateway.us-east-1.api.aws", "us-east-1", "{api}.execute-api.us-east-1.amazonaws.com"),
        (
            "apigateway.cn-north-1.amazonaws.com.cn",
            "cn-north-1",
            "{api}.execute-api.cn-north-1.amazonaws.com.cn",
        ),
        (
            "apigateway.eusc-de-east-1.amazonaws.eu",
            "eusc-de-east-1",
            "{api}.execute-api.eusc-de-east-1.amazonaws.eu",
        ),
    ],
)
def test_addresses_in_aws(control_plane: str, region: str, host: str) -> None:
    """In every partition clients connect, and functions post, beside the control plane."""
    found = _in_aws(person(region), f"https://{control_plane}")
    assert found == {"sockets": f"wss://{host}", "callbacks": f"https://{host}"}


@pytest.mark.parametrize(
    ("host", "emulated"),
    [
        ("vpce-1-a.apigateway.us-east-1.vpce.amazonaws.com", False),
        ("10.0.0.1:8443", False),
        ("127.9.9.9", True),
        ("[::1]:4566", True),
        ("localhost:4566", True),
        ("aws.localhost", True),
        ("localhost.example.com", False),
    ],
)
@pytest.mark.usefixtures("account")
def test_whose_pacing(host: str, monkeypatch: pytest.MonkeyPatch, *, emulated: bool) -> None:
    """What is not on this machine is another way to AWS: no quicker, and the API is where it always is."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_APIGATEWAYV2", f"https://{host}")
    cloud = connect(Target(), person())
    assert cloud.pacing is (EMULATOR_PACING if emulated else AWS_PACING)
    assert cloud.lab.endpoint == f"https://{host}"
    place = f"{host}/_aws/execute-api/a1" if emulated else "a1.execute-api.us-east-1.amazonaws.com"
    assert cloud.lab.url("a1", "development") == f"wss://{place}/development"


def test_addresses_of_an_emulator() -> None:
    """An emulator has all under one roof."""
    found = _emulated("http://127.0.0.1:4566")
    assert Lab(account="1", region="us-east-1", **found).url("abc", "development") == (
        "ws://127.0.0.1:4566/_aws/execute-api/abc/development"
    )
    assert found["callbacks"] == "http://127.0.0.1:4566/_aws/execute-api/{api}"


class Sleeper(Clock):
    """A clock that only sleeping moves."""

    time = 0.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += max(seconds, 0)


def test_pace() -> None:
    """Calls come no faster than they may, and one that comes late enough does not wait."""
    clock = Sleeper()
    pace = RateLimiter(clock, 5)
    for _ in range(11):
        pace()
    assert clock.time == pytest.approx(2)
    clock.time = 10
    pace()
    assert clock.time == 10
