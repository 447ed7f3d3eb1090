"""What a recording must not tell is replaced, whatever it stands in; all else stays as it was."""

import json
import re
from urllib.parse import quote

import pytest

from wschat.recording.redaction import Redaction

SECRETS = {
    "account": ("123456789012", r"000\d{9}"),
    "key id": ("AKIAIOSFODNN7EXAMPLE", r"AKIA[0-9A-F]{16}"),
    "key id of a session": ("ASIAIOSFODNN7EXAMPLE", r"ASIA[0-9A-F]{16}"),
    "secret key": ("wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY1Z", "hidden-[0-9a-f]{12}"),
    "security token": ("IQoJb3JpZ2luX2VjE" + "Abc1+/" * 20, "hidden-[0-9a-f]{12}"),
    "JSON Web Token": ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln-x_y", "hidden-[0-9a-f]{12}"),
    "private key": (
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
        "hidden-[0-9a-f]{12}",
    ),
    "address": ("81.2.69.142", r"198\.1[89]\.\d+\.\d+"),
    "address of IPv6": ("2001:db8:85a3::8a2e:370:7334", r"198\.1[89]\.\d+\.\d+"),
    "mail": ("alice@example.org", r"person-[0-9a-f]{8}@example\.com"),
}
"""What is known by its form: an example, and the form of its stand-in."""
PLACES = ("{}", "of {}, the", '"{}"', "<b>{}</b>", "({})", "a={}", "'{}', 443")
QUERY = "X-Amz-Security-Token=IQoJabc&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F2026&X-Amz-Signature=5d672d79"
NAMED = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/2026/us-east-1, Signature=5d672d79c15b1316",
    "Proxy-Authorization": "Basic dXNlcjpwYXNz",
    "Cookie": "id=s3cr3t; other=s3cr3t",
    "x-api-key": "s3cr3t s3cr3t",
    "X-Amz-Security-Token": 's3c"r3t',
    "SecretAccessKey": "s3cr3t",
    "sessionToken": "s3cr3t",
    "token": "s3cr3t",
    "NextToken": "s3cr3t",
    "Marker": "s3cr3t",
    "password": "s3cr3t",
    "Location": f"https://prod-tasks.s3.amazonaws.com/snapshots/zip?{QUERY}",
    "Variables": {"DATABASE": "s3cr3t"},
    "Credentials": {"Anything": ["s3cr3t"]},
}
"""What is known by its name."""
LEAKS = re.compile(r"s3c|dXNl|5d672d79|AKIDEX|IQoJ|prod-tasks")


@pytest.fixture
def own() -> Redaction:
    return Redaction(b"key")


@pytest.mark.parametrize("name", SECRETS)
def test_known_by_its_form(own: Redaction, name: str) -> None:
    """It is replaced wherever it stands, always by the same, in its form; with another key by another."""
    secret, form = SECRETS[name]
    stand_in = own.redact(secret)
    assert re.fullmatch(form, stand_in)
    assert stand_in != Redaction(b"other").redact(secret)
    for place in PLACES:
        assert own.redact(place.format(secret)) == place.format(stand_in)
    assert own.redact([{secret: secret}]) == [{stand_in: stand_in}]
    assert own.redact(f"{secret}\n".encode()) == f"{stand_in}\n"


@pytest.mark.parametrize("name", NAMED)
def test_known_by_its_name(own: Redaction, name: str) -> None:
    """It is replaced under its name in any case: in JSON, in JSON in JSON, in headers, queries, XML."""
    value = NAMED[name]
    deep = {"headers": {name: value}, "multiValueHeaders": {name.lower(): [value]}}
    for told in (deep, json.dumps(deep), json.dumps({"body": json.dumps(deep)})):
        if isinstance(told, dict) or not isinstance(value, dict):
            assert not LEAKS.search(json.dumps(own.redact(told))), told
    if isinstance(value, str):
        for told in (f"INFO {json.dumps({name: value})}", f"got { ({name: value}) }"):
            assert not LEAKS.search(own.redact(told)), told
        for told in (f"{name}: {value}\r\n", f"<{name}>{value}</{name}>", f"wss://h/s?{name}={quote(value)}"):
            if '"' not in value and (" " not in value or name.endswith(("uthorization", "Cookie"))):
                assert not LEAKS.search(own.redact(told)), told


@pytest.mark.parametrize(
    "told",
    [
        "password='s3cr3t'",
        'export AWS_SECRET_ACCESS_KEY="s3cr3t"',
        "Credentials(access_key='s3cr3t', token = b's3cr3t')",
        'DB_PASS=s3cr3t&pwd=s3cr3t, "tokens": "s3cr3t", jwt=s3cr3t',
        '{"SecretString":"s3cr3t"}',
        '{"Tags": [{"Value": "s3cr3t", "Key": "api-key"}]}',
        "<member><Key>the-api-key</Key><Value>s3cr3t</Value></member>",
        'a message that is cut: {"token":"s3c',
        "http://bob:x@s3cr3t@proxy:3128/",
    ],
)
def test_however_it_is_written(own: Redaction, told: str) -> None:
    """A secret is known by its name, in quotes of any sort, in the texts of programs, or cut off."""
    assert not LEAKS.search(own.redact(told))


