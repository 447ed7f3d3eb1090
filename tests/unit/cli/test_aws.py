"""What the commands that work in an AWS account share."""

import pytest

from tests.support.http_server import Quiet, serving
from tests.support.terminal import terminal, wschat


@pytest.mark.usefixtures("account")
def test_it_asks() -> None:
    """Provision shows account, region and plan, and asks; anything but yes, and nobody, changes nothing."""
    with terminal("provision", "--prefix", "ask-") as person:
        shown = person.until("[y/N]")
        assert "Account 000000000000, region us-east-1, prefix ask-" in shown
        assert "Task 3: the WebSocket API" in shown
        assert "Plan: 66 to create." in shown
        person.type("what?")
        person.until("Nothing was changed.")
        assert person.end() == 0
    done = wschat("provision", "--prefix", "ask-")
    assert (done.returncode, done.stdout, "--yes" in done.stderr) == (2, "", True)


@pytest.mark.parametrize(
    "said", ["<html>", "{}", "", "<R><GetCallerIdentityResult><Arn>x</Arn></GetCallerIdentityResult></R>"]
)
def test_what_is_not_aws(said: str) -> None:
    """An endpoint that answers something else is named as such."""

    class Other(Quiet):
        def do_POST(self) -> None:  # noqa: N802
            self.wfile.write(f"HTTP/1.0 200 OK\r\n\r\n{said}".encode())
            self.close_connection = True

    with serving(Other) as url:
        keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y", "AWS_DEFAULT_REGION": "us-east-1"}
        done = wschat("status", "--endpoint-url", url, **keys)
    assert (done.returncode, "is not AWS" in done.stderr) == (1, True)
