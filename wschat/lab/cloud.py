"""boto3: the clients of one account and region, its errors as ours, and waiting."""

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, ParamSpec, TypeVar
from urllib.parse import urlsplit

import boto3
import botocore.exceptions as aws
from botocore.config import Config
from botocore.parsers import ResponseParserError

from wschat.errors import AccessError, AwsError, UsageError, WschatError
from wschat.lab.model import API, Lab

if TYPE_CHECKING:
    from mypy_boto3_apigatewayv2 import ApiGatewayV2Client
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_sts import STSClient

Passing = Callable[[aws.ClientError], bool]
P = ParamSpec("P")
T = TypeVar("T")
MISSING = {"ResourceNotFoundException", "NoSuchEntity", "NoSuchEntityException", "NotFoundException"}
PATIENCE = 300  # seconds: AWS Support says up to 15 minutes for a new role, nearly all take 15 seconds
DUAL_STACK = {"api.aws": "amazonaws.com", "api.amazonwebservices.com.cn": "amazonaws.com.cn"}
"""What the control plane's dual-stack host ends with, to what the API's own host ends with."""


@dataclass(frozen=True)
class Target:
    """What the command line says about where to work; None leaves it to boto3's own environment."""

    prefix: str = ""
    region: str | None = None
    profile: str | None = None
    endpoint_url: str | None = None


