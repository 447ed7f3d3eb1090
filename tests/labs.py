"""Labs in the emulator, for tests."""

from wschat.lab import engine
from wschat.lab.cloud import Cloud


def provision(cloud: Cloud) -> str:
    """Provision a lab, whatever there is of it; return its URL."""
    actual = engine.look(cloud)
    for _ in engine.provision(cloud, engine.plan_up(cloud, actual), actual):
        pass
    url = engine.url(cloud, engine.look(cloud))
    assert url
    return url
