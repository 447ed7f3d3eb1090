"""What AWS's errors mean: one clear error each, or patience."""

import botocore.exceptions as aws
import pytest
from botocore.parsers import ResponseParserError

from wschat.errors import AccessError, AwsError, WschatError
from wschat.lab.aws.errors import CallSettings, classify, note, translated
from wschat.retry import Failure

FIRST_API = "Caller does not have permissions to create a Service Linked Role."


def refused(code: str, message: str | None = "no", status: int = 400) -> aws.ClientError:
    error = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return aws.ClientError(error, "CreateRole")  # type: ignore[arg-type]


def unreached(url: str, why: str) -> aws.EndpointConnectionError:
    return aws.EndpointConnectionError(endpoint_url=url, error=why)


def untrusted(why: str) -> aws.SSLError:
    kind = "CERTIFICATE_VERIFY_FAILED" if "cert" in why else "SSL"
    return aws.SSLError(
        endpoint_url="https://aws.example", error=OSError(f"[SSL: {kind}] {why} (_ssl.c:1006)")
    )


@pytest.mark.parametrize(
    ("error", "kind", "says"),
    [
        (refused("ExpiredTokenException"), AccessError, "login has expired"),
        (refused("InvalidClientTokenId"), AccessError, "does not know"),
        (refused("InvalidSignatureException"), AccessError, "does not know"),
        (refused("AccessDeniedException", FIRST_API), AccessError, "ask for iam:CreateServiceLinkedRole"),
        (refused("AccessDenied", "not authorized to perform: iam:PassRole"), AccessError, "iam:PassRole"),
        (unreached("http://aws.example", "Failed to resolve 'x'"), AwsError, "there is no such host"),
        (unreached("http://[::1]:9", "[Errno 61] Connection refused"), AwsError, "a local lab was there"),
        (aws.ReadTimeoutError(endpoint_url="x"), AwsError, "AWS can't be reached at that address; check"),
        (untrusted("certificate is not yet valid"), AwsError, "by this machine's clock"),
        (untrusted("self-signed certificate"), AwsError, "AWS_CA_BUNDLE names"),
        (untrusted("wrong version number"), AwsError, "does not speak TLS"),
        (refused("LimitExceeded", "too many roles"), AwsError, "quota is used up: too many roles"),
        (ResponseParserError("x"), AwsError, "not AWS"),
        (refused("SignatureDoesNotMatch", "Signature expired: 20260101T"), AccessError, "clock is"),
        (refused("InvalidSignatureException", "Signature not yet current"), AccessError, "clock is"),
        (refused("RequestTimeTooSkewed"), AccessError, "clock is"),
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
    assert says in f"{told.value.what}; {told.value.hint}"
    assert told.value.where
    assert told.value.hint


REFUSED = """
THROTTLED  429 TooManyRequestsException: no
THROTTLED  400 ThrottlingException: The rate of control plane requests made by this account is too high
THROTTLED  400 Throttling: Rate exceeded
THROTTLED  400 LimitExceededException: Subscriber limit exceeded: Only 10 tables can be created simultaneously
CONFLICT   409 ConflictException: Unable to complete operation due to concurrent modification. Please
EXISTS     409 ConflictException: Route with key $connect already exists for this API
CONFLICT   409 ResourceConflictException: It could not be updated due to a concurrent update operation
CONFLICT   409 ResourceConflictException: The function is currently in the following state: Pending
CONFLICT   409 ResourceConflictException: An update is in progress for resource: arn:aws:lambda:…
EXISTS     409 ResourceConflictException: The statement id (connect) provided already exists.
EXISTS     409 ResourceConflictException: Function already exist: Connect
EXISTS     400 ResourceInUseException: Table already exists: client-records
EXISTS     409 EntityAlreadyExists: Role with name ConnectRole already exists.
EXISTS     400 ResourceAlreadyExistsException: The specified log group already exists
CONFLICT   400 LimitExceededException: Table tags are being updated
QUOTA      400 LimitExceededException: Subscriber limit exceeded: There is a limit of 256 tables
QUOTA      409 LimitExceeded: Cannot exceed quota for RolesPerAccount: 1000
QUOTA      400 LimitExceededException: Resource limit exceeded.
QUOTA      429 CodeStorageExceededException: Code storage limit exceeded.
QUOTA      429 TooManyRequestsException: Maximum number of APIs for this account has been reached. Please
THROTTLED  429 SomeNewException: Too Many Requests
CONFLICT   400 OperationAbortedException: A conflicting operation is currently in progress
CONFLICT   409 ConcurrentModification: no
CONFLICT   409 DeleteConflict: Cannot delete entity, must delete policies first.
NEW_ROLE   400 InvalidParameterValueException: The role defined for the function cannot be assumed by Lambda.
PERMANENT  400 OperationAbortedException: The log group has deletion protection enabled
PERMANENT  400 InvalidParameterValueException: Unzipped size must be smaller
NO_ANSWER  500 InternalFailure: no
NO_ANSWER  503 ServiceUnavailable: no
NOT_FOUND  404 NoSuchEntity: The role with name ConnectRole cannot be found.
NOT_FOUND  404 NotFoundException: Invalid API identifier specified 000000000000:34jmzjm04l
NOT_FOUND  404 ResourceNotFoundException: The resource you requested does not exist.
NOT_FOUND  400 ResourceNotFoundException: The specified log group does not exist.
PERMANENT  400 BadRequestException: Currently, authorization is restricted to the $connect route only
PERMANENT  400 AccessDeniedException: CloudWatch Logs has this status for it
PERMANENT  403 AccessDenied: no
"""
"""What AWS says, by its codes and texts: the kind of failure, the status, the code, the text."""
OTHERS = [
    (Failure.EXISTS, refused("ConflictException", None)),
    (Failure.NO_ANSWER, aws.ConnectionClosedError(endpoint_url="x")),
    (Failure.NO_ANSWER, aws.ReadTimeoutError(endpoint_url="x")),
    (Failure.NO_ANSWER, aws.EndpointConnectionError(endpoint_url="https://x")),
    (Failure.PERMANENT, aws.EndpointConnectionError(endpoint_url="http://127.0.0.1:9/")),
    (Failure.NO_ANSWER, ResponseParserError("Unable to parse response, invalid XML: <html>")),
    (Failure.PERMANENT, aws.ParamValidationError(report="x")),
]


@pytest.mark.parametrize("line", REFUSED.split("\n")[1:-1])
def test_classify(line: str) -> None:
    """What passes by itself, what may have been done, and what stays, is told by code and text."""
    (kind, status, code), text = line.partition(":")[0].split(), line.partition(": ")[2]
    assert classify(refused(code, text, int(status))) is Failure[kind]


@pytest.mark.parametrize(("kind", "error"), OTHERS)
def test_classify_others(kind: Failure, error: Exception) -> None:
    """What is no refusal with a text: lost answers, a proxy's answer, and what was never sent."""
    assert classify(error) is kind


NOT = "not authorized to perform: "
# fmt: off
HELD = (
    ("ValidationException", "Resource cannot be deleted as it is currently protected against deletion.",
        "Additional settings"),
    ("OperationAbortedException", "The log group has deletion protection enabled.", "Log groups"),
    ("AccessDeniedException", f"{NOT}dynamodb:UpdateTable on resource: x", "deletion protection must be off"),
    ("BadRequestException",
        "Deleting API x failed. Please remove all API mappings for the API from your custom domain names.",
        "API mappings (`aws apigatewayv2"),
    ("BadRequestException", "Please remove all base path mappings related to the stage.", "Custom domain"),
    ("DeleteConflict", "Cannot delete entity, must remove roles from instance profile first.",
        "who owns the instance profile takes"),
    ("AccessDenied", f"{NOT}iam:RemoveRoleFromInstanceProfile on resource: arn:aws:iam::1:instance-profile/x",
        "who owns the instance profile/x takes"),
    ("DeleteConflict", "Cannot delete entity, must detach all policies first.", "IAM → Roles"),
    ("AccessDenied", f"{NOT}iam:DetachRolePolicy on resource: x with an explicit deny", "detaches or"),
    ("AccessDeniedException", f"{NOT}lambda:DeleteEventSourceMapping on resource: x", "Triggers"),
)
# fmt: on
"""How AWS refuses to delete what somebody else made use of, and what people must be told of it."""


@pytest.mark.parametrize(("code", "text", "advice"), HELD)
def test_what_somebody_else_holds(code: str, text: str, advice: str) -> None:
    """What no second try deletes is told with who has to do what, and where."""
    with pytest.raises(WschatError) as told, translated("delete it"):
        raise refused(code, text)
    assert advice in told.value.hint
    assert text in told.value.what


def test_by_which_settings() -> None:
    """An error tells where its call went; what is none of botocore's own was no answer of AWS."""
    error = AttributeError("'list' object has no attribute 'get'")
    note(error, CallSettings(endpoint="http://127.0.0.1:9 (AWS_ENDPOINT_URL)"))
    with (
        pytest.raises(AwsError, match=r"at http://127.0.0.1:9 \(AWS_ENDPOINT_URL\) is not AWS"),
        translated("x"),
    ):
        raise error
    assert classify(error) is Failure.NO_ANSWER
    told = AccessError("the session has run out")
    note(told, CallSettings())
    assert classify(told) is Failure.PERMANENT, "nobody waits for credentials"
    with pytest.raises(LookupError), translated("x"):
        raise LookupError


def test_ours_that_name_no_place() -> None:
    """An error of ours gets the step that it came from, if it does not name its place itself."""
    for named, where in (("", "create table x"), ("table x", "table x")):
        with pytest.raises(AwsError) as caught, translated("create table x"):
            raise AwsError("no", where=named)
        assert caught.value.where == where
