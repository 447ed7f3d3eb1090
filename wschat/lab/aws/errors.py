"""What an error of AWS means: what kind of failure it is, and what people read of it."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from wschat.errors import LOG_IN, AccessError, AwsError, UsageError, WschatError
from wschat.retry import Failure

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

NOT_FOUND = {"ResourceNotFoundException", "NoSuchEntity", "NoSuchEntityException", "NotFoundException"}
THROTTLED = {
    *("Throttling", "ThrottlingException", "ThrottledException", "SlowDown", "PriorRequestNotComplete"),
    *("RequestThrottled", "RequestThrottledException", "RequestLimitExceeded", "TooManyRequestsException"),
}
EXISTS = {
    *("ResourceInUseException", "EntityAlreadyExists", "ResourceAlreadyExistsException"),
    *("ResourceConflictException", "ConflictException"),
}
"""A create finds its name taken; or, of any other call, the thing is being made or changed."""
CONFLICT = {
    *("ConcurrentModification", "ConcurrentModificationException", "OperationAbortedException"),
    "DeleteConflict",
}
CONFLICT_IN_WORDS = re.compile(
    r"concurrent|currently in the following state|being (created|updated|deleted|changed)|in progress",
    re.IGNORECASE,
)
QUOTA = {
    *("LimitExceeded", "LimitExceededException"),
    *("CodeStorageExceededException", "ServiceQuotaExceededException"),
}
QUOTA_IN_WORDS = re.compile(r"max(imum)? number of|has been reached", re.IGNORECASE)
"""What a quota is reported with under the code of a throttle: API Gateway has one code for both."""
NEW_ROLE_IN_WORDS = re.compile(
    r"assumed by Lambda|does not have permissions|invalid for CreateGrant|valid principal"
)


def classify(error: Exception) -> Failure:
    """Tell what kind of failure an error is; `NO_ANSWER` if the call may have been carried out.

    The codes and texts are AWS's: the services' API references, "Common errors", and the waiting and
    retrying of AWS's own tools (chalice, CDK).
    """
    import botocore.exceptions as aws  # boto3 takes longer to load than all the rest of a command's --help
    from botocore.parsers import ResponseParserError

    if isinstance(error, aws.HTTPClientError | aws.ConnectionError | ResponseParserError):
        return Failure.NO_ANSWER  # the answer was lost, or what came in its place is a proxy's
    if not isinstance(error, aws.ClientError):
        return Failure.PERMANENT
    code, text = _code_and_text(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
    if code in CONFLICT or (code in EXISTS | QUOTA and CONFLICT_IN_WORDS.search(text)):
        return Failure.CONFLICT
    if code in QUOTA and "simultaneously" not in text:  # that is DynamoDB's, of tables
        return Failure.QUOTA
    if code in THROTTLED | QUOTA or status == 429:  # noqa: PLR2004  Too Many Requests
        return Failure.QUOTA if QUOTA_IN_WORDS.search(text) else Failure.THROTTLED
    if code in EXISTS:
        return Failure.EXISTS
    if code in NOT_FOUND:
        return Failure.NOT_FOUND
    if code == "InvalidParameterValueException" and NEW_ROLE_IN_WORDS.search(text):
        return Failure.NEW_ROLE
    if status >= 500:  # noqa: PLR2004  the server's fault
        return Failure.NO_ANSWER
    return Failure.PERMANENT


def _code_and_text(error: "ClientError") -> tuple[str, str]:
    """Return the code and the text of a refusal; API Gateway may send null for a text."""
    details = error.response["Error"]
    return details.get("Code") or "", details.get("Message") or ""


EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
UNKNOWN = {
    *("InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch"),
    *("InvalidSignatureException", "AuthFailure"),
}
UNOPENED = {"OptInRequired", "SubscriptionRequiredException"}
"""The answer to an account that AWS has not activated yet, or whose plan lacks the service."""
SKEWED = re.compile("Signature expired|Signature not yet current")
PERSISTENT = {
    Failure.THROTTLED: ("for minutes AWS took no more such calls: ", "when others here are done, "),
    Failure.NO_ANSWER: ("for a minute AWS had a fault of its own: ", "in a few minutes, "),
}
"""What people read of what retrying did not get over, and when to try again."""
DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "ForbiddenException"}
OWN_ROLE = "create a Service Linked Role"
"""API Gateway's words when an account makes its first API; they name neither role nor permission."""
OWN_ROLE_HINT = (
    "ask for iam:CreateServiceLinkedRole, as `wschat policy` has it; or an administrator makes API Gateway's"
    " own role, once: aws iam create-service-linked-role --aws-service-name ops.apigateway.amazonaws.com"
)
LOGGED_OUT = "the AWS login has expired or is missing"
LOG_IN_AGAIN = f"{LOG_IN}, then run the same command"


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Turn botocore's errors into ours; `where` is the step they happen in, of ours that do not say."""
    try:
        yield
    except WschatError as error:
        error.where = error.where or where
        raise
    except Exception as error:
        if translation := _translate(error, where):
            raise translation from error
        raise


