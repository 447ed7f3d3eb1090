"""The errors that people read, and the exit codes that scripts read.

The tree::

    WschatError
    ├── UsageError        the command line, or a setting, asks what can't be     exit 2
    ├── AccessError       no credentials, login, region or permission           exit 4
    ├── AwsError          AWS refused or failed a call                          exit 1
    │   ├── NotOursError  a resource has our name but belongs to someone else   exit 1
    │   ├── NotOfferedError  the region lacks a function's hardware or runtime  exit 1
    │   └── AnswerError   the lab was reached, and did not answer as it should  exit 1
    ├── ConnectError      the WebSocket could not be opened                     exit 5
    ├── LostError         the WebSocket was open and is gone                    exit 6
    └── LocalError        the local lab did not start, ended, or does not end   exit 8
"""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from enum import IntEnum
from typing import ClassVar, Self

from wschat.protocol.symptoms import Symptom, with_doctor
from wschat.retry import Failure


class ExitCode(IntEnum):
    """What the process returns, and what that means."""

    meaning: str

    def __new__(cls, code: int, meaning: str) -> Self:
        """Make a number that has a meaning."""
        self = int.__new__(cls, code)
        self._value_, self.meaning = code, meaning
        return self

    OK = 0, "done; for `status` and `provision --plan`: everything is as it should be"
    FAILED = 1, "a call of AWS or of the system failed, or the lab answered wrong; the message names it"
    USAGE = 2, "the command line or a setting is wrong, or a question could not be asked"
    DIFFERENT = (
        3,
        "something is not as it should be (`status`, `provision`), or is left, or would go (`teardown`)",
    )
    ACCESS = 4, "no credentials, an expired login, no region, or a permission is missing"
    CONNECT = 5, "the WebSocket could not be opened"
    LOST = 6, "the WebSocket was open and is gone"
    REFUSED = 7, "a request that came from a pipe was refused, or nobody was told of its message"
    LOCAL = 8, "the lab on this machine did not start, ended by itself, or does not end"
    INTERRUPTED = 130, "Ctrl-C in the middle of something, or a chat that was ended by SIGTERM or SIGHUP"


LOG_IN = "log in again (`aws sso login`, `aws login`, or new keys)"


def with_commands(text: str, commands: Mapping[str, str]) -> str:
    """Return a text in which each command that stands between back quotes is what to type for it."""
    for name, command in commands.items():
        text = text.replace(f"`wschat {name}`", f"`{command}`")
    return text


@dataclass(eq=False)
class WschatError(Exception):
    """Anything that goes wrong in a way that a person can do something about.

    Attributes:
        what: one sentence that says what happened.
        where: the step, resource or option that it is about; may be empty.
        hint: what to do now; may be empty. Of a symptom it ends with the command that finds its cause.
        symptom: what somebody sees of the lab that meets it; None if nothing.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.FAILED

    what: str
    _: KW_ONLY
    where: str = ""
    hint: str = ""
    symptom: Symptom | None = None

    def __post_init__(self) -> None:
        self.hint = with_doctor(self.hint, self.symptom)

    def __str__(self) -> str:
        return self.what

    def complete(self, commands: Mapping[str, str]) -> None:
        """Replace each command that the hint names by what to type for it, so that it works when pasted."""
        self.hint = with_commands(self.hint, commands)


class UsageError(WschatError):
    """The command line, or a setting, asks for something that can't be."""

    exit_code = ExitCode.USAGE


class AccessError(WschatError):
    """AWS does not accept the credentials, or does not allow the call."""

    exit_code = ExitCode.ACCESS


class AwsError(WschatError):
    """AWS refused or failed a call."""


class NotOursError(AwsError):
    """A resource has the name that the lab needs, but does not carry the lab's tag."""


class NotOfferedError(AwsError):
    """The region does not offer what a function should run on."""


@dataclass(eq=False)
class AnswerError(AwsError):
    """The lab was reached, and did not answer a request as it should.

    Attributes:
        code: why the lab itself refused it; empty if it did not.
        failure: `NOT_SERVED` where AWS may just not have caught up with what was provisioned.
    """

    _: KW_ONLY
    code: str = ""
    failure: Failure = Failure.PERMANENT


@dataclass(eq=False)
class ConnectError(WschatError):
    """The WebSocket could not be opened.

    Attributes:
        status: the HTTP status that refused the handshake; None if there was no answer.
        body: the beginning of what was answered with that status, without secrets.
        failure: `OFFLINE` also where there is no such host, `NO_ANSWER` if none came in time or it was cut,
            `NOT_SERVED` where AWS may just not have caught up with what was provisioned.
    """

    exit_code = ExitCode.CONNECT

    _: KW_ONLY
    status: int | None = None
    body: str = ""
    failure: Failure = Failure.PERMANENT


@dataclass(eq=False)
class LostError(WschatError):
    """The WebSocket was open and is gone.

    Attributes:
        code: that of the close frame; 1006 if there was none.
    """

    exit_code = ExitCode.LOST

    _: KW_ONLY
    code: int = 1006


class LocalError(WschatError):
    """The lab on this machine did not start, ended by itself, or does not end."""

    exit_code = ExitCode.LOCAL
