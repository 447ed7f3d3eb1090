"""Credentials, account and region: a session of boto3, and the clients for one lab."""

import math
import re
import threading
import time
from dataclasses import asdict
from functools import cache, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
import botocore.exceptions as aws
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.parsers import ResponseParserError

from wschat.lab.aws.cloud import AWS_PACING, EMULATOR_PACING, Cloud, Pacing
from wschat.lab.aws.errors import translated
from wschat.lab.aws.parser import read_tolerantly
from wschat.lab.aws.setup.checks import check_endpoint
from wschat.lab.aws.setup.credentials import Chain
from wschat.lab.aws.setup.models import read_fast
from wschat.lab.aws.setup.settings import Settings
from wschat.lab.clock import WORKERS, Clock, Stopped
from wschat.lab.model.lab import API, Lab
from wschat.lab.model.resource import SERVICES
from wschat.recording import recorder
from wschat.target import Target, is_here

if TYPE_CHECKING:
    from mypy_boto3_sts import STSClient


def connect(
    target: Target,
    session: boto3.Session | None = None,
    clock: Clock | None = None,
    pacing: Pacing | None = None,
) -> Cloud:
    """Find out who is asking, and make the clients, by default with the pacing that the endpoint needs.

    An endpoint on this machine is an emulator's. Any other is another way to AWS, such as a VPC's interface
    endpoint or a proxy: AWS's own pacing does no harm there, and its APIs have their usual addresses.

    Raises:
        UsageError: a setting, such as the endpoint's URL, can't be used.
        AccessError: unknown profile, no region, no or expired credentials.
        AwsError: AWS can't be reached.
    """
    if target.endpoint_url is not None:
        check_endpoint(target.endpoint_url, "--endpoint-url")
    clock = clock or Clock()
    with translated("login"):
        session = session or make_session(target.profile, target.region)
        read_tolerantly(session)
        read_fast(session)
        make, record = partial(session.client, endpoint_url=target.endpoint_url), recorder.active()
        sts = make("sts", config=_config(attempts=2))
        get_credentials(session)
        if record:
            watch(record, session, sts)
        clients: Any = {name: make(service, config=_config(attempts=1)) for name, service in SERVICES.items()}
        ((account, partition, caller),) = clock.run_all([partial(_who, sts)])
        control_plane = clients["api"].meta.endpoint_url
        emulated = is_here(urlsplit(control_plane).hostname or "")
        where: Any = _emulated(control_plane) if emulated else _in_aws(session, control_plane)
        region, prefix = session.region_name, target.prefix
        lab = Lab(account=account, region=region, prefix=prefix, partition=partition, **where)
    pacing = pacing or (EMULATOR_PACING if emulated else AWS_PACING)
    for name, client in clients.items():
        limit = pacing.api_calls_a_second if name == "api" else math.inf
        client.meta.events.register("before-call", RateLimiter(clock, limit))
    if record:
        watch(record, session, *clients.values())
        record.write("lab", time.time(), **asdict(lab))
    metrics = cache(partial(make, "cloudwatch", config=_config(attempts=1)))
    return Cloud(lab, **clients, make_metrics=metrics, caller=caller, clock=clock, pacing=pacing)


def watch(record: "recorder.Recording", session: boto3.Session, *clients: Any) -> None:  # noqa: ANN401
    """Record what clients of a session call, and never its credentials."""
    if credentials := session.get_credentials():
        record.redaction.hide(*credentials.get_frozen_credentials())
    for client in clients:
        record.watch(client)


def _config(attempts: int) -> Config:
    return Config(
        retries={"mode": "standard", "total_max_attempts": attempts},
        connect_timeout=5,
        read_timeout=60,
        max_pool_connections=WORKERS,
    )


class RateLimiter:
    """Lets a client make so many calls a second at most, by letting each wait for its turn.

    When the person has asked to stop, it lets none begin: not the next page of a list either.
    """

    def __init__(self, clock: Clock, calls_a_second: float) -> None:
        self._clock = clock
        self._every = 1 / calls_a_second
        self._next = clock.now()
        self._lock = threading.Lock()

    def __call__(self, **_: object) -> None:
        """Wait until it is this call's turn.

        Raises:
            Stopped: the person asked to stop.
        """
        with self._lock:
            now = self._clock.now()
            turn = max(self._next, now)
            self._next = turn + self._every
        if turn > now:
            self._clock.sleep(turn - now)
        if self._clock.stopped:
            raise Stopped


def _who(sts: "STSClient") -> tuple[str, str, str]:
    """Return the account that is asking, its partition, and the ARN of who asks."""
    try:
        identity = sts.get_caller_identity()
        account, caller = identity["Account"], identity["Arn"]
        if account.isdecimal():
            return account, caller.split(":")[1], caller
    except (LookupError, TypeError, AttributeError):  # it is XML, and not AWS's
        pass
    error = ResponseParserError()
    sts.meta.events.emit("after-call-error.sts.GetCallerIdentity", exception=error, context={})
    raise error


def _emulated(control_plane: str) -> dict[str, str]:
    """Return where an emulated API's clients connect and its functions post: at the same place."""
    base = f"{control_plane.rstrip('/')}/_aws/execute-api/{API}"
    return {"sockets": base.replace("http", "ws", 1), "callbacks": base, "endpoint": control_plane}


def _in_aws(session: boto3.Session, control_plane: str) -> dict[str, str]:
    """Return where an API's clients connect and its functions post, by whichever way AWS is reached."""
    region = session.region_name
    plain: Any = dict.fromkeys(("use_fips_endpoint", "use_dualstack_endpoint"), False)
    plain["ignore_configured_endpoint_urls"] = True
    _, own, suffix = session.client("apigatewayv2", config=Config(**plain)).meta.endpoint_url.partition(
        f".{region}."
    )
    if not own:
        raise aws.InvalidRegionError(region_name=region)
    host = f"{API}.execute-api.{region}.{suffix}"
    is_own = re.match(rf"https://apigateway(-fips)?\.{re.escape(region)}\.", control_plane)
    found = {"sockets": f"wss://{host}", "callbacks": f"https://{host}"}
    return found if is_own else found | {"endpoint": control_plane}


def make_session(profile: str | None, region: str | None) -> boto3.Session:
    """Make a session of a profile and a region, those that the settings name where they are not given.

    Raises:
        AccessError: unknown profile, no region, or the settings can't be read.
    """
    settings = Settings(profile, region)
    settings.register_component("credential_provider", Chain(settings))
    return boto3.Session(botocore_session=settings)


def get_credentials(session: boto3.Session) -> Credentials:
    """Return a session's credentials, after who must be asked for them has been.

    Raises:
        AccessError: there are none, or they have run out or can't be used.
        AwsError: AWS, which gives them, can't be reached.
    """
    credentials: Credentials = session.get_credentials()  # type: ignore[assignment]  # `Chain` always has some
    credentials.get_frozen_credentials()
    return credentials
