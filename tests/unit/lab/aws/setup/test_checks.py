"""What can be no endpoint, proxy or file of certificates is named, with where it stands; no password is."""

import os
from collections.abc import Callable

import pytest

from wschat.errors import UsageError
from wschat.lab.aws.setup.checks import check_certificates, check_endpoint, check_proxy
from wschat.system.proxy import Proxy


def proxy(url: str) -> Callable[[], None]:
    return lambda: check_proxy(Proxy(url, url.rpartition("@")[2], "HERE"))


def endpoint(url: str) -> Callable[[], None]:
    return lambda: check_endpoint(url, "HERE")


@pytest.mark.parametrize(
    ("check", "says"),
    [
        (endpoint("ftp://x"), "'ftp://x' is no URL of an endpoint"),
        (endpoint("http://ann:secret@x"), "'x' is no URL of an endpoint"),
        (endpoint("http://[::1"), "is no URL of an endpoint"),
        (proxy("http://ann:secret@x y"), "'x y' is no URL of a proxy"),
        (proxy("http://x:99999"), "is no URL of a proxy"),
        (lambda: check_certificates("/nowhere", "HERE"), "/nowhere is no file of certificates"),
        (lambda: check_certificates(__file__, "HERE"), "no certificate stands in it"),
    ],
)
def test_what_can_not_be_used(check: Callable[[], None], says: str) -> None:
    with pytest.raises(UsageError) as caught:
        check()
    assert (says in caught.value.what, caught.value.where) == (True, "HERE")
    assert "secret" not in caught.value.what


def test_certificates_that_would_be_waited_for() -> None:
    with pytest.raises(UsageError, match="this is a device, and should be a file") as caught:
        check_certificates(os.devnull, "HERE")
    assert (caught.value.where, "HERE" in caught.value.hint) == (os.devnull, True)


def test_what_can_be_used() -> None:
    for url in ("http://127.0.0.1:4566", "https://[::1]:8000", "https://vpce-1.dynamodb.example/"):
        check_endpoint(url, "HERE")
    proxy("ann:s%2Fcret@proxy.example:3128")()
