"""A lab that is in a drill: what all commands say of it, and what only who asks for it may see."""

from dataclasses import replace

import pytest

from wschat.cli import console
from wschat.cli.drills import announce, cleared, end, show_secret
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.websocket_api import Api
from wschat.lab.blueprint import blueprint
from wschat.lab.model.actual import Actual
from wschat.lab.model.lab import Lab
from wschat.learn.drills import work
from wschat.target import Target

(API,) = (each for each in blueprint(Lab(account="0" * 12, region="us-east-1")) if isinstance(each, Api))
DRILL = work.named("closed-door")


def lab_with(**tags: str) -> Actual:
    """Return a lab of nothing but its API, which has these tags."""
    return Actual({API.key: replace(API, labels=tuple((f"wschat:{key}", tags[key]) for key in tags))})


def test_what_stays_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    """The complaint is said, and how to go on, but not what is wrong; a plan is announced, which tells it."""
    actual = lab_with(drill=f"{DRILL.number} 3")
    running = work.running(actual)
    assert running
    show_secret(running, Target(prefix="a-").commands)
    announce(actual)
    told = capsys.readouterr()
    said = " ".join(told.out.split())
    assert DRILL.complaint in said
    assert "`wschat learn check --prefix a-` tells" in said
    assert [hidden for hidden in (DRILL.cause, *DRILL.hints) if hidden in said] == []
    assert f"in a drill, {DRILL.name}: what follows gives it away" in told.err


def test_a_lab_in_no_drill(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is said of it, and nothing asked or changed, also where one was found before."""
    actual = lab_with(drills=str(DRILL.number))
    announce(actual)
    assert cleared(cloud, actual) is actual
    end(cloud, actual, console.stdout())
    assert capsys.readouterr() == ("", "")
