"""What is replaced in a recording: secrets, and what tells whose an account is; the same by the same."""

import hmac
import ipaddress
import json
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

from wschat.target import is_here

SHORTEST_SECRET = 16
"""Characters that a credential has at least: AWS's key ids."""
SHORTEST_API_ID = 6
HIDDEN = "hidden-"
BRACKETS = {"{", "["}
NAMES = (
    r"(?:authorization|cookie2?|api[-_]?key|access[-_]?key(?:[-_]?id)?|private[-_]?key|secret[-_]?key"
    r"|password|passwd|passphrase|pass|pwd|secret(?:[-_]?(?:string|binary|value))?|credential|signature|token"
    r"|jwt|marker)s?"
)
"""How the names of secrets end; tokens and markers of the pages of a list are among them."""
SECRET_NAME = re.compile(rf".*(?:{NAMES})|variables|location", re.IGNORECASE)
"""Names of what is or holds secrets; the last two are a function's environment, and the URL of its code."""
SAID = {"text", "message", "reason"}
"""Names of what people or functions have said: a frame's text, a line of a log, why somebody left."""
API_ID = re.compile("(?:rest)?apiid", re.IGNORECASE)
API_IDS = re.compile(
    r"\b([a-z0-9]{6,12})\.execute-api\.|/_aws/execute-api/([a-z0-9]+)|/apis/([a-z0-9]{6,12})\b"
    r"|execute-api(?::|%3A)[a-z0-9-]*(?::|%3A)[\d*]*(?::|%3A)([a-z0-9]{6,12})\b"
    r"|/aws/apigateway/([a-z0-9]+)|identifier specified \d+:([a-z0-9]+)"
)
"""Where an API's id stands: in hosts, paths, ARNs, names of log groups and refusals."""
AWS_HOST = re.compile(r"(?:[\w-]+\.execute-api|[a-z]+)(?:\.[a-z]+(?:-[a-z]+)+-\d)?\.amazonaws\.com(?:\.cn)?")
HOST = re.compile(r"\b\w+://(?:[^/\s\"'\\]+@)?([\w.-]*[A-Za-z][\w.-]{2,})")
ECHO = "The Canonical String"
"""Begins what AWS shows of a wrong signature: all that was signed, a security token included."""

Digest = Callable[[str], str]
Replace = Callable[[Digest, re.Match[str]], str]


class Redaction:
    """Replaces credentials, and what tells whose an account is; `key` makes the stand-ins.

    A stand-in has the form of what it stands for where somebody may read it: an account id has 12 digits, an
    address is one (of 198.18.0.0/15), a key id begins as it did.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._known: dict[str, str] = {}

    def hide(self, *values: str | None) -> None:
        """Replace these secrets wherever they stand."""
        long = [value for value in values if value and len(value) >= SHORTEST_SECRET]
        self._known |= {value: _hidden(self._digest, value) for value in long}

    def redact(self, value: Any) -> Any:  # noqa: ANN401  any JSON, and what boto3 takes
        """Return a value as JSON, without what must not be told; of bytes that are no text, their number."""
        self._learn(value)
        return self._redact(value)

    def _learn(self, value: Any, name: str = "") -> None:  # noqa: ANN401
        """Find APIs' ids, and hosts, which are replaced from then on wherever they stand.

        What anybody may have said teaches nothing: it could name any word a host.
        """
        match value:
            case Mapping():
                for key in value.keys() - SAID:
                    self._learn(value[key], str(key))
            case list() | tuple():
                for each in value:
                    self._learn(each, name)
            case str() | bytes() | bytearray():
                text = value if isinstance(value, str) else value.decode(errors="replace")
                self._known |= self._places(text, [text] if API_ID.fullmatch(name) else [])

    def _places(self, text: str, ids: Iterable[str] = ()) -> dict[str, str]:
        """Return the stand-ins of the hosts and the APIs' ids in a text, and of these ids."""
        found = [*ids, *(group for match in API_IDS.finditer(text) for group in match.groups() if group)]
        apis = {each: f"api{self._digest(each)[:7]}" for each in found if len(each) >= SHORTEST_API_ID}
        hosts = (host for host in HOST.findall(text) if not (is_here(host) or AWS_HOST.fullmatch(host)))
        return apis | {
            form: f"host-{self._digest(host.lower())[:8]}.example"
            for host in hosts
            for form in (host, host.lower())  # as a URL has it, and as a handshake's header
        }

    def _redact(self, value: Any) -> Any:  # noqa: ANN401
        match value:
            case Mapping():
                tag = {"Value": str(value.get("Key"))}
                return {
                    self._text(str(name)): self._hide(each)
                    if SECRET_NAME.fullmatch(tag.get(str(name), str(name)))
                    else self._redact(each)
                    for name, each in value.items()
                }
            case list() | tuple():
                return [self._redact(each) for each in value]
            case bytes() | bytearray():
                try:
                    return self._text(value.decode())
                except UnicodeDecodeError:
                    return {"bytes": len(value)}
            case None | bool() | int() | float():
                return value
        return self._text(str(value))

    def _hide(self, value: Any) -> Any:  # noqa: ANN401
        match value:
            case Mapping():
                return {self._text(str(name)): self._hide(each) for name, each in value.items()}
            case list() | tuple():
                return [self._hide(each) for each in value]
            case None | bool():
                return value
        return _hidden(self._digest, str(value))

    def _text(self, text: str) -> str:
        """Replace what a text holds; JSON is written anew if that was something, and else stays as it was."""
        if text[:1] in BRACKETS:
            with suppress(ValueError, RecursionError):
                told = json.loads(text)
                redacted = self._redact(told)
                return text if redacted == told else json.dumps(redacted, ensure_ascii=False)
        text, cut, _ = text.partition(ECHO)
        if known := self._known | self._places(text):
            longest_first = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
            text = re.sub(longest_first, lambda match: known[match[0]], text)
        for pattern, replace in RULES:
            text = pattern.sub(lambda match, replace=replace: replace(self._digest, match), text)  # type: ignore[misc]
        return f"{text}…" if cut else text

    def _digest(self, text: str) -> str:
        return hmac.new(self._key, text.encode(errors="surrogatepass"), "sha256").hexdigest()


