"""The whole lab in an emulator on this machine, for the local mode."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import boto3

from wschat.lab import engine, inventory
from wschat.lab.aws.session import connect
from wschat.lab.chosen.choices import Choices
from wschat.lab.chosen.throttle import OFF
from wschat.lab.plan import Phase, Progress, Verb
from wschat.target import Target


def provision(endpoint_url: str, key: tuple[str, str], on_step: Callable[[str], None]) -> str:
    """Provision the whole lab into an emulator; return its URL.

    `key` is the id and the secret of the account's root there; nothing of the environment is used. There is
    no throttle: it costs nothing, and no stranger comes.
    """
    session = boto3.Session(*key, region_name="us-east-1")
    cloud = connect(Target(endpoint_url=endpoint_url), session)
    cloud = replace(cloud, lab=replace(cloud.lab, choices=Choices(throttle=OFF)))
    actual = inventory.look(cloud)
    plan = engine.plan_up(cloud, actual)
    steps: Iterator[Progress] = engine.provision(cloud, plan, actual)
    done = 0
    for progress in steps:
        done += progress.phase is Phase.DONE and progress.step.verb is not Verb.CHECK
        on_step(f"{progress.step.resource.task.value} ({done}/{len(plan)})")
    return engine.url(cloud, engine.settle(cloud)[0])
