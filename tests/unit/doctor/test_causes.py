"""The table of causes: each has a name of its own, and each symptom has a cause."""

import re

from wschat.cli.app import COMMANDS
from wschat.doctor.causes import BY_NAME, CAUSES
from wschat.protocol.symptoms import Symptom


def test_each_symptom_has_a_cause() -> None:
    """Whatever is seen, something can be said of it."""
    explained = {symptom for cause in CAUSES for symptom in cause.explains}
    assert explained == {*Symptom}


def test_each_cause() -> None:
    """Names are unique, and fit for JSON; commands that are named exist; all is said in full."""
    assert len(BY_NAME) == len(CAUSES)
    for cause in CAUSES:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", cause.name)
        assert cause.explains
        assert cause.what
        assert cause.mend
        assert not cause.what.endswith(".")
        assert {*re.findall(r"`wschat (\w+)", cause.mend)} <= {*COMMANDS}
