"""What an error of AWS means: what kind of failure it is, and what people read of it."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from email.utils import formatdate
from re import DOTALL, IGNORECASE, search
from typing import Any

from wschat.errors import LOG_IN, AccessError, AwsError, NotOfferedError, WschatError
from wschat.lab.aws.refusals import ACCOUNTS, PASTE
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
NOT_OFFERED = "architecture|runtime"
"""Reported of a region without arm64: https://github.com/reply-fr/sustainable-personal-accounts/issues/53."""
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
    ("InvalidParameterValueException", NOT_OFFERED, Failure.NOT_OFFERED),
    ("5xx", "", Failure.NO_ANSWER),
)
"""The kinds of failures, by an error's names, of which it has one, and words in its code and text: the first.

The codes and texts are AWS's: the services' API references, "Common errors", and the waiting and retrying of
AWS's own tools (chalice, CDK).
"""


@dataclass(frozen=True)
class Way:
    """By which settings a call was made, each with where it stands; never with a secret.

    `session` leaves it on each error and answer of a call.

    Attributes:
        endpoint: the URL, and the proxy where there is one.
        credentials: where they come from, in brackets; empty if they are not known yet.
        proxy: its URL.
        certificates: the file of certificates that are trusted.
    """

    endpoint: str = "that address"
    credentials: str = ""
    proxy: str = ""
    certificates: str = ""


