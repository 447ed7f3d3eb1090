"""The whole lab in an emulator on this machine, for the local mode."""

from collections.abc import Callable
from dataclasses import replace

import boto3

from wschat.lab import engine, inventory
from wschat.lab.aws.functions import Function
from wschat.lab.aws.session import connect
from wschat.lab.aws.websocket_api import Api
from wschat.lab.blueprint import FUNCTIONS
from wschat.lab.bundle import bundle
from wschat.lab.chosen.choices import Choices
from wschat.lab.chosen.throttle import OFF
from wschat.lab.executor import execute
from wschat.lab.model.actual import Actual
from wschat.lab.plan import Phase, steps_to
from wschat.target import Target

NOTHING = Actual()
FIRST = ("Connect", "RegisterUser", "CreateRoom", "SendMessage")
"""The functions on the way to a first message."""


def provision(
    endpoint_url: str,
    key: tuple[str, str],
    on_step: Callable[[str], None],
    on_first: Callable[[str], None] = lambda _: None,
) -> str:
    """Provision the whole lab into an emulator in which nothing is; return its URL.

    `key` is the id and the secret of the account's root there, and `on_first` takes the name of each function
    that is called soon, once it is made; nothing of the environment is used. There is
    no throttle: it costs nothing, and no stranger comes. Two thirds of a provision's calls are left out,
    which look for what may be there already and, as AWS's reads lag behind, at what was made.
    """
    for spec in FUNCTIONS:  # while the emulator is still loading
        bundle(spec.module)
    cloud = connect(Target(endpoint_url=endpoint_url), boto3.Session(*key, region_name="us-east-1"))
    cloud = replace(cloud, lab=replace(cloud.lab, choices=Choices(throttle=OFF)))
    desired = engine.desired(cloud.lab, NOTHING)
    plan = steps_to(desired, NOTHING)
    done = 0
    for progress in execute(cloud, plan, NOTHING):
        made = progress.step.resource if progress.phase is Phase.DONE else None
        done += made is not None
        if isinstance(made, Function) and made.name in FIRST:
            on_first(made.name)
        on_step(f"{progress.step.resource.task.value} ({done}/{len(plan)})")
    return engine.url(cloud, inventory.read(cloud, [(Api.kind, "")]).actual(desired))
