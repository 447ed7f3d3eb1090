"""What an error of AWS means: what kind of failure it is, and what people read of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from re import IGNORECASE, search

from wschat.errors import LOG_IN, AccessError, AwsError, UsageError, WschatError
from wschat.retry import Failure

THROTTLED = (
    "Throttling ThrottlingException ThrottledException SlowDown PriorRequestNotComplete RequestThrottled"
    " RequestThrottledException RequestLimitExceeded TooManyRequestsException"
)
EXISTS = (
    "ResourceInUseException EntityAlreadyExists ResourceAlreadyExistsException ResourceConflictException"
    " ConflictException"
)
"""A create finds its name taken; or, of any other call, the thing is being made or changed."""
CONFLICT = "ConcurrentModification ConcurrentModificationException OperationAbortedException DeleteConflict"
CHANGING = "concurrent|currently in the following state|being (created|updated|deleted|changed)|in progress"
QUOTA = "LimitExceeded LimitExceededException CodeStorageExceededException ServiceQuotaExceededException"
NEW_ROLE = "assumed by Lambda|does not have permissions|invalid for CreateGrant|valid principal"
FAILURES = (
    ("ConnectionError HTTPClientError ResponseParserError", "", Failure.NO_ANSWER),  # that is a proxy's
    (CONFLICT, "", Failure.CONFLICT),
    (f"{EXISTS} {QUOTA}", CHANGING, Failure.CONFLICT),
    (QUOTA, "simultaneously", Failure.THROTTLED),  # DynamoDB's, of tables
    (QUOTA, "", Failure.QUOTA),
    (f"{THROTTLED} 429", "max(imum)? number of|has been reached", Failure.QUOTA),  # API Gateway's one code
    (f"{THROTTLED} 429", "", Failure.THROTTLED),
    (EXISTS, "", Failure.EXISTS),
    ("ResourceNotFoundException NoSuchEntity NoSuchEntityException NotFoundException", "", Failure.NOT_FOUND),
    ("InvalidParameterValueException", NEW_ROLE, Failure.NEW_ROLE),
    ("5xx", "", Failure.NO_ANSWER),
)
"""The kinds of failures, by an error's names, of which it has one, and words in its code and text: the first.

The codes and texts are AWS's: the services' API references, "Common errors", and the waiting and retrying of
AWS's own tools (chalice, CDK).
"""

LOG_IN_AGAIN = f"{LOG_IN}, then run the same command"
LOGGED_OUT = "the AWS login has expired or is missing"
NO_CREDENTIALS = (
    "run `aws configure`, set AWS_PROFILE, or give --profile; without an account there is"
    " `wschat chat --local`"
)
UNKNOWN = (
    "InvalidClientTokenId UnrecognizedClientException SignatureDoesNotMatch InvalidSignatureException"
    " AuthFailure"
)
EXPIRED = "ExpiredToken ExpiredTokenException RequestExpired"
OWN_ROLE = (
    "ask for iam:CreateServiceLinkedRole, as `wschat policy` has it; or an administrator makes API Gateway's"
    " own role, once: aws iam create-service-linked-role --aws-service-name ops.apigateway.amazonaws.com"
)
DENIED = "AccessDenied AccessDeniedException UnauthorizedOperation ForbiddenException"
ASK = "ask for that permission, then run the same command: what is done stays done"
AGAIN = "run the same command again: it goes on from here; `wschat teardown` removes what there is"
# fmt: off
TEXTS: tuple[tuple[type[WschatError], str, str, str, str], ...] = (
    (AccessError, "ProfileNotFound", "", "{text}", "`aws configure list-profiles` names them"),
    (AccessError, "NoRegionError InvalidRegionError", "",
        "no region, or no valid one", "give --region, for example --region eu-central-1, or set AWS_REGION"),
    (AccessError, "NoCredentialsError PartialCredentialsError CredentialRetrievalError", "",
        "no usable AWS credentials", NO_CREDENTIALS),
    (AwsError, "ConnectionError HTTPClientError", "",
        "AWS can't be reached", "check the network, the region's name, the proxy and --endpoint-url"),
    (AwsError, "ResponseParserError", "",
        "what answers there is not AWS", "check --endpoint-url, AWS_ENDPOINT_URL and the proxy"),
    (AccessError, "ConfigParseError ConfigNotFound", "",
        "{text}", "mend the file, or name another in AWS_CONFIG_FILE"),
    (AccessError, "MissingDependencyException", "",
        "{text}", "what `aws login` left can be read only with it: install it beside wschat"),
    (AccessError, "SSOError TokenRetrievalError NoAuthTokenError LoginError", "", LOGGED_OUT, LOG_IN_AGAIN),
    (AccessError, "json.decoder.JSONDecodeError", "",
        "a credential_process did not print JSON", "run it by hand; it stands in the AWS config file"),
    (AccessError, "builtins.RuntimeError", "still expired",  # as a credential_process printed it
        LOGGED_OUT, LOG_IN_AGAIN),
    (UsageError, "builtins.ValueError", "Invalid endpoint",  # the environment's, the file's, too
        "that is no URL of an endpoint",
        "check --endpoint-url and AWS_ENDPOINT_URL; it looks like http://127.0.0.1:4566"),
    (AccessError, "ClientError", "^RequestTimeTooSkewed|Signature expired|Signature not yet current",
        "this machine's clock is more than 5 minutes off",
        "set the clock, best by a time server, then run the same command"),
    (AccessError, EXPIRED, "",
        "the AWS login has expired", LOG_IN_AGAIN),
    (AccessError, UNKNOWN, "",
        "AWS does not know these credentials",
        f"{LOG_IN_AGAIN}; or the account has not enabled this region"),
    (AccessError, "OptInRequired SubscriptionRequiredException", "",  # or its plan lacks the service
        "this service is not open yet to the account",
        "finish its sign-up: AWS takes up to 24 hours to activate a new account; or look at its plan"),
    (AccessError, DENIED, "create a Service Linked Role",  # an account's first API: it names no permission
        "{text}", OWN_ROLE),
    (AccessError, DENIED, r"^\w+ $", "AWS does not allow {operation}", ASK),
    (AccessError, DENIED, "", "{text}", ASK),
    (AwsError, "QUOTA", "", "a quota is used up: {text} ({code})",
        "remove what nobody needs, or have Service Quotas raise it; then run the same command"),
    (AwsError, "THROTTLED", "", "for minutes AWS took no more such calls: {text} ({code}, {operation})",
        f"when others here are done, {AGAIN}"),
    (AwsError, "NO_ANSWER", "", "for a minute AWS had a fault of its own: {text} ({code}, {operation})",
        f"in a few minutes, {AGAIN}"),
    (AwsError, "ClientError", "", "{text} ({code}, {operation})", AGAIN),
    (AwsError, "BotoCoreError", "", "{text}", ""),
)
# fmt: on
"""What people read of an error, and a hint: likewise, by the name of its kind of failure, too."""
OPTIONS = {"ProfileNotFound": "--profile", "NoRegionError": "--region", "InvalidRegionError": "--region"}
"""Where errors are that are not the step's in which they happen."""


