"""Advice: what is said of a refusal fits what can cause it."""

import pytest

from wschat.chat.machine.advice import FUNCTIONS, GATEWAY, HINTS, NO_REPLY, OTHER_WIRES
from wschat.doctor.causes import CAUSES
from wschat.lab.blueprint import FUNCTIONS as SPECS
from wschat.protocol.refusals import ErrorCode
from wschat.protocol.symptoms import DOCTOR, Symptom


@pytest.mark.parametrize(
    ("told", "symptom", "causes"),
    [
        (
            HINTS[ErrorCode.UNKNOWN_ACTION],
            Symptom.UNKNOWN_ACTION,
            {"no-route": "no route", "old-deployment": "before"},
        ),
        (NO_REPLY.hint, Symptom.SILENT, {"no-route-response": "no route response", "too-slow": "hangs"}),
        *(
            (f"{advice.what} {advice.hint}", advice.symptom, causes)
            for text, causes in {
                "Forbidden": {
                    "no-route": "no route",
                    "old-deployment": "old deployment",
                    "api-key": "a key",
                },
                "Internal server error": {"no-permission": "could not call", "other-code": "function failed"},
                "Endpoint request timed out": {"too-slow": "at most 29 seconds"},
                "Too Many Requests": {"reserved-concurrency": "function's"},
                "Bad request body": {"model": "request model"},
            }.items()
            for advice in [GATEWAY[text]]
        ),
    ],
)
def test_causes(told: str, symptom: Symptom, causes: dict[str, str]) -> None:
    """Each cause that advice names is one of its symptom, and older clients are none of any."""
    known = {cause.name for cause in CAUSES if symptom in cause.explains}
    for cause, words in causes.items():
        assert cause in known
        assert words in told
    assert "client" not in told


def test_functions() -> None:
    """The function that a route calls stands in its advice; only `register` may be another wire's."""
    for action, name in FUNCTIONS.items():
        assert action in next(spec for spec in SPECS if spec.name == name).routes
        assert f"{name} hangs" in NO_REPLY.about(action).hint
        assert NO_REPLY.about(action).hint.endswith(DOCTOR)
        assert (OTHER_WIRES in NO_REPLY.about(action).hint) == (action == "register")