UNKNOWN_WAY = Way()
WAY = "way"
"""Where an answer of AWS has the `Way` that it came by, as an error has an attribute of that name."""
Text = tuple[type[WschatError], str, str, str, str]
"""The kind of error; names, and words, by which it is known; what people read, and a hint.

Its names are those of the classes, or of the code, or of its kind of failure: it has one of these. In what is
read stand the error's `text`, `code` and `operation`, what botocore knows of it, and the call's `Way`.
"""
LOG_IN_AGAIN = f"{LOG_IN}, then run the same command"
LOGGED_OUT = "the AWS login has expired or is missing"
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
SECRET = re.compile(r"(?<=//)[^/\s@]+@|(?<![\w/+=])(?=\S{0,39}\d)(?=\S{0,39}[A-Z])[\w/+]{40}(?![\w/+=])")
"""A password in a URL, and what is as long as a secret key: people paste them where a name is meant."""
AGAIN = "run the same command again: it goes on from here; `wschat teardown` removes what there is"
UNREACHED = "AWS can't be reached at {endpoint}"
LOCAL_LAB = (
    "if a local lab was there, it has ended: start `wschat local`, and set what it shows; or take that"
    " setting away"
)
NOT_ASSUMED = (
    "its trust policy must let lambda.amazonaws.com assume it, and its ARN be right, with its path; one that"
    " is seconds old takes a moment: run the same command again"
)
# fmt: off
CONNECTING: tuple[Text, ...] = (
    (AwsError, "ProxyConnectionError", "Proxy Authentication",
        "the proxy {proxy} wants another name and password",
        "they stand in that variable: http://NAME:PASSWORD@HOST:PORT"),
    (AwsError, "ProxyConnectionError", "", "the proxy {proxy} can't be used",
        "mend that variable, or name AWS's host in NO_PROXY"),
    (AwsError, "SSLError", "certificate (has expired|is not yet valid)",
        UNREACHED + ": by this machine's clock its certificate is not valid now",
        "set the clock, best by a time server; else somebody else answers there"),
    (AwsError, "SSLError", "CERTIFICATE_VERIFY", UNREACHED + ": {certificates} does not know its certificate",
        "a proxy that reads TLS needs its certificate in a file that AWS_CA_BUNDLE names"),
    (AwsError, "SSLError", "", UNREACHED + ": it does not speak TLS",
        "an endpoint on this machine begins with http://"),
    (AwsError, "EndpointConnectionError", "(127[.]|localhost|::1).*refused",
        UNREACHED + ": nothing listens there", LOCAL_LAB),
    (AwsError, "EndpointConnectionError", "resol|not known|getaddrinfo",
        UNREACHED + ": there is no such host", "check the network, and how the region is spelt"),
    (AwsError, "ConnectionError HTTPClientError", "",
        UNREACHED, "check the network, the region's name, the proxy and --endpoint-url"),
)
"""What people read of a connection that failed, which botocore tells apart from all else by its classes."""
THEN = "; then run the same command"
UNPROTECT = (
    "its deletion protection must be off: DynamoDB → Tables → the table → Additional settings, or CloudWatch"
    " → Log groups → the group → Actions"
)
UNMAP = (
    "a custom domain leads to this API, and the mapping must go: API Gateway → Custom domain names → the"
    " domain → API mappings (`aws apigatewayv2 get-domain-names`, `get-api-mappings`, `delete-api-mapping`)"
)
TAKE_OUT = (
    "EC2 instances of somebody else may work under this role: who owns the instance profile{0} takes the role"
    " out of it (`aws iam remove-role-from-instance-profile`)"
)
DETACH = (
    "somebody gave this role one more policy: who may detaches or deletes that (IAM → Roles → the role →"
    " Permissions)"
)
UNCALL = "something else calls this function: who made that deletes it (Lambda → the function → Triggers)"
HELD: tuple[Text, ...] = (
    (AccessError, DENIED, "dynamodb:UpdateTable |logs:PutLogGroupDeletionProtection ",
        "{text}", f"{ASK}. To delete it, {UNPROTECT}"),
    (AccessError, DENIED, "iam:RemoveRoleFromInstanceProfile .*instance-profile(/\\S+)",
        "{text}", TAKE_OUT + THEN),
    (AccessError, DENIED, "iam:(?:Detach|Delete)RolePolicy ", "{text}", DETACH + THEN),
    (AccessError, DENIED, "lambda:DeleteEventSourceMapping ", "{text}", UNCALL + THEN),
    (AwsError, "ClientError", "protected against deletion|deletion protection", "{text}", UNPROTECT + THEN),
    (AwsError, "BadRequestException", "(?:API|base path) mappings", "{text}", UNMAP + THEN),
    (AwsError, "DeleteConflict", "instance profile()", "{text}", TAKE_OUT + THEN),
    (AwsError, "DeleteConflict", "polic", "{text}", DETACH + THEN),
)
"""What somebody else did to a part of the lab, so that AWS refuses to delete it until that is undone.

Of a mapping: "Deleting API … failed. Please remove all API mappings for the API from your custom domain
names." (https://github.com/gruntwork-io/cloud-nuke/issues/370); of a role: "Cannot delete entity, must remove
roles from instance profile first." (https://github.com/99designs/iamy/pull/68).
"""
ANSWERED: tuple[Text, ...] = (
    (AwsError, "ResponseParserError", "",
        "what answers at {endpoint} is not AWS", "check --endpoint-url, AWS_ENDPOINT_URL and the proxy"),
    (AccessError, "ClientError", "^RequestTimeTooSkewed|Signature expired|Signature not yet current",
        "this machine's clock is more than 5 minutes off: it says {now}, AWS {date}",
        "set the clock, best by a time server, then run the same command"),
    (AccessError, EXPIRED, "",
        "the AWS login has expired{credentials}", f"{LOG_IN_AGAIN}; {PASTE}"),
    (AccessError, UNKNOWN, "",
        "AWS does not know these credentials{credentials}",
        f"{LOG_IN_AGAIN}; or the account has not enabled this region"),
    (AccessError, "OptInRequired SubscriptionRequiredException", "",  # or its plan lacks the service
        "this service is not open yet to the account",
        "finish its sign-up: AWS takes up to 24 hours to activate a new account; or look at its plan"),
    (AccessError, DENIED, "create a Service Linked Role",  # an account's first API: it names no permission
        "{text}", OWN_ROLE),
    *((AccessError, f"{DENIED} TagPolicyException", *account) for account in ACCOUNTS),
    (AccessError, DENIED, r"^\w+ $", "AWS does not allow {operation}", ASK),
    (AccessError, DENIED, "", "{text}", ASK),
    (AwsError, "THROTTLED", "", "for minutes AWS took no more such calls: {text} ({code}, {operation})",
        f"when others here are done, {AGAIN}"),
    (AwsError, "NO_ANSWER", "", "for a minute AWS had a fault of its own: {text} ({code}, {operation})",
        f"in a few minutes, {AGAIN}"),
)
OTHERS: tuple[Text, ...] = (
    (AwsError, "NEW_ROLE", "", "Lambda can't assume the role: {text}", NOT_ASSUMED),
    (NotOfferedError, "NOT_OFFERED", "", "{text}", "take another --region"),
    (AwsError, "QUOTA", "", "a quota is used up: {text} ({code})",
        "remove what nobody needs, or have Service Quotas raise it; then run the same command"),
    (AwsError, "ClientError", "", "{text} ({code}, {operation})", AGAIN),
    (AwsError, "BotoCoreError", "", "{text}", ""),
)
# fmt: on
CALLING = (*CONNECTING, *HELD, *ANSWERED, *OTHERS)
"""What people read of an error of a call: the first that fits, of whether it was not made or was answered."""


