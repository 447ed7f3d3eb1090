"""What AWS's errors mean: one clear error each, or patience."""

import json

import botocore.exceptions as aws
import pytest
from botocore.parsers import ResponseParserError

from wschat.errors import AccessError, AwsError, WschatError
from wschat.lab.aws.errors import classify, translated
from wschat.retry import Failure


def refused(code: str, message: str | None = "no", status: int = 400) -> aws.ClientError:
    error = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return aws.ClientError(error, "CreateRole")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "kind", "says"),
    [
        (aws.NoCredentialsError(), AccessError, "no usable AWS credentials"),
        (aws.PartialCredentialsError(provider="env", cred_var="x"), AccessError, "no usable AWS credentials"),
        (aws.ProfileNotFound(profile="nobody"), AccessError, "nobody"),
        (aws.NoRegionError(), AccessError, "no region"),
        (json.JSONDecodeError("x", "garbage", 0), AccessError, "credential_process"),
        (aws.SSOTokenLoadError(error_msg="x"), AccessError, "login has expired"),
        (aws.UnauthorizedSSOTokenError(), AccessError, "login has expired"),
        (aws.TokenRetrievalError(provider="sso", error_msg="x"), AccessError, "login has expired"),
        (aws.MissingDependencyException(msg="botocore[crt]"), AccessError, "crt"),
        (aws.LoginRefreshRequired(), AccessError, "login has expired"),
        (refused("ExpiredTokenException"), AccessError, "login has expired"),
        (refused("InvalidClientTokenId"), AccessError, "does not know"),
        (refused("InvalidSignatureException"), AccessError, "does not know"),
        (refused("AccessDenied", "not authorized to perform: iam:PassRole"), AccessError, "iam:PassRole"),
        (aws.EndpointConnectionError(endpoint_url="x"), AwsError, "can't be reached"),
        (aws.ConnectTimeoutError(endpoint_url="x"), AwsError, "can't be reached"),
        (aws.ReadTimeoutError(endpoint_url="x"), AwsError, "can't be reached"),
        (refused("LimitExceeded", "too many roles"), AwsError, "quota is used up: too many roles"),
        (
            refused("TooManyRequestsException", "Maximum number of APIs has been reached", 429),
            AwsError,
            "quota is used up: Maximum",
        ),
        (ResponseParserError("x"), AwsError, "not AWS"),
        (refused("SignatureDoesNotMatch", "Signature expired: 20260101T"), AccessError, "clock"),
        (refused("InvalidSignatureException", "Signature not yet current"), AccessError, "clock"),
        (refused("RequestTimeTooSkewed"), AccessError, "clock"),
        (refused("ForbiddenException", None), AccessError, "CreateRole"),
        (refused("SubscriptionRequiredException", "needs a subscription"), AccessError, "not open yet"),
        (refused("OptInRequired", status=403), AccessError, "not open yet"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_translated(error: Exception, kind: type[WschatError], says: str) -> None:
    """Each of botocore's errors becomes one of ours, which names the step and says what to do."""
    with pytest.raises(kind) as told, translated("create role ConnectRole"):
        raise error
    assert says in told.value.what
    assert told.value.where
    assert told.value.hint


def test_first_api_of_an_account() -> None:
    """Where API Gateway may not make its own role, it is told which permission that takes."""
    said = "Caller does not have permissions to create a Service Linked Role."
    with pytest.raises(AccessError) as told, translated("create API"):
        raise refused("AccessDeniedException", said)
    assert "iam:CreateServiceLinkedRole" in told.value.hint


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (refused("TooManyRequestsException", status=429), Failure.THROTTLED),
        (
            refused(
                "ThrottlingException", "The rate of control plane requests made by this account is too high"
            ),
            Failure.THROTTLED,
        ),
        (refused("Throttling", "Rate exceeded"), Failure.THROTTLED),
        (
            refused("LimitExceededException", "Only 10 tables can be created or deleted simultaneously"),
            Failure.THROTTLED,
        ),
        (refused("ConflictException", None), Failure.EXISTS),
        (
            refused(
                "ConflictException",
                "Unable to complete operation due to concurrent modification. Please try again later",
                409,
            ),
            Failure.CONFLICT,
        ),
        (
            refused("ConflictException", "Route with key $connect already exists for this API", 409),
            Failure.EXISTS,
        ),
        (
            refused(
                "ResourceConflictException",
                "The function could not be updated due to a concurrent update operation",
                409,
            ),
            Failure.CONFLICT,
        ),
        (
            refused(
                "ResourceConflictException",
                "The operation cannot be performed at this time. The function is "
                "currently in the following state: Pending",
                409,
            ),
            Failure.CONFLICT,
        ),
        (
            refused(
                "ResourceConflictException",
                "The operation cannot be performed at this time. An update is in "
                "progress for resource: arn:aws:lambda:us-east-1:1:function:Connect",
                409,
            ),
            Failure.CONFLICT,
        ),
        (
            refused("ResourceConflictException", "The statement id (connect) provided already exists.", 409),
            Failure.EXISTS,
        ),
        (refused("ResourceConflictException", "Function already exist: Connect", 409), Failure.EXISTS),
        (refused("ResourceInUseException", "Table already exists: client-records"), Failure.EXISTS),
        (refused("EntityAlreadyExists", "Role with name ConnectRole already exists.", 409), Failure.EXISTS),
        (refused("ResourceAlreadyExistsException", "The specified log group already exists"), Failure.EXISTS),
        (refused("LimitExceededException", "Table tags are being updated"), Failure.CONFLICT),
        (
            refused(
                "LimitExceededException",
                "Subscriber limit exceeded: Only 10 tables can be created or deleted simultaneously",
            ),
            Failure.THROTTLED,
        ),
        (
            refused("LimitExceededException", "Subscriber limit exceeded: There is a limit of 256 tables"),
            Failure.QUOTA,
        ),
        (refused("LimitExceeded", "Cannot exceed quota for RolesPerAccount: 1000", 409), Failure.QUOTA),
        (refused("LimitExceededException", "Resource limit exceeded."), Failure.QUOTA),
        (refused("CodeStorageExceededException", "Code storage limit exceeded.", 429), Failure.QUOTA),
        (
            refused(
                "TooManyRequestsException",
                "Maximum number of APIs for this account has been reached. Please contact AWS",
                429,
            ),
            Failure.QUOTA,
        ),
        (refused("SomeNewException", "Too Many Requests", 429), Failure.THROTTLED),
        (
            refused("OperationAbortedException", "A conflicting operation is currently in progress"),
            Failure.CONFLICT,
        ),
        (refused("ConcurrentModification", status=409), Failure.CONFLICT),
        (
            refused("DeleteConflict", "Cannot delete entity, must delete policies first.", 409),
            Failure.CONFLICT,
        ),
        (
            refused(
                "InvalidParameterValueException",
                "The role defined for the function cannot be assumed by Lambda.",
            ),
            Failure.NEW_ROLE,
        ),
        (refused("InvalidParameterValueException", "Unzipped size must be smaller"), Failure.PERMANENT),
        (refused("InternalFailure", status=500), Failure.NO_ANSWER),
        (refused("ServiceUnavailable", status=503), Failure.NO_ANSWER),
        (refused("NoSuchEntity", status=404), Failure.NOT_FOUND),
        (refused("AccessDenied", status=403), Failure.PERMANENT),
        (aws.ConnectionClosedError(endpoint_url="x"), Failure.NO_ANSWER),
        (aws.ReadTimeoutError(endpoint_url="x"), Failure.NO_ANSWER),
        (aws.EndpointConnectionError(endpoint_url="x"), Failure.NO_ANSWER),
        (ResponseParserError("Unable to parse response, invalid XML: <html>"), Failure.NO_ANSWER),
        (aws.ParamValidationError(report="x"), Failure.PERMANENT),
    ],
    ids=lambda value: value.name if isinstance(value, Failure) else str(value)[:40],
)
def test_classify(error: Exception, kind: Failure) -> None:
    """What passes by itself, what may have been done, and what stays, by AWS's codes and texts."""
    assert classify(error) is kind


def test_ours_that_name_no_place() -> None:
    """An error of ours gets the step that it came from, if it does not name its place itself."""
    for named, where in (("", "create table x"), ("table x", "table x")):
        with pytest.raises(AwsError) as caught, translated("create table x"):
            raise AwsError("no", where=named)
        assert caught.value.where == where