def test_urls(own: Redaction) -> None:
    """Of a URL its path stays, and the names of what is asked; users, values and hosts do not."""
    told = own.redact(f"wss://bob:s3cr3t@chat.example.org:8443/development?{QUERY}&x=s3cr3t")
    assert not LEAKS.search(told)
    assert "example.org" not in own.redact("Host: chat.example.org:8443")
    assert "81.2.69.142" not in own.redact("81.2.69.142:8443")
    assert not {"bob", "chat"} & set(re.split(r"\W", told))
    assert re.search(r"@[\w.-]+:8443/development\?X-Amz-Security-Token=[^&]+&.*&x=hidden-\w+$", told)
    told = own.redact("ws://bob:s3cr3t@127.0.0.1:9/x")
    assert re.fullmatch(r"ws://hidden-\w+@127\.0\.0\.1:9/x", told)
    told = own.redact({"url": "wss://Chat.Corp.Example/x", "offered": {"Host": "chat.corp.example:443"}})
    assert (
        told["url"]
        == f"wss://{told['offered']['Host'].removesuffix(':443')}/x"
        != "wss://chat.corp.example/x"
    )
    for kept in (
        "http://127.0.0.1:4566/x",
        "https://dynamodb.eu-west-1.amazonaws.com",
        "https://iam.amazonaws.com/",
    ):
        assert own.redact(kept) == kept


def test_apis(own: Redaction) -> None:
    """An API's id is known by where it stands, and replaced everywhere from then on, escaped too."""
    own.redact({"ApiId": "abc123defg"})
    for place in (
        "wss://{}.execute-api.eu-west-1.amazonaws.com/development",
        "arn:aws:execute-api:eu-west-1:123456789012:{}/*/join",
        "http://127.0.0.1:4566/_aws/execute-api/{}/development",
        "/aws/apigateway/{}/development",
        "https://apigateway.eu-west-1.amazonaws.com/v2/apis/{}/routes",
        "Invalid API identifier specified 123456789012:{}",
    ):
        stand_in = own.redact(["abc123defg", place.format("abc123defg")])[0]
        assert re.fullmatch("api[0-9a-f]{7}", stand_in)
        other = Redaction(b"key").redact([place.format("hij456klmn"), quote(place.format("hij456klmn"))])
        assert "hij456klmn" not in str(other), place


def test_people(own: Redaction) -> None:
    """Who asked is not told: names of users, of sessions, of home directories."""
    told = own.redact(
        {
            "Arn": "arn:aws:sts::123456789012:assumed-role/Admin/alice.smith",
            "UserId": "AROAIOSFODNN7EXAMPLE:alice.smith",
            "federated": "arn:aws:sts::123456789012:federated-user/alice",
            "xml": "<UserId>123456789012:alice</UserId>",
            "text": "User: arn:aws:iam::********9012:user/team/alice.smith at /home/alice.smith/.aws/config",
        }
    )
    assert "alice" not in str(told)
    assert "9012" not in told["text"]
    assert "assumed-role/Admin/person-" in told["Arn"]


def test_hidden(own: Redaction) -> None:
    """A secret that is told to be one is replaced wherever it stands; what is too short to be one is not."""
    own.hide("some secret of no known form", "test", None, "")
    assert own.redact("a test: some secret of no known form!").startswith("a test: hidden-")


def test_an_echo_of_what_was_signed(own: Redaction) -> None:
    """Of AWS's answer to a wrong signature only the sentence stays."""
    told = own.redact(
        "It does not match.\n\nThe Canonical String for this request should have been\n'GET\n/x s3cr3t'"
    )
    assert told == "It does not match.\n\n…"


@pytest.mark.parametrize(
    "value",
    [
        {"AuthorizationType": "NONE", "ApiKeyRequired": False},
        {"ApiKeySelectionExpression": "$request.header.x-api-key"},
        {"CodeSha256": "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="},
        {"connectionId": "gbiTa0-RwQAYKEjMjA=="},
        {"timestamp": 1790294489887, "seconds": 0.123456789012, "size": 131072, "none": None},
        '{"message": "Forbidden", "connectionId":"gbiTa0-RwQAYKEjMjA==", "requestId":"EPyHCFwBIAMEHTQ="}',
        {"LastModified": "2026-09-25T00:01:06.245+0000"},
        {"logGroupName": "/aws/lambda/wschat-live-0a1b2c3d-SendMessage"},
        {"text": "12:30:45 one::two, see 1:2", "uuid": "f3f3e4a0-8e67-4f6c-a5b0-0d5f3a1b2c3d"},
    ],
)  # fmt: skip
def test_what_stays(own: Redaction, value: object) -> None:
    """What is no secret is as it was, in its form and spacing."""
    assert own.redact(value) == value


def test_what_is_no_json(own: Redaction) -> None:
    """Bytes that are no text are told by their number, and all else by its name."""
    assert own.redact({"ZipFile": b"PK\xff\xfe", "at": {1}}) == {"ZipFile": {"bytes": 4}, "at": "{1}"}


def test_long_texts(own: Redaction) -> None:
    """A text takes as long as it is, not as long as its square: here that would be minutes."""
    for part in ("x", "eyJ", "*", "a:", "a@-", "Ab1"):
        text = part * (2**17 // len(part))
        assert own.redact(text) == text


def test_what_people_say(own: Redaction) -> None:
    """A host, or an API, that somebody names is replaced there, and no word of that name elsewhere."""
    for said in ("text", "message", "reason"):
        told = own.redact(
            {said: "look: http://answer/x, https://seconds.execute-api.eu-west-1.amazonaws.com"}
        )
        assert not re.search("answer|seconds", told[said])
    assert own.redact({"answer": "seconds"}) == {"answer": "seconds"}
