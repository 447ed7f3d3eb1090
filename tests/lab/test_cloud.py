"""Who is asking, and what AWS answers: one clear error each."""

from pathlib import Path

import botocore.exceptions as aws
import pytest

from wschat.errors import AccessError, AwsError, WschatError
from wschat.lab.cloud import PATIENCE, Cloud, Target, _addresses, connect, translated
from wschat.lab.model import Lab


def refused(code: str, message: str = "no") -> aws.ClientError:
    return aws.ClientError({"Error": {"Code": code, "Message": message}}, "CreateRole")


@pytest.mark.parametrize(
    ("error", "kind", "says"),
    [
        (aws.NoCredentialsError(), AccessError, "no usable AWS credentials"),
        (aws.PartialCredentialsError(provider="env", cred_var="x"), AccessError, "no usable AWS credentials"),
        (aws.ProfileNotFound(profile="nobody"), AccessError, "nobody"),
        (aws.NoRegionError(), AccessError, "no region"),
        (aws.SSOTokenLoadError(error_msg="x"), AccessError, "login has expired"),
        (aws.UnauthorizedSSOTokenError(), AccessError, "login has expired"),
        (aws.TokenRetrievalError(provider="sso", error_msg="x"), AccessError, "login has expired"),
        (aws.LoginRefreshRequired(), AccessError, "login has expired"),
        (refused("ExpiredTokenException"), AccessError, "login has expired"),
        (refused("InvalidClientTokenId"), AccessError, "does not know"),
        (refused("AccessDenied", "not authorized to perform: iam:PassRole"), AccessError, "iam:PassRole"),
        (aws.EndpointConnectionError(endpoint_url="x"), AwsError, "can't be reached"),
        (aws.ConnectTimeoutError(endpoint_url="x"), AwsError, "can't be reached"),
        (aws.ReadTimeoutError(endpoint_url="x"), AwsError, "can't be reached"),
        (refused("LimitExceeded", "too many roles"), AwsError, "too many roles"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_translated(error: Exception, kind: type[WschatError], says: str) -> None:
    """Each of botocore's errors becomes one of ours, which names the step and says what to do."""
    with pytest.raises(kind) as told, translated("create role ConnectRole"):
        raise error
    assert says in told.value.what
    assert told.value.where
    assert told.value.hint


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
    found = _addresses(f"https://{control_plane}", region)
    assert found == {"sockets": f"wss://{host}", "callbacks": f"https://{host}"}


def test_addresses_elsewhere() -> None:
    """Any other endpoint is an emulator's, with all under one roof."""
    found = _addresses("http://127.0.0.1:4566", "us-east-1")
    assert Lab(account="1", region="us-east-1", **found).url("abc", "development") == (
        "ws://127.0.0.1:4566/_aws/execute-api/abc/development"
    )
    assert found["callbacks"] == "http://127.0.0.1:4566/_aws/execute-api/{api}"


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def clock(self) -> float:
        return self.now


def patient(clients: Cloud) -> tuple[Cloud, Time]:
    time = Time()
    return Cloud(**{**vars(clients), "sleep": time.sleep, "clock": time.clock}), time


def test_persist(clients: Cloud) -> None:
    """What passes by itself is tried again until it has passed."""
    cloud, time = patient(clients)

    def call() -> str:
        if time.now < 60:
            raise refused("Pending")
        return "done"

    assert cloud.persist(lambda error: "Pending" in str(error), call) == "done"


def test_persist_gives_up(clients: Cloud) -> None:
    """What does not pass is raised in the end; what never passes, at once."""
    cloud, time = patient(clients)

    def call() -> None:
        raise refused("Pending")

    with pytest.raises(aws.ClientError):
        cloud.persist(lambda _error: True, call)
    assert PATIENCE <= time.now < PATIENCE + 10
    before = time.now
    with pytest.raises(aws.ClientError):
        cloud.persist(lambda _error: False, call)
    assert time.now == before


def test_wait(clients: Cloud) -> None:
    """Waiting asks often at first, and ends with an error that names what was waited for."""
    cloud, time = patient(clients)
    cloud.wait(lambda: time.now > 30, "the table")
    with pytest.raises(AwsError, match="the table"):
        cloud.wait(lambda: False, "the table")
