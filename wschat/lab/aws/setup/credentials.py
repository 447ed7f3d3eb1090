"""AWS credentials: got where botocore finds them, and told what is wrong with them, and where they stand.

What fails here is a fault of the credentials, unless AWS could not be reached.
"""

import os
import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any

from botocore.credentials import Credentials, ProcessProvider, ReadOnlyCredentials, create_credential_resolver

from wschat.errors import AccessError
from wschat.lab.aws.errors import translated
from wschat.lab.aws.setup.prompts import BY_HAND, Person
from wschat.lab.aws.setup.settings import MEND, Settings
from wschat.lab.aws.texts.explanations import ANSWERED, CONNECTING, LOG_IN_AGAIN, LOGGED_OUT, Explanation

IN_ENVIRONMENT = "the AWS keys in the environment"
ROLES: dict[str, Any] = {}
"""The sessions of roles and logins that this run has got: their code (MFA) is asked for once."""
NONE = "no usable AWS credentials"
NO_CREDENTIALS = (
    "run `aws configure`, set AWS_PROFILE, or give --profile; without an account there is"
    " `wschat chat --local`"
)
ZONE = "write it as 2026-01-31T12:00:00Z"
# fmt: off
GETTING: tuple[Explanation, ...] = (
    (AccessError, "RefreshWithMFAUnsupportedError", "",
        "the session that began with a code (MFA) has run out, and only another code renews it",
        "start the same command again, with a new code"),
    (AccessError, "SSOError TokenRetrievalError NoAuthTokenError LoginError", "", LOGGED_OUT, LOG_IN_AGAIN),
    (AccessError, "builtins.RuntimeError", "still expired", LOGGED_OUT, LOG_IN_AGAIN),
    (AccessError, "MissingDependencyException", "",
        "{text}", "what `aws login` left can be read only with it: install it beside wschat"),
    (AccessError, "PartialCredentialsError", "", NONE + ": {cred_var} is missing",
        "set it, too, or take the others away"),
    (AccessError, "CredentialRetrievalError", "Unsupported version|Missing required", NONE + ": {error_msg}",
        BY_HAND),
    (AccessError, "CredentialRetrievalError", "non 200 response (\\d+)",
        NONE + ": HTTP {0} is answered there", "take that variable away outside of a container"),
    (AccessError, "CredentialRetrievalError", "parse JSON", NONE + ": no JSON is answered there",
        "take that variable away outside of a container"),
    (AccessError, "CredentialRetrievalError", "connect|timeout",
        NONE + ": nothing answers there", "take that variable away outside of a container"),
    (AccessError, "InvalidConfigError", "", "{text}", MEND),
    (AccessError, "ConfigNotFound", "", NONE + ": there is no file {path}", MEND),
    (AccessError, "json.decoder.JSONDecodeError", "", "a credential_process did not print JSON", BY_HAND),
    (AccessError, "builtins.ValueError", "No closing", "its quotation marks do not match", MEND),
    (AccessError, "builtins.OSError", "", "{file} can't be used: {reason}", MEND),
    (AccessError, "builtins.EOFError", "", NONE + ": no code (MFA) was typed",
        "start the same command again"),
    (AccessError, "AccessDenied", "MultiFactorAuthentication", "{text}",
        "wait for the next code, and start the same command again"),
)
BY_AWS: tuple[Explanation, ...] = (
    *CONNECTING,
    *ANSWERED,
    (AccessError, "ParamValidationError", "failed:\\s+([^\n]*)", "AWS would refuse this: {0}", MEND),
    (AccessError, "ClientError", "", "AWS gives no credentials: {text}", MEND),
)
EXPIRATION: tuple[Explanation, ...] = (
    (AccessError, "builtins.TypeError", "offset-naive",
        "the time when they run out (Expiration, AWS_CREDENTIAL_EXPIRATION) has no time zone", ZONE),
    (AccessError, "dateutil.parser._parser.ParserError", "",
        "the time when they run out (Expiration, AWS_CREDENTIAL_EXPIRATION) is no time", ZONE),
)
# fmt: on
"""What people read of what fails while credentials are got; what else a provider says may hold secrets."""
PARTS = ("AccessKeyId", "SecretAccessKey", "SessionToken")
IN_ENVIRON = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
IN_FILE = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")


@dataclass(frozen=True)
class Source:
    """What is known of a provider of botocore's chain.

    Attributes:
        variables: those of which one, if it is set, says where it finds credentials.
        option: that of the profile, otherwise.
        parts: what the parts of credentials are called there.
        texts: what people read of what fails, beside `GETTING`.
        otherwise: what they read of all else, and a hint.
    """

    variables: tuple[str, ...] = ()
    option: str = ""
    parts: tuple[str, str, str] = PARTS
    texts: tuple[Explanation, ...] = (*BY_AWS, *EXPIRATION)
    otherwise: tuple[str, str] = ("these credentials can't be used ({name})", "mend it, or take it away")


