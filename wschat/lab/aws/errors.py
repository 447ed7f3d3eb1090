"""What an error of AWS means: what kind of failure it is, and which of our errors, for people, it becomes."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from email.utils import formatdate
from re import DOTALL, IGNORECASE, search
from typing import Any

from wschat.errors import WschatError
from wschat.lab.aws.texts.explanations import CALLING, DENIED, EXPIRED, UNKNOWN, Explanation
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
    ("EndpointConnectionError", r"://(127[.]|localhost|\[::1)", Failure.PERMANENT),  # it has ended
    ("ConnectionError HTTPClientError ResponseParserError", "", Failure.NO_ANSWER),  # that is a proxy's
    (CONFLICT, "deletion protection", Failure.PERMANENT),
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
class CallSettings:
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


UNKNOWN_SETTINGS = CallSettings()
CALL_SETTINGS = "call_settings"
"""Where an answer of AWS has the settings that it came by, as an error has an attribute of that name."""
SECRET = re.compile(r"(?<=//)[^/\s@]+@|(?<![\w/+=])(?=\S{0,39}\d)(?=\S{0,39}[A-Z])[\w/+]{40}(?![\w/+=])")
"""A password in a URL, and what is as long as a secret key: people paste them where a name is meant."""


def classify(error: Exception) -> Failure:
    """Tell what kind of failure an error is; `NO_ANSWER` if the call may have been carried out."""
    names, words = _names_and_words(error)
    fits = (
        kind for known, like, kind in FAILURES if names & {*known.split()} and search(like, words, IGNORECASE)
    )
    return next(fits, Failure.PERMANENT)


@contextmanager
def translated(where: str, texts: Sequence[Explanation] = CALLING) -> Iterator[None]:
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


def note(error: Exception, settings: CallSettings) -> None:
    """Leave on an error of a call by which settings the call was made; ours, of credentials, say it."""
    if not isinstance(error, WschatError):
        error.call_settings = settings  # type: ignore[attr-defined]


def _facts(error: Exception, words: str) -> dict[str, Any]:
    """Return what the texts may tell of an error."""
    code, _, text = words.partition(" ")
    answer = getattr(error, "response", None) or {}
    settings = getattr(error, CALL_SETTINGS, None) or answer.get(CALL_SETTINGS) or UNKNOWN_SETTINGS
    return asdict(settings) | {
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
        if hasattr(error, CALL_SETTINGS) and "BotoCoreError" not in names:
            names.add("ResponseParserError")
        return names, f" {error}"
    code, text = (answer["Error"].get(key) or "" for key in ("Code", "Message"))
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
    return names | {code, str(status), f"{status // 100}xx"}, f"{code} {text}"
