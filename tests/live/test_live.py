"""The whole program in a real AWS account: `WSCHAT_LIVE_PROFILE=… python -m pytest tests/live -n0`."""

import json
import os

import pytest

from tests.live.account import ENDPOINT, PROFILE, LiveLab
from tests.live.conftest import Show
from tests.live.probe_api import Probe
from tests.live.probes import observe

if not PROFILE:
    pytest.skip("no real AWS account: WSCHAT_LIVE_PROFILE is not set", allow_module_level=True)
if "PYTEST_XDIST_WORKER" in os.environ:
    pytest.skip("Ctrl-C would kill workers before they tear down: add -n0", allow_module_level=True)


def say(lab: LiveLab, *options: str, text: str = "hi", room: str = "lobby") -> bool:
    """Tell whether somebody can register, make or join a room, and say something in it, by a pipe."""
    done = lab.wschat("chat", "--url", lab.url, "--name", "bot", "--room", room, *options, stdin=f"{text}\n")
    return done.returncode == 0 and f"<bot> {text}" in done.stdout


def status(lab: LiveLab) -> tuple[int, str]:
    """Return the exit code of `status`, and what it says."""
    done = lab.aws("status")
    return done.returncode, done.stdout


def test_as_it_should_be(lab: LiveLab) -> None:
    """What was made is what should exist, and a second provision has nothing to do."""
    assert status(lab)[0] == 0
    done = lab.aws("provision", "--yes")
    assert (done.returncode, done.stdout.strip()) == (0, lab.url), done.stderr
    assert "Nothing to do" in done.stderr


def test_by_a_pipe(lab: LiveLab, show: Show) -> None:
    """What is piped in is said in a room, as soon as the functions may do it."""
    seconds = lab.until(lambda: say(lab), "the functions' policies to take effect")
    show(f"\nA room works {seconds:.0f} s after provision has ended.")


def test_logs(lab: LiveLab) -> None:
    """What a function logs arrives in its log group."""
    cloud = lab.cloud()
    function = cloud.lab.name("SendMessage")
    if ENDPOINT:  # MiniStack keeps no log of what a WebSocket calls
        event = {"requestContext": {"connectionId": "none", "eventType": "MESSAGE"}, "body": "{}"}
        cloud.functions.invoke(FunctionName=function, Payload=json.dumps(event))
    group = f"/aws/lambda/{function}"
    lab.until(lambda: bool(cloud.logs.filter_log_events(logGroupName=group)["events"]), "a line in the log")


def test_drift(lab: LiveLab) -> None:
    """An attribute that was changed by hand is seen by its name, and healed."""
    cloud = lab.cloud()
    group = f"/aws/lambda/{cloud.lab.name('Connect')}"
    cloud.logs.put_retention_policy(logGroupName=group, retentionInDays=1)
    lab.until(lambda: status(lab)[0] == 3, "the change to be seen")
    assert "retention_days: is 1, should be 14" in status(lab)[1]
    done = lab.aws("provision", "--yes")
    assert (done.returncode, "Done: 1 step " in done.stderr) == (0, True), done.stderr
    assert status(lab)[0] == 0


def test_what_the_documents_leave_open(lab: LiveLab, show: Show) -> None:
    """Each probe sees something, which is shown; nothing of it is wrong."""
    show(f"\nSeen at {ENDPOINT or 'AWS'}:")
    with Probe(lab.cloud(), lab.url, is_aws=not ENDPOINT) as probe:
        for line in observe(probe):
            show(line)


def test_signed(lab: LiveLab) -> None:
    """With `--auth iam`, who signs gets in and who doesn't does not; status says that all is well."""
    done = lab.aws("provision", "--yes", "--auth", "iam")
    assert (done.returncode, done.stdout.strip()) == (0, lab.url), done.stderr
    lab.until(lambda: say(lab, "--sign", "--profile", PROFILE), "who signs to be let in")
    refused = ("chat", "--url", lab.url, "--no-sign", "--name", "bot")
    lab.until(lambda: lab.wschat(*refused, stdin="hi\n").returncode == 5, "who does not sign to be kept out")
    assert "--sign" in lab.wschat(*refused, stdin="hi\n").stderr
    assert status(lab)[0] == 0
