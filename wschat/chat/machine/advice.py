"""What a refusal, a failure or a lost connection means, and what to do about it, as tables."""

from enum import Enum, auto
from typing import NamedTuple

from wschat.protocol.lab_wire import FUNCTION_FAILED
from wschat.protocol.refusals import ErrorCode
from wschat.protocol.requests import Action
from wschat.protocol.symptoms import Symptom, with_doctor


class Fault(Enum):
    """What a lost or refused connection means for the next try."""

    TRANSIENT = auto()  # it may work again at once
    OFFLINE = auto()  # this machine has no network: trying costs nobody anything
    BUSY = auto()  # the server is overloaded, and wants a pause
    THROTTLED = auto()  # the server says that this client asks too much
    PERMANENT = auto()  # trying again changes nothing


class Advice(NamedTuple):
    """What happened, in words, what to do now (may be empty), and the symptom that it is, if so."""

    what: str
    hint: str = ""
    symptom: Symptom | None = None

    def about(self, action: str) -> "Advice":
        """Return it with the function that the action's route calls, in place of {function}, and with doctor.

        Where `register` has no answer by which the lab's own functions are recognised, it offers their wires.
        """
        hint = self.hint.format(function=FUNCTIONS.get(action, "NAME"))
        if action == Action.REGISTER and self.symptom in {Symptom.FORBIDDEN, Symptom.SILENT}:
            hint += f"; {OTHER_WIRES}"
        return self._replace(hint=with_doctor(hint, self.symptom))


HINTS: dict[str, str] = {
    FUNCTION_FAILED: "the function's log group in CloudWatch shows what it met",
    ErrorCode.UNKNOWN_ACTION: with_doctor(
        "the API has no route for it, or its stage serves a deployment from before the route:"
        " `wschat provision` makes and deploys it",
        Symptom.UNKNOWN_ACTION,
    ),
    ErrorCode.NOT_REGISTERED: "/register NAME, then /join ROOM",
    ErrorCode.NAME_TAKEN: "choose another: /register NAME",
    ErrorCode.IN_A_ROOM: "/leave first",
    ErrorCode.NOT_IN_A_ROOM: "/join ROOM, or /create ROOM; /rooms lists them",
    ErrorCode.ROOM_EXISTS: "/join ROOM gets you in",
    ErrorCode.NO_SUCH_ROOM: "/create ROOM makes it; /rooms lists what there is",
    ErrorCode.BUSY: "try again in a moment",
}
PROGRAMS_HINTS: dict[str, str] = {
    ErrorCode.NOT_REGISTERED: "ask for register, then for join",
    ErrorCode.NAME_TAKEN: "choose another: ask for register",
    ErrorCode.IN_A_ROOM: "ask for leave first",
    ErrorCode.NOT_IN_A_ROOM: "ask for join, or for create",
    ErrorCode.ROOM_EXISTS: "join gets you in",
    ErrorCode.NO_SUCH_ROOM: "create makes it",
}
"""The same by the actions of programs, which have no commands."""
IN_A_PIPE = "choose another: --name NAME, or the line /register NAME"
"""What to do about a name that is taken, where nobody types."""

FUNCTIONS: dict[str, str] = {
    Action.REGISTER: "RegisterUser",
    Action.CREATE: "CreateRoom",
    Action.JOIN: "JoinRoom",
    Action.MESSAGE: "SendMessage",
    Action.LEAVE: "LeaveRoom",
}

# The texts of API Gateway's own frames; {function} is the one that the request's route calls.
GATEWAY: dict[str, Advice] = {
    "Forbidden": Advice(
        "API Gateway has no route for this action, its stage serves an old deployment, or asks for a key",
        "`wschat provision` makes and deploys it",
        Symptom.FORBIDDEN,
    ),
    "Internal server error": Advice(
        "the function failed, or API Gateway could not call it",
        "`wschat logs` shows what {function} raised",
        Symptom.FAILED,
    ),
    "Endpoint request timed out": Advice(
        "the function did not answer in the time that API Gateway gives it, at most 29 seconds",
        "`wschat logs` shows how long {function} took",
        Symptom.TIMED_OUT,
    ),
    "Too Many Requests": Advice(
        "the stage's throttle, the account's or the function's takes no more for now",
        "wait a few seconds and try again; if it stays so, `wschat status` shows a throttle",
        Symptom.THROTTLED,
    ),
    "Bad request body": Advice(
        "a request model of the route does not allow the request",
        "`wschat status` shows it, `wschat provision` takes it away",
        Symptom.BAD_BODY,
    ),
}

OTHER_WIRES = (
    "or, where the lab's own functions answer, start the chat with --wire lab, or with --wire simple if they"
    " are those of its simple edition"
)
FORGOTTEN = Advice("it may have arrived, or not: the room can't tell", "look, then say it again")
CUT = Advice("it may have arrived, or not: the connection was lost", "look, then type it again")
NO_REPLY = Advice(
    "no answer came",
    "perhaps its route has no route response (`wschat status`), {function} hangs (`wschat logs`), or the"
    " network does",
    Symptom.SILENT,
)