CONTAINER = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI")
SSO = ("what `aws sso login` left in ~/.aws/sso/cache can't be used ({name})", LOG_IN_AGAIN)
LOGIN = ("what `aws login` left can't be used ({name})", LOG_IN_AGAIN)
PROCESS = ("the credential_process, or what it prints, can't be used ({name})", BY_HAND)
SOURCES = {
    "env": Source(IN_ENVIRON[:1], parts=IN_ENVIRON),
    "assume-role": Source(option="role_arn"),
    "assume-role-with-web-identity": Source(("AWS_WEB_IDENTITY_TOKEN_FILE",), "web_identity_token_file"),
    "sso": Source(option="sso_account_id", texts=BY_AWS, otherwise=SSO),
    "shared-credentials-file": Source(parts=IN_FILE),
    "login": Source(option="login_session", texts=BY_AWS, otherwise=LOGIN),
    "custom-process": Source(option="credential_process", otherwise=PROCESS),
    "config-file": Source(option="aws_access_key_id", parts=IN_FILE),
    "ec2-credentials-file": Source(("AWS_CREDENTIAL_FILE",)),
    "boto-config": Source(("BOTO_CONFIG",)),
    "container-role": Source(CONTAINER, texts=EXPIRATION),  # these two ask somebody else than AWS
    "iam-role": Source(texts=EXPIRATION),
}
"""By botocore's names, in about the order in which it asks them."""
NO_TEXT = "-"  # which is no key
FLAWS = (
    (r"\r", "it has a carriage return in it, as Windows ends its lines"),
    (r"\s", "it has a blank or a line break in it"),
    ("^[\"']", "it has quotation marks around it"),
    ("[^!-~]", "it has a character in it that no key has"),
    ("^$", "it is empty"),
    (f"^{NO_TEXT}$", "it is no text"),
)


class Chain:
    """botocore's chain of providers of credentials, as its session's component."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def load_credentials(self) -> Credentials:
        """Return the credentials of the first provider that has any.

        Raises:
            AccessError: there are none, or what was found can't be used.
            AwsError: AWS, which gives them, can't be reached.
        """
        settings, person = self._settings, Person()
        with settings.reading():
            region = settings.get_config_variable("region")
            resolver: Any = create_credential_resolver(settings, ROLES, region)
        role = resolver.get_provider("assume-role")
        role._prompter = person.tell_code  # noqa: SLF001  botocore would ask on stdin, and has no other way
        process = partial(ProcessProvider, load_config=lambda: settings.full_config, popen=person.run)
        role._profile_provider_builder._create_process_provider = process  # noqa: SLF001
        for provider in resolver.providers:
            is_process = provider.METHOD == ProcessProvider.METHOD
            each = process(settings.profile or "default") if is_process else provider
            source = SOURCES.get(each.METHOD, Source())
            place = _place(settings, each.METHOD, source)
            otherwise = (AccessError, "builtins.Exception", "", *source.otherwise)
            tell = partial(translated, place, (*GETTING, *source.texts, otherwise))
            with tell():
                found = each.load()
            if found:
                settings.came_from = place
                return Got(found, source.parts, tell, person)
        raise AccessError(NONE, where="credentials", hint=NO_CREDENTIALS + settings.absent)


class Got(Credentials):
    """Credentials that are got, and renewed, by `get_frozen_credentials` alone, which tells what is wrong.

    What can't be renewed in time is used until it runs out.
    """

    def __init__(
        self,
        found: Credentials,
        parts: tuple[str, str, str],
        tell: Callable[[], AbstractContextManager[None]],
        person: Person,
    ) -> None:
        self.method = found.method
        self._found: Any = found
        self._parts, self._tell, self._person = parts, tell, person
        self._last: ReadOnlyCredentials | None = None

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        """Return them as they are now, renewed if they run out soon.

        Raises:
            AccessError: they have run out, or can't be used.
            AwsError: AWS, which renews them, can't be reached.
        """
        with self._tell():
            try:
                frozen: ReadOnlyCredentials = self._found.get_frozen_credentials()
            except Exception:
                if self._last is None or self._found.refresh_needed(refresh_in=0):
                    raise
                return self._last
            _check(frozen, self._parts)
        self._last, self._person.may_be_asked = frozen, False
        return frozen

    access_key = property(lambda self: self.get_frozen_credentials().access_key)
    secret_key = property(lambda self: self.get_frozen_credentials().secret_key)
    token = property(lambda self: self.get_frozen_credentials().token)
    account_id = property(lambda self: self.get_frozen_credentials().account_id)


def _check(credentials: ReadOnlyCredentials, names: Sequence[str]) -> None:
    """Refuse what no header of HTTP can hold, and what was not copied whole.

    Raises:
        AccessError: it is such; it names the part, and shows nothing of it.
    """
    for name, value in zip(names, credentials, strict=False):
        if value is None and name == names[-1]:
            continue
        text = value if isinstance(value, str) else NO_TEXT
        if flaw := next((told for flaw, told in FLAWS if re.search(flaw, text)), None):
            raise AccessError(f"{name} can't be used: {flaw}", hint="copy it again, and nothing with it")


def _place(settings: Settings, method: str, source: Source) -> str:
    """Return where a provider finds credentials: the variable and its value, or the option and the file."""
    if found := next((each for each in source.variables if os.environ.get(each)), None):
        return IN_ENVIRONMENT if method == "env" else f"{found}={os.environ[found].partition('?')[0]}"
    if method == "shared-credentials-file":
        return f"profile {settings.profile or 'default'} of {settings.named('credentials_file')}"
    return f"{source.option} of {settings.place}" if source.option else method
