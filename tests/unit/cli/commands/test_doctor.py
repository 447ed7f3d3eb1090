"""`wschat doctor`: by a URL alone, for people and programs; what it finds, and its exit code."""

import json

import pytest

from tests.support.late_lab import FAILED, late_lab
from tests.support.own_api import Own, make_talker
from tests.support.terminal import wschat
from wschat.cli.commands.doctor import connected
from wschat.lab.aws.cloud import Cloud
from wschat.protocol.symptoms import Symptom
from wschat.web.server import Server


def test_by_a_url_alone() -> None:
    """Without credentials it looks from outside, and says in a line that it could not look inside."""
    with late_lab() as lab:
        done = wschat("doctor", "--url", lab.url)
    assert (done.returncode, done.stdout.count("all went well")) == (0, 1), done
    assert "Note: could not look inside: " in done.stderr
    assert "Nothing is wrong with what was tried." in done.stderr


def test_what_it_finds() -> None:
    """At most three findings, each with what was seen and what mends it; exit code 3."""
    with late_lab(("join", FAILED), ("join-room", FAILED)) as lab:
        done = wschat("doctor", "--url", lab.url)
    assert done.returncode == 3
    assert "  join: Internal server error" in done.stdout
    assert "1. Internal server error, in the chat: " in done.stdout
    assert done.stdout.count("   mend: ") == 3


def test_a_lab_on_this_machine() -> None:
    """What mends it is to be done there, with the lab's own credentials."""
    with late_lab() as lab:
        lab.server.statuses = [403]
        done = wschat("doctor", "--url", lab.url)
    assert "mend: take the URL of `wschat status --local`" in done.stdout
    assert "`wschat status`" not in done.stdout


@pytest.mark.parametrize(
    "url",
    [
        "wxs://abc.execute-api.us-east-1.amazonaws.com/x",
        "wss://abc.execute-api.us-east-1.amazonaws.com/",
        "abc",
        "wss://[x",
        "http://[x",
    ],
)
def test_a_malformed_url(url: str) -> None:
    """It is the one thing that is said, and how a URL looks."""
    done = wschat("doctor", "--url", url)
    assert done.returncode == 3, done
    assert f"1. {Symptom.NO_URL}: " in done.stdout
    assert "almost certain" in done.stdout
    assert done.stdout.count("   mend: it looks like wss://") == done.stdout.count("   mend: ") == 1


def test_a_region_that_does_not_exist() -> None:
    """It is the one thing that is said, and no command is advised with it."""
    done = wschat("doctor", "--url", "wss://abc.execute-api.us-esat-1.amazonaws.com/development")
    assert done.returncode == 3, done
    assert f"1. {Symptom.NO_REGION}: " in done.stdout
    assert "did you mean us-east-1?" in done.stdout
    assert done.stdout.count("   mend: ") == 1
    assert "--region us-esat-1" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("others", "told"),
    [(1, "1 is connected"), (2, "2 are connected"), (None, "who is connected can't be seen")],
)
def test_who_is_connected(others: int | None, told: str) -> None:
    """In words that fit their number."""
    assert connected(others) == told


def test_json() -> None:
    """For programs the findings are a list, which is empty where nothing is wrong."""
    with late_lab() as lab:
        well = json.loads(wschat("doctor", "--json", "--url", lab.url).stdout)
        lab.server.statuses = [502]
        ill = json.loads(wschat("doctor", "--json", "--url", lab.url).stdout)
    assert well["findings"] == []
    assert {each["route"] for each in well["tried"]} >= {"register", "join", "message", "$disconnect"}
    assert ill["findings"][0]["symptom"] == "the handshake is refused with 502"
    assert {*ill["findings"][0]} == {"cause", "symptom", "what", "mend", "evidence", "sure"}


def test_nothing_to_look_at() -> None:
    """With neither a URL nor an account it says what to give, and why it could not look inside."""
    done = wschat("doctor")
    assert "could not look inside" in done.stderr
    assert done.returncode == 2
    assert "no URL" in done.stderr


@pytest.mark.usefixtures("account")
def test_an_api_that_is_not_the_labs(cloud: Cloud) -> None:
    """Its routes are not asked, since nobody knows what they do: what they lead to is looked at."""
    function = make_talker(cloud, f"{cloud.lab.prefix}talks")
    own = Own(cloud, function)
    own.forbid("say")
    done = wschat("doctor", "--url", own.url)
    told = " ".join((done.stdout + done.stderr).split())
    assert done.returncode == 3
    assert f"the URL is of the API {own.id}, which is not the lab's" in told
    assert "none was asked" in told
    assert "mend: `aws lambda add-permission`" in told
    assert f"1. {Symptom.FAILED}: API Gateway may not invoke the function" in told
    assert (
        f"no statement of {function} lets arn:aws:execute-api:us-east-1:000000000000:{own.id}/test/say"
        in told
    )


def test_a_page() -> None:
    """The URL of a page leads to that of the lab in it, which is tried, too; a page that is none is told."""
    with late_lab() as lab, Server(lab.url) as server, server.running():
        done = wschat("doctor", "--url", server.address)
        other = wschat("doctor", "--url", f"http://127.0.0.2:{server.port}/")
    assert done.returncode == 0, done
    assert "page, name 127.0.0.1" in done.stdout
    assert "handshake, register" in " ".join(done.stdout.split())
    assert other.returncode == 3
    assert f"1. {Symptom.NO_PAGE}: nothing is there" in " ".join(other.stdout.split())