def classify(error: Exception) -> Failure:
    """Tell what kind of failure an error is; `NO_ANSWER` if the call may have been carried out."""
    names, words = _names_and_words(error)
    fits = (
        kind for known, like, kind in FAILURES if names & {*known.split()} and search(like, words, IGNORECASE)
    )
    return next(fits, Failure.PERMANENT)


@contextmanager
def translated(where: str, texts: Sequence[Text] = CALLING) -> Iterator[None]:
    """Turn botocore's errors into ours; `where` is the step they happen in, of ours that do not say.

    What fits none of the texts stays as it is.
    """
    try:
        yield
    except WschatError as error:
        error.where = error.where or where
        raise
    except Exception as error:
        names, words = _names_and_words(error)
        names.add(classify(error).name)
        causes = "\n".join((words, *map(str, getattr(error, "kwargs", {}).values())))
        for kind, known, like, what, hint in texts:
            if names & {*known.split()} and (found := search(like, causes, IGNORECASE | DOTALL)):
                facts = _facts(error, words)
                told = [each.format(*found.groups(), **facts) for each in (what, hint)]
                raise kind(SECRET.sub("…", told[0]), where=where, hint=told[1]) from error
        raise


def is_denied(error: Exception) -> bool:
    """Tell whether an error is a missing permission's."""
    return bool(_names_and_words(error)[0] & {*DENIED.split()})


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


def note(error: Exception, way: Way) -> None:
    """Leave on an error of a call by which settings the call was made; ours, of credentials, say it."""
    if not isinstance(error, WschatError):
        error.way = way  # type: ignore[attr-defined]


def _facts(error: Exception, words: str) -> dict[str, Any]:
    """Return what the texts may tell of an error."""
    code, _, text = words.partition(" ")
    answer = getattr(error, "response", None) or {}
    way = getattr(error, "way", None) or answer.get(WAY) or UNKNOWN_WAY
    return asdict(way) | {
        "text": text,
        "code": code,
        "operation": getattr(error, "operation_name", ""),
        "name": type(error).__name__,
        "reason": getattr(error, "strerror", None),
        "file": getattr(error, "filename", None),
        "now": formatdate(usegmt=True),
        "date": answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "another time"),
        **getattr(error, "kwargs", {}),
    }


def _names_and_words(error: Exception) -> tuple[set[str], str]:
    """Return what an error is called, and its code and text, which API Gateway may send as null.

    It is called as its classes are, those that are not botocore's with their modules; a refusal, as its code
    and its status are, too. Where an answer broke botocore's own parser, that is a `ResponseParserError`.
    """
    classes = [(each.__module__, each.__name__) for each in type(error).__mro__]
    names = {name if module.startswith("botocore.") else f"{module}.{name}" for module, name in classes}
    answer = getattr(error, "response", None)
    if not isinstance(answer, dict):
        if hasattr(error, "way") and "BotoCoreError" not in names:
            names.add("ResponseParserError")
        return names, f" {error}"
    code, text = (answer["Error"].get(key) or "" for key in ("Code", "Message"))
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
    return names | {code, str(status), f"{status // 100}xx"}, f"{code} {text}"
