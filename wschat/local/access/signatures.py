"""Who signed a request: the signature is recomputed, before MiniStack sees the request.

MiniStack itself takes for its root who names the key `test`, or any twelve digits, or none, and lets it sign
as it likes. Of its parts those are used that compute (AWS's Signature Version 4) and that keep the keys.
"""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from urllib.parse import parse_qs

from ministack.core.iam_evaluator import (
    AmbiguousAccessKeyError,
    AuthError,
    CredentialResolutionError,
    ResolvedCredential,
    _verified_key,
    find_iam_access_key_account,
    is_root_access_key,
    resolve_credential,
)
from ministack.core.responses import get_account_id, set_request_account_id
from ministack.core.router import extract_access_key_id
from ministack.core.sigv4 import (
    UNSIGNED_PAYLOAD,
    HeaderSignature,
    decode_header_value,
    header_signature_failure,
    parse_header_signature,
    parse_query_signature,
    presigned_request_is_expired,
    request_time_failure,
)

ALGORITHM = "AWS4-HMAC-SHA256"
QUERY = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "AWSAccessKeyId")
"""The parameters that make a URL a signed one, of this version or an older one."""
LIFETIME_S, LONGEST_LIFETIME_S = "300", 604_800
"""How long a URL's signature is good for, where it does not say, and at most."""
AMZ_DATE = re.compile(r"\d{8}T\d{6}Z")
UNKNOWN = AuthError("UnrecognizedClientException", "The security token included in the request is invalid.")
MISSING = AuthError("MissingAuthenticationToken", "Request is missing Authentication Token")
UNSUPPORTED = AuthError("UnsupportedSignature", f"The request must be signed once, and with {ALGORITHM}.")


@dataclass(frozen=True)
class Asked:
    """A request as it came, without its body; the names of its headers are in lower case."""

    method: str
    raw_path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    twice_signed: bool = False

    @classmethod
    def of(
        cls, method: str, raw_path: bytes, query: bytes, headers: Iterable[tuple[bytes, bytes]]
    ) -> "Asked":
        """Read a request; the lines of a header that has several are joined by commas, as they are signed."""
        joined: dict[str, str] = {}
        lines = 0
        for raw_name, raw_value in headers:
            name, value = raw_name.decode("latin-1").lower(), decode_header_value(raw_value)
            joined[name] = f"{joined[name]},{value}" if name in joined else value
            lines += name == "authorization"
        parameters = parse_qs(query.decode("utf-8", "replace"), keep_blank_values=True)
        signed = lines + any(name in parameters for name in QUERY)
        return cls(method, raw_path.decode("latin-1"), parameters, joined, twice_signed=signed > 1)


@dataclass(frozen=True)
class Claim:
    """Who a request says it is from, and the signature that must prove it."""

    signature: HeaderSignature
    credential: ResolvedCredential
    presigned: bool


def claim_of(asked: Asked) -> Claim | AuthError:
    """Return the claim of a request that is signed for now, with a key that there is; or its refusal.

    The account of the key is the context's from then on, as MiniStack needs it.
    """
    authorization = asked.headers.get("authorization", "")
    presigned = not authorization
    if presigned and not any(name in asked.query for name in QUERY):
        return MISSING
    if not (presigned or authorization.startswith("AWS")):  # such as Basic: nobody's signature
        return MISSING
    if asked.twice_signed or not (presigned or authorization.startswith(f"{ALGORITHM} ")):
        return UNSUPPORTED
    signature = parse_query_signature(asked.query) if presigned else parse_header_signature(asked.headers)
    if isinstance(signature, tuple):
        return AuthError(*signature)
    # MiniStack will look for the key in its own way: it must find the one that is checked here
    key = signature.access_key_id
    named = [ALGORITHM] if not presigned else asked.query.get("X-Amz-Algorithm")
    if named != [ALGORITHM] or extract_access_key_id(asked.headers, asked.query) != key:
        return UNSUPPORTED
    late = _untimely(asked, signature, presigned=presigned)
    return late or _resolved(asked, signature, presigned=presigned)


def failure_of(asked: Asked, claim: Claim, body: bytes, *, explain: bool = False) -> AuthError | None:
    """Return why a claim is not proved by its signature, over a body as it came; None if it is.

    If it is, MiniStack knows, in this context. `explain`: say what should be signed, as API Gateway does.
    """
    told = asked.headers.get("x-amz-content-sha256", "")
    free = claim.signature.service == "s3" and (told == UNSIGNED_PAYLOAD or told.startswith("STREAMING-"))
    if told and not free and told != sha256(body).hexdigest():
        return AuthError("SignatureDoesNotMatch", "The payload is not the one that was signed.")
    signed = claim.signature.signed_headers.split(";")
    needed = ("host", *(name for name in asked.headers if name.startswith("x-amz-")))
    if unsigned := [name for name in needed if name not in signed]:
        which = "'Host' or ':authority'" if "host" in unsigned else f"'{unsigned[0]}'"
        return AuthError(
            "SignatureDoesNotMatch", f"{which} must be a 'SignedHeader' in the AWS Authorization."
        )
    failed = header_signature_failure(
        claim.signature,
        claim.credential.secret_access_key,
        asked.method,
        asked.raw_path,
        asked.query,
        asked.headers,
        body,
        presigned=claim.presigned,
        explain=explain,
    )
    if failed:
        return AuthError(*failed)
    _verified_key.set(claim.signature.access_key_id)
    return None


def _untimely(asked: Asked, signature: HeaderSignature, *, presigned: bool) -> AuthError | None:
    """Return why a signature is not good now; a URL's is as long as it says."""
    date = signature.amz_date
    if not _is_date(date):
        return AuthError("SignatureDoesNotMatch", f"Date must be in ISO-8601 'basic format'. Got '{date}'.")
    skewed = request_time_failure(signature)
    if skewed and not (presigned and skewed[1].startswith("Signature expired")):
        return AuthError(*skewed)
    lifetime = asked.query.get("X-Amz-Expires", [LIFETIME_S])[0]
    if not presigned:
        return None
    if not (lifetime.isdecimal() and int(lifetime) <= LONGEST_LIFETIME_S):
        why = f"X-Amz-Expires must be a number of seconds, and at most {LONGEST_LIFETIME_S}."
        return AuthError("SignatureDoesNotMatch", why)
    if presigned_request_is_expired(date, lifetime):
        return AuthError("RequestExpired", f"Signature expired: {date} is more than {lifetime} s ago")
    return None


def _is_date(text: str) -> bool:
    try:
        return bool(AMZ_DATE.fullmatch(text) and datetime.fromisoformat(text))
    except ValueError:
        return False


def _resolved(asked: Asked, signature: HeaderSignature, *, presigned: bool) -> Claim | AuthError:
    """Find the key: the lab's root, a person's in its IAM, or a session's with its token."""
    key: str = signature.access_key_id
    if is_root_access_key(key) and key != os.environ.get("AWS_ACCESS_KEY_ID"):
        return UNKNOWN
    try:
        set_request_account_id(find_iam_access_key_account(key) or key)
    except AmbiguousAccessKeyError:
        return UNKNOWN
    in_query = asked.query.get("X-Amz-Security-Token", [""])[0]
    token = in_query if presigned else asked.headers.get("x-amz-security-token", "")
    found = resolve_credential(key, get_account_id(), token)
    if isinstance(found, CredentialResolutionError):
        if found.code != "InvalidToken":
            return AuthError(found.code, found.message)
        return AuthError(found.code, UNKNOWN.message) if token else UNKNOWN
    return Claim(signature, found, presigned)
