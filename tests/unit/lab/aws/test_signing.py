"""How a connection is signed: for which region, in the query or in headers, with which credentials."""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from wschat.errors import AccessError, UsageError
from wschat.lab.aws.signing import LONGEST_URL, signer
from wschat.target import SignedHandshake, Target

HOST = "abc123.execute-api.eu-west-1.amazonaws.com"
URL = f"wss://{HOST}/development"


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "very-secret")


def signed(url: str = URL, region: str | None = None, longest_url: int = LONGEST_URL) -> SignedHandshake:
    return signer(url, Target(region=region), longest_url=longest_url)()


def query(of: SignedHandshake) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(of.url).query).items()}


@pytest.mark.parametrize(
    ("url", "goes"),
    [
        ("ws://chat.example.com/x", False),
        ("WS://10.0.0.1/x", False),
        ("ws://localhost:4566/x", True),
        ("ws://[::1]:4566/x", True),
        ("wss://chat.example.com/x", True),
    ],
)
def test_in_the_clear(url: str, goes: bool) -> None:  # noqa: FBT001
    """No signature goes over a network unencrypted; nothing is asked for one."""
    if goes:
        assert query(signed(url, "eu-west-1"))
    else:
        with pytest.raises(UsageError, match="readable on the way"):
            signer(url, Target(profile="nobody"))


def test_in_the_query() -> None:
    """The URL stays; the signature is for this service and region, lives a minute, and is of the host."""
    one = signed()
    assert one.url.startswith(f"{URL}?")
    assert one.headers == {}
    asked = query(one)
    assert asked["X-Amz-Credential"].startswith("AKIAEXAMPLE/")
    assert asked["X-Amz-Credential"].endswith("/eu-west-1/execute-api/aws4_request")
    assert (asked["X-Amz-Expires"], asked["X-Amz-SignedHeaders"]) == ("60", "host")
    assert "very-secret" not in one.url


@pytest.mark.parametrize(
    ("url", "given", "region"),
    [
        ("wss://a1.execute-api.us-gov-west-1.amazonaws.com/x", None, "us-gov-west-1"),
        ("wss://a1.execute-api.cn-north-1.amazonaws.com.cn/x", "us-east-1", "cn-north-1"),
        ("WSS://A1.Execute-API.EU-WEST-1.amazonaws.com/x", "us-east-1", "eu-west-1"),
        ("wss://chat.example.com/x", "us-east-1", "us-east-1"),
        ("ws://127.0.0.1:4566/_aws/execute-api/a1/x", "ap-south-1", "ap-south-1"),
        ("wss://chat.example.com/a1.execute-api.eu-west-1.amazonaws.com", "us-east-1", "us-east-1"),
    ],
)
def test_region(url: str, given: str | None, region: str) -> None:
    """An API's own host says its region; for any other host it must be given."""
    assert f"/{region}/" in query(signed(url, given))["X-Amz-Credential"]


@pytest.mark.parametrize("asked", ["b=2&a=x%20y&e=", "a=1+2&c=%2F:", "a=1&a=2", "flag&x=%E2%82%AC"])
def test_other_parameters_stay(asked: str) -> None:
    """What the URL asks for besides is kept, in the query form and in the other."""
    kept = parse_qsl(asked, keep_blank_values=True)
    for one in (signed(f"{URL}?{asked}"), signed(f"{URL}?{asked}", longest_url=10)):
        found = parse_qsl(urlsplit(one.url).query, keep_blank_values=True)
        assert [pair for pair in found if not pair[0].startswith("X-Amz-")] == kept
        assert bool(one.headers) != ("X-Amz-Signature" in one.url)


def test_long_tokens_go_into_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A session's token is signed too; where it makes the URL too long, headers carry all, unprinted."""
    monkeypatch.setenv("AWS_SESSION_TOKEN", "short/+=")
    short = signed()
    assert query(short)["X-Amz-Security-Token"] == "short/+="
    assert signed(longest_url=len(short.url)).headers == {}
    assert signed(longest_url=len(short.url) - 1).url == URL
    monkeypatch.setenv("AWS_SESSION_TOKEN", "a/" * 1200)
    long = signed()
    assert long.url == URL
    assert repr(short) == repr(long) == "SignedHandshake()"
    assert set(long.headers) == {"Authorization", "X-Amz-Date", "X-Amz-Security-Token"}
    assert long.headers["X-Amz-Security-Token"] == "a/" * 1200
    assert "SignedHeaders=host;x-amz-date;x-amz-security-token" in long.headers["Authorization"]


def test_nobody_to_sign_as(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without credentials it is said before anything is connected."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(AccessError, match="no usable AWS credentials") as told:
        signer(URL, Target())
    assert told.value.where == "credentials"


def test_credentials_are_taken_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each signature has the credentials of its time: those that ran out are fetched again."""
    keys, config = tmp_path / "keys", tmp_path / "config"
    fetch = f"{sys.executable} -c 'print(open(\"{keys}\").read())'"
    config.write_text(f"[profile class]\ncredential_process = {fetch}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)

    def hand_out(key: str, minutes: int = 5) -> None:  # botocore takes others when 10 are left
        kept = {"Version": 1, "AccessKeyId": key, "SecretAccessKey": "x", "SessionToken": f"of-{key}"}
        soon = datetime.now(UTC) + timedelta(minutes=minutes)
        keys.write_text(json.dumps({**kept, "Expiration": soon.isoformat()}))

    hand_out("FIRST")
    sign = signer(URL, Target(profile="class"))
    assert query(sign())["X-Amz-Security-Token"] == "of-FIRST"
    hand_out("SECOND")
    assert query(sign())["X-Amz-Security-Token"] == "of-SECOND"
    hand_out("THIRD", minutes=-5)
    with pytest.raises(AccessError, match="expired"):
        sign()
    keys.unlink()
    with pytest.raises(AccessError, match="failed with exit code 1"):
        sign()
