"""Who is asking, and where."""

from dataclasses import replace

import boto3
import pytest

from tests.support.plane.clock import VirtualClock
from wschat.errors import AwsError
from wschat.lab.aws.cloud import AWS_PACING, EMULATOR_PACING, Cloud
from wschat.lab.aws.session import RateLimiter, _in_aws, connect
from wschat.lab.aws.setup.models import read_fast
from wschat.target import Target

NOWHERE = "http://127.0.0.1:9"


@pytest.mark.usefixtures("account")
def test_nobody_answers() -> None:
    """That is told in seconds."""
    with pytest.raises(AwsError, match=r"at http://127.0.0.1:9 \(--endpoint-url\): nothing listens there"):
        connect(Target(endpoint_url=NOWHERE))


@pytest.mark.usefixtures("account")
def test_from_the_environment(clients: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """An endpoint counts, and AWS_REGION as well, which boto3 alone of all SDKs does not read."""
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert connect(Target()).lab == replace(clients.lab, region="eu-west-1")


@pytest.mark.usefixtures("account")
def test_how_models_are_read() -> None:
    """The clients are made of models that are read fast."""
    connect(Target(), session := boto3.Session())
    loader = session._session.get_component("data_loader")
    assert type(loader).__module__ == read_fast.__module__


@pytest.mark.parametrize(
    ("control_plane", "region", "suffix"),
    [
        ("apigateway.eu-west-1.amazonaws.com", "eu-west-1", "amazonaws.com"),
        ("apigateway-fips.us-east-1.amazonaws.com", "us-east-1", "amazonaws.com"),
        ("apigateway.us-east-1.api.aws", "us-east-1", "amazonaws.com"),
        ("apigateway.cn-north-1.amazonaws.com.cn", "cn-north-1", "amazonaws.com.cn"),
        ("apigateway.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1", "amazonaws.eu"),
    ],
)
def test_addresses_in_aws(control_plane: str, region: str, suffix: str) -> None:
    """In every partition clients connect, and functions post, beside the control plane."""
    host = f"{{api}}.execute-api.{region}.{suffix}"
    found = _in_aws(boto3.Session(region_name=region), f"https://{control_plane}")
    assert found == {"sockets": f"wss://{host}", "callbacks": f"https://{host}"}


@pytest.mark.parametrize(
    ("host", "emulated"),
    [
        ("vpce-1-a.apigateway.us-east-1.vpce.amazonaws.com", False),
        ("10.0.0.1:8443", False),
        ("[::1]:4566", True),
        ("localhost:4566", True),
    ],
)
@pytest.mark.usefixtures("account")
def test_whose_pacing(host: str, monkeypatch: pytest.MonkeyPatch, *, emulated: bool) -> None:
    """What is not on this machine is another way to AWS: no quicker, and the API is where it always is."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_APIGATEWAYV2", f"https://{host}")
    cloud = connect(Target(), boto3.Session())
    assert cloud.pacing is (EMULATOR_PACING if emulated else AWS_PACING)
    assert cloud.lab.endpoint == f"https://{host}"
    place = f"{host}/_aws/execute-api/{{api}}" if emulated else "{api}.execute-api.us-east-1.amazonaws.com"
    assert (cloud.lab.sockets, cloud.lab.callbacks) == (f"wss://{place}", f"https://{place}")


def test_pace() -> None:
    """Calls come no faster than they may, and one that comes late enough does not wait."""
    clock = VirtualClock()
    pace = RateLimiter(clock, 5)
    for _ in range(11):
        pace()
    assert clock.now() == pytest.approx(2)
    clock.sleep(8)
    pace()
    assert clock.now() == pytest.approx(10)