def _hidden(digest: Digest, text: str) -> str:
    return text if text.startswith(HIDDEN) or not text else f"{HIDDEN}{digest(text)[:12]}"


def _group(number: int) -> Replace:
    """Return what hides one group of a match, and keeps the rest."""

    def replace(digest: Digest, match: re.Match[str]) -> str:
        start, end = (place - match.start() for place in match.span(number))
        return f"{match[0][:start]}{_hidden(digest, match[number])}{match[0][end:]}"

    return replace


def _address(digest: Digest, match: re.Match[str]) -> str:
    try:
        address = ipaddress.ip_address(match[0])
    except ValueError:
        return match[0]
    if address.is_loopback or address.is_unspecified:
        return match[0]
    return str(ipaddress.ip_address("198.18.0.0") + int(digest(match[0])[:8], 16) % 2**17)


def _account(digest: Digest, match: re.Match[str]) -> str:
    return f"{int(digest(match[0]), 16) % 10**9:012}"


def _key_id(digest: Digest, match: re.Match[str]) -> str:
    session = f":{_person(digest, match[2])}" if match[2] else ""
    return f"{match[1][:4]}{digest(match[1])[:16].upper()}{session}"


def _person(digest: Digest, name: str) -> str:
    return f"person-{digest(name)[:8]}"


IS = r"\s*(?:[:=]|%3[AaDd])\s*"
RULES: tuple[tuple[re.Pattern[str], Replace], ...] = tuple(
    (re.compile(pattern), replace)
    for pattern, replace in (
        (r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)", _group(0)),
        # a JSON Web Token
        (r"(?<![\w-])(?=[\w-]+\.[\w-]+\.)[\w-]*?(eyJ[\w-]{8,}\.[\w-]+\.[\w-]*)", _group(1)),
        (r"(?:IQoJ|FwoG|FQoG|AQoD)[\w+/=%-]{60,}", _group(0)),  # a security token
        (r"(?i)\b(?:Bearer|Basic|Digest|AWS4-HMAC-SHA256)\s+([^\"\r\n\\]{8,})", _group(1)),
        (rf"(?is)(?:{NAMES})\\*[\"']?{IS}\[?b?(\\*[\"'])(.*?)(?:(?<!\\)\1|$)", _group(2)),  # "token": "…"
        (rf"(?i)(?:authorization|cookie){IS}([^\"\r\n\\]+)", _group(1)),
        (rf"(?i)(?:{NAMES})\\*[\"']?{IS}([^\s\"'\\,;&<>{{}}\[\]]+)", _group(1)),  # token=…
        (rf"(?i)<\w*(?:{NAMES})>([^<]+)<", _group(1)),
        (rf"(?i)(?:{NAMES})</Key>\s*<Value>([^<]+)<", _group(1)),  # of a tag
        (r"[?&][\w.%~-]+=([^&\s\"'<>#\\]+)", _group(1)),  # what stands in a query
        (r"\b\w+://([^/\s\"'\\]+)@", _group(1)),
        (
            r"(?<![\w/+])(?!/aws/)(?=[\w/+]*\d)(?=[\w/+]*[a-z])(?=[\w/+]*[A-Z])[A-Za-z0-9/+]{40}(?![\w/+=])",
            _group(0),  # a secret key
        ),
        (
            r"((?:AKIA|ASIA|AROA|AIDA|AGPA|AIPA|ANPA|ANVA|APKA|ABIA|ACCA)[A-Z0-9]{12,})(?::([\w+=,.@-]+))?",
            _key_id,
        ),
        (
            r"(:(?:federated-)?user/|:assumed-role/[\w+=,.@-]+/|<UserId>\d{12}:)([\w+=,.@/-]+)",
            lambda digest, match: match[1] + _person(digest, match[2]),
        ),
        (
            r"(?<![\w.+-])(?<!://)[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+",
            lambda digest, match: f"{_person(digest, match[0])}@example.com",
        ),
        (
            r"(?<=/home/)[^/\s\"'\\]+|(?<=/Users/)[^/\s\"'\\]+",
            lambda digest, match: _person(digest, match[0]),
        ),
        (r"(?<!\*)\*{4,}\d{4}(?!\d)", lambda _, __: "********0000"),  # an account id, as refusals show it
        (r"(?<!\d)(?<!\d\.)\d{12}(?!\d)", _account),
        (
            r"(?<![\w:.])(?:\d{1,3}(?:\.\d{1,3}){3}(?!\w)|[0-9a-fA-F]{0,4}:[0-9a-fA-F:.]{1,40}(?![\w:]))",
            _address,
        ),
    )
)
"""What is replaced in a text, in this order."""
