"""What the commands that work in an AWS account share: they ask, and show a run that takes long."""

from threading import Thread
from typing import Any, cast

import pytest

from tests.support.http_server import Quiet, serving
from tests.support.terminal import terminal, wschat
from wschat.cli.aws import Steps, _line
from wschat.errors import AccessError
from wschat.lab.aws.log_groups import LogGroup
from wschat.lab.plan import Phase, Progress, Step, Verb
from wschat.target import Target

WHY = "AWS takes no more calls for now"


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


def test_one_thread_shows_at_a_time() -> None:
    """While a call is told, nobody changes what is shown in place, which would stay on the screen."""
    shown, waited = Steps({}), list[bool]()

    class Screen:
        width = 80

        def print(self, _line: object) -> None:
            other = Thread(target=shown.update, args=(WHY, 1.0))
            other.start()
            other.join(0.02)
            waited.append(other.is_alive())

        def update(self, _status: object) -> None:
            pass

    shown.console = shown._status = cast("Any", Screen())
    shown.tell("logs CreateLogGroup log")
    assert waited == [True]


def test_long_waits(capsys: pytest.CaptureFixture[str]) -> None:
    """Where nothing can be shown in place, a long wait is told now and then: in a step, and between them."""
    shown, step = Steps({}), Step(Verb.CREATE, LogGroup(name="log", retention_days=1))
    for seconds in range(0, 60, 5):
        shown.update(WHY, seconds)
        shown._take(Progress(step, Phase.WAITING, seconds, WHY))
    assert capsys.readouterr().err.splitlines() == [
        f"  {what}: {WHY} ({seconds} s)"
        for seconds in (10, 20, 40)
        for what in ("Looking at what there is now", "create log group log")
    ]


def test_a_narrow_terminal() -> None:
    """Where a line is too long, what is cut is not for how long it waits already."""
    what, why = "create function anna-RegisterUser", "the new role is not known yet"
    assert _line(what, why, 9.4, 80).plain == f"{what}: {why} (9 s)"
    assert _line(what, why, 9.4, 40).plain == "create function anna-RegisterUser… (9 s)"


def test_the_same_hint(capsys: pytest.CaptureFixture[str]) -> None:
    """What to do about it is said once, though every step that was given up is told with its error."""
    steps = [Step(Verb.DELETE, LogGroup(name=name, retention_days=1)) for name in ("a", "b")]
    error = AccessError("no", hint="ask for that permission, then run `wschat teardown`")
    shown = Steps({**Target("a-").commands, "teardown": "wschat teardown --all"})
    shown.show(Progress(step, Phase.GIVEN_UP, error=error) for step in steps)
    told = capsys.readouterr().err
    assert (told.count("Error: no"), told.count("permission, then run `wschat teardown --all`")) == (2, 1)
    assert shown.counts == {"done": 0, "failed": 2, "under way": 0}


def test_stopped(capsys: pytest.CaptureFixture[str]) -> None:
    """All steps are accounted for, also when there were more, as after a second look at what there is."""
    shown = Steps(Target("a-").commands)
    shown.counts = {"done": 2, "failed": 1, "under way": 3}
    shown.stopped(66, "teardown")
    assert capsys.readouterr().err.splitlines() == [
        "Stopped. Of 66 steps: 2 done, 1 failed, 3 under way, 60 not begun.",
        "  wschat teardown --prefix a-   goes on from here",
        "  wschat provision --prefix a-  makes it whole again",
    ]
    shown.counts = {"done": 68, "under way": 1}
    shown.stopped(66, "teardown")
    assert "Of 69 steps: 68 done, 1 under way, 0 not" in capsys.readouterr().err


def test_stopped_at_one(capsys: pytest.CaptureFixture[str]) -> None:
    """One step is one; what goes on and makes all whole is said once if it is the same command."""
    shown = Steps(
        {"do": "wschat learn do x", "provision": "wschat learn do x", "teardown": "wschat teardown"}
    )
    shown.stopped(1, "do")
    assert capsys.readouterr().err.splitlines() == [
        "Stopped. Of 1 step: 0 done, 0 under way, 1 not begun.",
        "  wschat learn do x  goes on from here",
        "  wschat teardown    removes what there is",
    ]
