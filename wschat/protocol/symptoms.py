"""What somebody sees who meets a lab that does not work."""

from enum import StrEnum


class Symptom(StrEnum):
    """What is seen, in the words of who sees it."""

    NO_URL = "the URL is malformed"
    NO_HOST = "there is no host of that name"
    NO_REGION = "no such region is known, and there is no host of that name"
    NOTHING_LISTENS = "connection refused: nothing listens there"
    NO_TLS = "it does not speak TLS"
    CERTIFICATE = "its certificate is not valid"
    PROXY = "the proxy can't be used"
    NO_ANSWER = "nothing answers in time"
    NO_WEBSOCKET = "there is no WebSocket API at this address"
    REDIRECTED = "the handshake is sent on to another address"
    REFUSED = "the handshake is refused with 403, Forbidden"
    TURNED_AWAY = "the handshake is refused with a text of the function's own"
    UNSIGNED = "the handshake is refused with 403, Missing Authentication Token"
    SIGNATURE = "the handshake is refused for its signature"
    CLOCK = "the handshake is refused: the signature's time is wrong"
    NOT_ALLOWED = "the handshake is refused: not authorized to perform execute-api:Invoke"
    UNAUTHORIZED = "the handshake is refused with 401"
    THROTTLED = "429, or Too Many Requests"
    CANNOT_CALL = "the handshake is refused with 500"
    CONNECT_FAILED = "the handshake is refused with 502"
    UNAVAILABLE = "the handshake is refused with 503 or another 5xx"
    LOST = "the connection ends by itself"
    FORBIDDEN = "Forbidden, in the chat"
    UNKNOWN_ACTION = "there is no such action (unknown-action)"
    FAILED = "Internal server error, in the chat"
    BAD_BODY = "Bad request body, in the chat"
    TIMED_OUT = "Endpoint request timed out, in the chat"
    SILENT = "a request gets no answer"
    UNREADABLE = "an answer that is not the lab's"
    REFUSED_REQUEST = "the function refuses a request that is as it should be"
    NOT_HEARD = "it is answered, but nobody hears it"
    NAME_STAYS = "whoever left keeps the name"
    OPEN = "it lets in who does not sign"
    NO_PAGE = "the page itself does not open"
    MIXED = "the page can't connect, and the browser speaks of mixed content"
    BLOCKED = "the page can't connect, and the browser speaks of its Content-Security-Policy"
    STAYS = "teardown leaves something, or refuses"
    NOTHING_YET = "nothing is wrong to see, yet"


DOCTOR = "`wschat doctor` finds the cause"
PASSING = frozenset({Symptom.LOST, Symptom.UNAVAILABLE})
"""What passes by itself, and as a rule has no cause in the lab."""


def with_doctor(hint: str, symptom: Symptom | None) -> str:
    """Return a hint that ends with the command that finds the cause of a symptom, if there is one to find."""
    return f"{hint}{'; ' if hint else ''}{DOCTOR}" if symptom and symptom not in PASSING else hint
