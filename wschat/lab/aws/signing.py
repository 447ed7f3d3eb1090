"""botocore's signatures: a signed handshake for each connection to an API that wants to know who it is."""

import re
from collections.abc import Callable
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials

from wschat.errors import UsageError
from wschat.lab.aws.session import get_credentials, make_session
from wschat.target import SignedHandshake, Target, is_here

SERVICE = "execute-api"
LIFETIME = 60  # seconds; API Gateway itself lets any signature live for 5 minutes
LONGEST_URL = 4096  # characters: API Gateway's limit, which a session's token may exceed
OWN_HOST = re.compile(
    r"wss?://(?:[^/?#@]*@)?[^/?#@.]+\.execute-api\.([a-z]+(?:-[a-z]+)+-\d+)\.", re.IGNORECASE
)


def signer(url: str, target: Target, *, longest_url: int = LONGEST_URL) -> Callable[[], SignedHandshake]:
    """Return a function that signs a connection to this URL, with the credentials of the moment of the call.

    The region is that of the API's host, or of the target where the host is a domain of one's own. The
    credentials are asked for now already, so that what they ask for (such as a code) is asked for now.

    Raises:
        UsageError: others on the way could read the signature, and a session's token with it.
        AccessError: unknown profile, no region, no credentials or an expired login; signing raises it too.
    """
    parts = urlsplit(url)
    if parts.scheme == "ws" and not is_here(parts.hostname or ""):
        raise UsageError(
            "what is signed would be readable on the way: ws:// is not encrypted",
            where="--sign",
            hint="use a wss:// URL; or --no-sign, if that lab lets in anyone",
        )
    own_host = OWN_HOST.match(url)
    session = make_session(target.profile, own_host[1].lower() if own_host else target.region)
    credentials = get_credentials(session)

    def sign() -> SignedHandshake:
        return _sign(url, credentials.get_frozen_credentials(), session.region_name, longest_url)

    return sign


def _sign(url: str, credentials: ReadOnlyCredentials, region: str, longest_url: int) -> SignedHandshake:
    """Sign in the query, or in headers where the URL can't hold it: it gets too long, or repeats a name."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    parts = parts._replace(query=urlencode(pairs, quote_via=quote))  # in the one form that both ends sign
    bare = parts._replace(scheme=parts.scheme.replace("ws", "http")).geturl()
    if len(dict(pairs)) == len(pairs):
        request = AWSRequest("GET", bare)
        SigV4QueryAuth(credentials, SERVICE, region, LIFETIME).add_auth(request)
        signed = parts._replace(query=urlsplit(str(request.url)).query).geturl()
        if len(signed) <= longest_url:
            return SignedHandshake(signed, {})
    request = AWSRequest("GET", bare)
    SigV4Auth(credentials, SERVICE, region).add_auth(request)
    return SignedHandshake(parts.geturl(), dict(request.headers.items()))
