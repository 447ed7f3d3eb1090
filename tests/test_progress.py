"""What people see of a run that takes long."""

import pytest

from wschat.lab.model import LogGroup
from wschat.lab.steps import Moment, Progress, Step, Verb
from wschat.progress import Steps

WHY = "AWS takes no more calls for now"


def test_long_waits(capsys: pytest.CaptureFixture[str]) -> None:
    """Where nothing can be shown in place, a long wait is told now and then: in a step, and between them."""
    shown, step = Steps(), Step(Verb.CREATE, LogGroup(name="log", retention_days=1))
    for seconds in range(0, 60, 5):
        shown.wait(WHY, seconds)
        shown._take(Progress(step, Moment.WAITING, seconds, WHY))
    assert capsys.readouterr().err.splitlines() == [
        f"  {what}: {WHY} ({seconds} s)"
        for seconds in (10, 20, 40)
        for what in ("Looking at what there is now", "create log group log")
    ]