@dataclass(frozen=True)
class Cloud:
    """The clients for one lab. `sleep` and `clock` (seconds) are what waiting is made of.

    `api_once` never sends a call again by itself: for creates that have no name to collide on, which
    would make two things if an answer is lost.
    """

    lab: Lab
    dynamodb: "DynamoDBClient"
    iam: "IAMClient"
    functions: "LambdaClient"
    logs: "CloudWatchLogsClient"
    api: "ApiGatewayV2Client"
    api_once: "ApiGatewayV2Client"
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def wait(self, done: Callable[[], bool], what: str, seconds: float = PATIENCE, every: float = 1) -> None:
        """Ask until something is done.

        Raises:
            AwsError: it is not after `seconds`.
        """
        start = self.clock()
        while not done():
            if self.clock() - start > seconds:
                raise AwsError(f"{what}: not done after {seconds:.0f} s", hint="run the same command again")
            self.sleep(min(every, 0.05 if self.clock() - start < 1 else every))

    def persist(
        self,
        passing: Callable[[aws.ClientError], bool],
        call: Callable[P, T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Call until AWS has caught up with itself, for at most `PATIENCE` seconds.

        `passing` tells the errors that pass by themselves from all others, which are raised at once.
        """
        start = self.clock()
        while True:
            try:
                return call(*args, **kwargs)
            except aws.ClientError as error:
                if not passing(error) or self.clock() - start > PATIENCE:
                    raise
                self.sleep(2)


def connect(target: Target, session: boto3.Session | None = None) -> Cloud:
    """Find out who is asking, and make the clients.

    Raises:
        UsageError: the endpoint's URL is none.
        AccessError: unknown profile, no region, no or expired credentials.
        AwsError: AWS can't be reached.
    """
    patience = Config(
        retries={"mode": "standard", "total_max_attempts": 8}, connect_timeout=5, read_timeout=60
    )
    _check_endpoint(target.endpoint_url)
    with translated("login"):
        session = session or _session(target)

        url = target.endpoint_url
        hasty = Config(retries={"mode": "standard", "total_max_attempts": 2}, connect_timeout=5)
        account, partition = _who(session.client("sts", endpoint_url=url, config=hasty))
        api = session.client("apigatewayv2", endpoint_url=url, config=patience)
        lab = Lab(
            account=account,
            region=session.region_name,
            prefix=target.prefix,
            partition=partition,
            **_addresses(api.meta.endpoint_url, session.region_name),
        )
        once = Config(retries={"mode": "standard", "total_max_attempts": 1}, connect_timeout=5)
        return Cloud(
            lab,
            dynamodb=session.client("dynamodb", endpoint_url=url, config=patience),
            iam=session.client("iam", endpoint_url=url, config=patience),
            functions=session.client("lambda", endpoint_url=url, config=patience),
            logs=session.client("logs", endpoint_url=url, config=patience),
            api=api,
            api_once=session.client("apigatewayv2", endpoint_url=url, config=once),
        )


def _who(sts: "STSClient") -> tuple[str, str]:
    """Return the account that is asking, and its partition."""
    try:
        identity = sts.get_caller_identity()
        account, partition = identity["Account"], identity["Arn"].split(":")[1]
    except (LookupError, TypeError):  # botocore's own, of an answer in XML that is not AWS's
        raise ResponseParserError from None
    if not account.isdecimal():
        raise ResponseParserError
    return account, partition


def _addresses(control_plane: str, region: str) -> dict[str, str]:
    """Return where an API's clients connect and its functions post, by where its control plane is."""
    own = re.fullmatch(rf"https://apigateway(?:-fips)?\.{re.escape(region)}\.(.+)", control_plane)
    if own is None:
        base = f"{control_plane}/_aws/execute-api/{API}"
        return {"sockets": base.replace("http", "ws", 1), "callbacks": base, "endpoint": control_plane}
    suffix = DUAL_STACK.get(own[1], own[1])
    host = f"{API}.execute-api.{region}.{suffix}"
    return {"sockets": f"wss://{host}", "callbacks": f"https://{host}"}


def _check_endpoint(url: str | None) -> None:
    try:
        parts = urlsplit(url or "http://none")
        valid = url is None or (
            parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0 and "@" not in url
        )
    except ValueError:
        valid = False
    if not valid:
        hint = "it looks like http://127.0.0.1:4566, without a user or a password"
        shown = (url or "").rpartition("@")[2]
        raise UsageError(f"{shown!r} is no URL of an endpoint", where="--endpoint-url", hint=hint)


def _session(target: Target) -> boto3.Session:
    """Make a session; unlike all other SDKs, boto3 reads AWS_DEFAULT_REGION but not AWS_REGION."""
    session = boto3.Session(profile_name=target.profile, region_name=target.region)
    if session.region_name:
        return session
    if not os.environ.get("AWS_REGION"):
        raise aws.NoRegionError
    return boto3.Session(profile_name=target.profile, region_name=os.environ["AWS_REGION"])


EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
UNKNOWN = {"InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch", "AuthFailure"}
DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "ForbiddenException"}
LOGIN_HINT = "log in again (`aws sso login`, `aws login`, or new keys), then run the same command"


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Turn botocore's errors into ours; `where` is the step they happen in."""
    try:
        yield
    except (aws.BotoCoreError, aws.ClientError, ResponseParserError) as error:
        raise _translate(error, where) from error


def _translate(error: Exception, where: str) -> WschatError:
    match error:
        case aws.ProfileNotFound():
            return AccessError(str(error), where="--profile", hint="`aws configure list-profiles` names them")
        case aws.NoRegionError() | aws.InvalidRegionError():
            hint = "give --region, for example --region eu-central-1, or set AWS_REGION"
            return AccessError("no region, or no valid one", where="--region", hint=hint)
        case aws.NoCredentialsError() | aws.PartialCredentialsError() | aws.CredentialRetrievalError():
            hint = "run `aws configure`, set AWS_PROFILE, or give --profile"
            return AccessError("no usable AWS credentials", where=where, hint=hint)
        case aws.SSOError() | aws.TokenRetrievalError() | aws.NoAuthTokenError() | aws.LoginError():
            return AccessError("the AWS login has expired or is missing", where=where, hint=LOGIN_HINT)
        case (
            aws.ProxyConnectionError()
            | aws.EndpointConnectionError()
            | aws.ConnectionError()
            | aws.HTTPClientError()
        ):
            hint = "check the network, the region's name, the proxy and --endpoint-url"
            return AwsError("AWS can't be reached", where=where, hint=hint)
        case ResponseParserError():
            hint = "check --endpoint-url, AWS_ENDPOINT_URL and the proxy"
            return AwsError("what answers there is not AWS", where=where, hint=hint)
        case aws.ConfigParseError() | aws.ConfigNotFound():
            return AccessError(
                str(error), where=where, hint="mend the file, or name another in AWS_CONFIG_FILE"
            )
        case aws.ClientError():
            return _refused(error, where)
        case _:
            return AwsError(str(error), where=where)


def _refused(error: aws.ClientError, where: str) -> WschatError:
    code, message = error.response["Error"].get("Code", ""), error.response["Error"].get("Message", "")
    if code in EXPIRED:
        return AccessError("the AWS login has expired", where=where, hint=LOGIN_HINT)
    if code in UNKNOWN:
        return AccessError("AWS does not know these credentials", where=where, hint=LOGIN_HINT)
    if code in DENIED:
        hint = "ask for that permission, then run the same command: what is done stays done"
        return AccessError(message, where=where, hint=hint)
    hint = "run the same command again: it goes on from here; `wschat teardown` removes what there is"
    return AwsError(f"{message} ({code}, {error.operation_name})", where=where, hint=hint)


def code(error: aws.ClientError) -> str:
    """Return an AWS error's code."""
    return error.response["Error"].get("Code", "")


def find(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
    """Return what a call finds, or None when AWS says that there is no such thing."""
    try:
        return call(*args, **kwargs)
    except aws.ClientError as error:
        if code(error) in MISSING:
            return None
        raise
