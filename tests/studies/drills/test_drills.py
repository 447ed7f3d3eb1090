"""A drill on the lab of this machine, from the complaint to the chat that works again."""

from tests.studies.drills.trial import try_drill
from tests.support.labs import provision
from wschat.lab.aws.cloud import Cloud
from wschat.learn.drills import work


def test_a_sample(cloud: Cloud) -> None:
    """What a client sees is what people complain of; the check sees it; mended, all works."""
    url = provision(cloud)
    drill = work.named("bad-gateway")
    trial = try_drill(cloud, url, drill)
    assert trial.held(drill), trial