def classify(error: Exception) -> Failure:
    """Tell what kind of failure an error is; `NO_ANSWER` if the call may have been carried out."""
    names, words = _names_and_words(error)
    fits = (
        kind for known, like, kind in FAILURES if names & {*known.split()} and search(like, words, IGNORECASE)
    )
    return next(fits, Failure.PERMANENT)


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Turn botocore's errors into ours; `where` is the step they happen in, of ours that do not say."""
    try:
        yield
    except WschatError as error:
        error.where = error.where or where
        raise
    except Exception as error:
        names, words = _names_and_words(error)
        names.add(classify(error).name)
        where = next((option for name, option in OPTIONS.items() if name in names), where)
        for kind, known, like, what, hint in TEXTS:
            if names & {*known.split()} and search(like, words, IGNORECASE):
                code, _, text = words.partition(" ")
                operation = getattr(error, "operation_name", "")
                told = what.format(text=text, code=code, operation=operation)
                raise kind(told, where=where, hint=hint) from error
        raise


def refusal(error: Exception) -> str | None:
    """Return why AWS refuses a call of somebody it knows, such as a missing permission; else None."""
    answer, names = getattr(error, "response", None), _names_and_words(error)[0]
    if (
        not isinstance(answer, dict)
        or classify(error) is not Failure.PERMANENT
        or names & {*UNKNOWN.split(), *EXPIRED.split()}
    ):
        return None
    text = str(answer["Error"].get("Message") or answer["Error"].get("Code") or "")
    if not names & {*DENIED.split()}:
        return text
    named = search(r"not authorized to perform: ([\w:-]+)", text)
    return f"not allowed to {named[1] if named else getattr(error, 'operation_name', '')}"


def _names_and_words(error: Exception) -> tuple[set[str], str]:
    """Return what an error is called, and its code and text, which API Gateway may send as null.

    It is called as its classes are, those that are not botocore's with their modules; a refusal, as its code
    and its status are, too.
    """
    classes = [(each.__module__, each.__name__) for each in type(error).__mro__]
    names = {name if module.startswith("botocore.") else f"{module}.{name}" for module, name in classes}
    answer = getattr(error, "response", None)
    if not isinstance(answer, dict):
        return names, f" {error}"
    code, text = (answer["Error"].get(key) or "" for key in ("Code", "Message"))
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
    return names | {code, str(status), f"{status // 100}xx"}, f"{code} {text}"