def _misconfigured(error: Exception, where: str) -> WschatError | None:
    """Return what people read of an error that botocore lets through from what it is given to read."""
    match error:
        case json.JSONDecodeError():
            hint = "run it by hand; it stands in the AWS config file"
            return AccessError("a credential_process did not print JSON", where=where, hint=hint)
        case RuntimeError() if "still expired" in str(error):  # of a credential_process that prints old ones
            return AccessError(LOGGED_OUT, where=where, hint=LOG_IN_AGAIN)
        case ValueError() if str(error).startswith("Invalid endpoint"):  # the environment's, the file's, too
            hint = "check --endpoint-url and AWS_ENDPOINT_URL; it looks like http://127.0.0.1:4566"
            return UsageError("that is no URL of an endpoint", where=where, hint=hint)
        case _:
            return None


def _translate(error: Exception, where: str) -> WschatError | None:
    """Return what people read of an error that botocore raises, or lets through; None if it is another."""
    import botocore.exceptions as aws
    from botocore.parsers import ResponseParserError

    match error:
        case aws.ProfileNotFound():
            return AccessError(str(error), where="--profile", hint="`aws configure list-profiles` names them")
        case aws.NoRegionError() | aws.InvalidRegionError():
            hint = "give --region, for example --region eu-central-1, or set AWS_REGION"
            return AccessError("no region, or no valid one", where="--region", hint=hint)
        case aws.NoCredentialsError() | aws.PartialCredentialsError() | aws.CredentialRetrievalError():
            hint = (
                "run `aws configure`, set AWS_PROFILE, or give --profile; without an account there is"
                " `wschat chat --local`"
            )
            return AccessError("no usable AWS credentials", where=where, hint=hint)
        case aws.ConnectionError() | aws.HTTPClientError():
            hint = "check the network, the region's name, the proxy and --endpoint-url"
            return AwsError("AWS can't be reached", where=where, hint=hint)
        case ResponseParserError():
            hint = "check --endpoint-url, AWS_ENDPOINT_URL and the proxy"
            return AwsError("what answers there is not AWS", where=where, hint=hint)
        case aws.ConfigParseError() | aws.ConfigNotFound() | aws.MissingDependencyException():
            hint = "mend the file, or name another in AWS_CONFIG_FILE"
            if isinstance(error, aws.MissingDependencyException):
                hint = "what `aws login` left can be read only with it: install it beside wschat"
            return AccessError(str(error), where=where, hint=hint)
        case aws.SSOError() | aws.TokenRetrievalError() | aws.NoAuthTokenError() | aws.LoginError():
            return AccessError(LOGGED_OUT, where=where, hint=LOG_IN_AGAIN)
        case aws.ClientError():
            return _refused(error, where)
        case _:
            unusual = isinstance(error, aws.BotoCoreError)
            return AwsError(str(error), where=where) if unusual else _misconfigured(error, where)


def _refused(error: "ClientError", where: str) -> WschatError:
    code, message = _code_and_text(error)
    if code == "RequestTimeTooSkewed" or SKEWED.search(message):
        hint = "set the clock, best by a time server, then run the same command"
        return AccessError("this machine's clock is more than 5 minutes off", where=where, hint=hint)
    if code in EXPIRED:
        return AccessError("the AWS login has expired", where=where, hint=LOG_IN_AGAIN)
    if code in UNKNOWN:
        hint = f"{LOG_IN_AGAIN}; or the account has not enabled this region"
        return AccessError("AWS does not know these credentials", where=where, hint=hint)
    if code in UNOPENED:
        hint = "finish its sign-up: AWS takes up to 24 hours to activate a new account; or look at its plan"
        return AccessError("this service is not open yet to the account", where=where, hint=hint)
    if code in DENIED:
        hint = "ask for that permission, then run the same command: what is done stays done"
        hint = OWN_ROLE_HINT if OWN_ROLE in message else hint
        return AccessError(message or f"AWS does not allow {error.operation_name}", where=where, hint=hint)
    kind = classify(error)
    if kind is Failure.QUOTA:
        hint = "remove what nobody needs, or have Service Quotas raise it; then run the same command"
        return AwsError(f"{kind.value}: {message} ({code})", where=where, hint=hint)
    why, again = PERSISTENT.get(kind, ("", ""))
    hint = f"{again}run the same command again: it goes on from here; `wschat teardown` removes what there is"
    return AwsError(f"{why}{message} ({code}, {error.operation_name})", where=where, hint=hint)
