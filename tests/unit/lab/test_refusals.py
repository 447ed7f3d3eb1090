"""What AWS's errors mean: one clear error each, or patience."""

import json

import botocore.exceptions as aws
import pytest
from botocore.parsers import ResponseParserError

from wschat.errors import AccessError, AwsError, WschatError
from wschat.lab.refusals import Trouble, translated, trouble


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
        (refused("TooManyRequestsException", status=429), Trouble.THROTTLED),
        (
            refused(
                "ThrottlingException", "The rate of control plane requests made by this account is too high"
            ),
            Trouble.THROTTLED,
        ),
        (refused("Throttling", "Rate exceeded"), Trouble.THROTTLED),
        (
            refused("LimitExceededException", "Only 10 tables can be created or deleted simultaneously"),
            Trouble.THROTTLED,
        ),
        (refused("ConflictException", None), Trouble.TAKEN),
        (
            refused(
                "ConflictException",
                "Unable to complete operation due to concurrent modification. Please try again later",
                409,
            ),
            Trouble.BUSY,
        ),
        (
            refused("ConflictException", "Route with key $connect already exists for this API", 409),
            Trouble.TAKEN,
        ),
        (
            refused(
                "ResourceConflictException",
                "The function could not be updated due to a concurrent update operation",
                409,
            ),
            Trouble.BUSY,
        ),
        (
            refused(
                "ResourceConflictException",
                "The operation cannot be performed at this time. The function is "
                "currently in the following state: Pending",
                409,
            ),
            Trouble.BUSY,
        ),
        (
            refused(
                "ResourceConflictException",
                "The operation cannot be performed at this time. An update is in "
                "progress for resource: arn:aws:lambda:us-east-1:1:function:Connect",
                409,
            ),
            Trouble.BUSY,
        ),
        (
            refused("ResourceConflictException", "The statement id (connect) provided already exists.", 409),
            Trouble.TAKEN,
        ),
        (refused("ResourceConflictException", "Function already exist: Connect", 409), Trouble.TAKEN),
        (refused("ResourceInUseException", "Table already exists: client-records"), Trouble.TAKEN),
        (refused("EntityAlreadyExists", "Role with name ConnectRole already exists.", 409), Trouble.TAKEN),
        (refused("ResourceAlreadyExistsException", "The specified log group already exists"), Trouble.TAKEN),
        (refused("LimitExceededException", "Table tags are being updated"), Trouble.BUSY),
        (
            refused(
                "LimitExceededException",
                "Subscriber limit exceeded: Only 10 tables can be created or deleted simultaneously",
            ),
            Trouble.THROTTLED,
        ),
        (
            refused("LimitExceededException", "Subscriber limit exceeded: There is a limit of 256 tables"),
            Trouble.QUOTA,
        ),
        (refused("LimitExceeded", "Cannot exceed quota for RolesPerAccount: 1000", 409), Trouble.QUOTA),
        (refused("LimitExceededException", "Resource limit exceeded."), Trouble.QUOTA),
        (refused("CodeStorageExceededException", "Code storage limit exceeded.", 429), Trouble.QUOTA),
        (
            refused(
                "TooManyRequestsException",
                "Maximum number of APIs for this account has been reached. Please contact AWS",
                429,
            ),
            Trouble.QUOTA,
        ),
        (refused("SomeNewException", "Too Many Requests", 429), Trouble.THROTTLED),
        (
            refused("OperationAbortedException", "A conflicting operation is currently in progress"),
            Trouble.BUSY,
        ),
        (refused("ConcurrentModification", status=409), Trouble.BUSY),
        (refused("DeleteConflict", "Cannot delete entity, must delete policies first.", 409), Trouble.BUSY),
        (
            refused(
                "InvalidParameterValueException",
                "The role defined for the function cannot be assumed by Lambda.",
            ),
            Trouble.ROLE_IS_NEW,
        ),
        (refused("InvalidParameterValueException", "Unzipped size must be smaller"), Trouble.LASTING),
        (refused("InternalFailure", status=500), Trouble.UNSURE),
        (refused("ServiceUnavailable", status=503), Trouble.UNSURE),
        (refused("NoSuchEntity", status=404), Trouble.MISSING),
        (refused("AccessDenied", status=403), Trouble.LASTING),
        (aws.ConnectionClosedError(endpoint_url="x"), Trouble.UNSURE),
        (aws.ReadTimeoutError(endpoint_url="x"), Trouble.UNSURE),
        (aws.EndpointConnectionError(endpoint_url="x"), Trouble.UNSURE),
        (ResponseParserError("Unable to parse response, invalid XML: <html>"), Trouble.UNSURE),
        (aws.ParamValidationError(report="x"), Trouble.LASTING),
    ],
    ids=lambda value: value.name if isinstance(value, Trouble) else str(value)[:40],
)
def test_trouble(error: Exception, kind: Trouble) -> None:
    """What passes by itself, what may have been done, and what stays, by AWS's codes and texts."""
    assert trouble(error) is kind


def test_ours_that_name_no_place() -> None:
    """An error of ours gets the step that it came from, if it does not name its place itself."""
    for named, where in (("", "create table x"), ("table x", "table x")):
        with pytest.raises(AwsError) as caught, translated("create table x"):
            raise AwsError("no", where=named)
        assert caught.value.where == where
