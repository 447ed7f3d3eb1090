"""What the drills on the API change, and what is deployed then."""

import pytest

from wschat.lab.aws.stages import Stage
from wschat.lab.aws.websocket_api import Deployment
from wschat.lab.blueprint import blueprint
from wschat.lab.model.lab import Lab
from wschat.learn.drills.drill import Drill
from wschat.learn.drills.gateway import GATEWAY_DRILLS
from wschat.learn.drills.states import states

LAB = Lab("1" * 12, "us-east-1")
PARTS = blueprint(LAB)
NOT_DEPLOYED = {"fine-when-alone", "moved-away"}
"""Those on the stage alone."""


@pytest.mark.parametrize("drill", GATEWAY_DRILLS, ids=lambda drill: drill.name)
def test_what_is_deployed(drill: Drill) -> None:
    """What a deployment has in it is deployed when it is broken, and the one stage serves that."""
    broken = states(drill, LAB, PARTS)[-1]
    (stage,) = (each for each in broken if isinstance(each, Stage))
    (deployment,) = (each for each in broken if isinstance(each, Deployment))
    assert stage.deployment == deployment.name
    assert (deployment in PARTS) is (drill.name in NOT_DEPLOYED)
