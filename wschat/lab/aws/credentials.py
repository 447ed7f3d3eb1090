"""AWS credentials: got where botocore finds them, and told what is wrong with them, and where they stand.

What may ask a person does so at the terminal, when they are got for the first time, and never on standard
input, which may be a chat's. What fails here is a fault of the credentials, unless AWS could not be reached.
"""

import os
import re
import signal
import subprocess
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from getpass import getpass
from typing import Any

from botocore.credentials import Credentials, ProcessProvider, ReadOnlyCredentials, create_credential_resolver

from wschat.errors import AccessError
from wschat.lab.aws.errors import ANSWERED, CONNECTING, LOG_IN_AGAIN, LOGGED_OUT, Text, translated
from wschat.lab.aws.settings import MEND, Settings

TERMINAL = "/dev/tty"
IN_ENVIRONMENT = "the AWS keys in the environment"
PATIENCE_S = 120.0
"""How long a credential_process may take that can ask nobody."""
ROLES: dict[str, Any] = {}
"""The sessions of roles and logins that this run has got: their code (MFA) is asked for once."""
NONE = "no usable AWS credentials"
NO_CREDENTIALS = (
    "run `aws configure`, set AWS_PROFILE, or give --profile; without an account there is"
    " `wschat chat --local`"
)
NO_TERMINAL = "a code is needed (MFA), and there is no terminal to ask for it"
ELSEWHERE = "run it in a terminal, or set credentials that need none (`aws sts get-session-token`)"
BY_HAND = "run that command by hand; it stands in the AWS config file"
ZONE = "write it as 2026-01-31T12:00:00Z"
# fmt: off
GETTING: tuple[Text, ...] = (
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
BY_AWS: tuple[Text, ...] = (
    *CONNECTING,
    *ANSWERED,
    (AccessError, "ParamValidationError", "failed:\\s+([^\n]*)", "AWS would refuse this: {0}", MEND),
    (AccessError, "ClientError", "", "AWS gives no credentials: {text}", MEND),
)
EXPIRATION: tuple[Text, ...] = (
    (AccessError, "builtins.TypeError", "offset-naive",
        "the time when they run out (Expiration, AWS_CREDENTIAL_EXPIRATION) has no time zone", ZONE),
    (AccessError, "dateutil.parser._parser.ParserError", "",
        "the time when they run out (Expiration, AWS_CREDENTIAL_EXPIRATION) is no time", ZONE),
)
# fmt: on
"""What people read of what fails while credentials are got; what else a provider says may hold secrets."""
UNUSABLE = ("these credentials can't be used ({name})", "mend it, or take it away")
AT_HAND, LOGINS = {"container-role", "iam-role"}, {"sso", "login"}
"""The providers that ask something beside this machine, and not AWS; and those that a person logs in for."""
LAST = {
    "sso": ("what `aws sso login` left in ~/.aws/sso/cache can't be used ({name})", LOG_IN_AGAIN),
    "login": ("what `aws login` left can't be used ({name})", LOG_IN_AGAIN),
    "custom-process": ("the credential_process, or what it prints, can't be used ({name})", BY_HAND),
}
"""What people read of all else, by botocore's name of the provider."""
VARIABLES = {
    "env": ("AWS_ACCESS_KEY_ID",),
    "assume-role-with-web-identity": ("AWS_WEB_IDENTITY_TOKEN_FILE",),
    "container-role": ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"),
    "ec2-credentials-file": ("AWS_CREDENTIAL_FILE",),
    "boto-config": ("BOTO_CONFIG",),
}
"""By which variables a provider is chosen, where it is one that the environment can choose."""
OPTIONS = {
    "assume-role": "role_arn",
    "assume-role-with-web-identity": "web_identity_token_file",
    "sso": "sso_account_id",
    "login": "login_session",
    "custom-process": "credential_process",
    "config-file": "aws_access_key_id",
}
"""By which option of the profile, otherwise."""
KEYS = {
    "env": ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
    "shared-credentials-file": ("aws_access_key_id", "aws_secret_access_key", "aws_session_token"),
    "config-file": ("aws_access_key_id", "aws_secret_access_key", "aws_session_token"),
}
PARTS = ("AccessKeyId", "SecretAccessKey", "SessionToken")
"""What the parts of credentials are called where they come from, and everywhere else."""
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
            place = _place(settings, each.METHOD)
            text = (AccessError, "builtins.Exception", "", *LAST.get(each.METHOD, UNUSABLE))
            by_aws = () if each.METHOD in AT_HAND else BY_AWS
            expiration = () if each.METHOD in LOGINS else EXPIRATION
            tell = partial(translated, place, (*GETTING, *by_aws, *expiration, text))
            with tell():
                found = each.load()
            if found:
                settings.came_from = place
                return Got(found, tell, person)
        raise AccessError(NONE, where="credentials", hint=NO_CREDENTIALS + settings.absent)


class Got(Credentials):
    """Credentials that are got, and renewed, by `get_frozen_credentials` alone, which tells what is wrong.

    What can't be renewed in time is used until it runs out.
    """

    def __init__(
        self, found: Credentials, tell: Callable[[], AbstractContextManager[None]], person: "Person"
    ) -> None:
        self.method = found.method
        self._found: Any = found
        self._tell, self._person = tell, person
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
            _check(frozen, KEYS.get(self.method, PARTS))
        self._last, self._person.may_be_asked = frozen, False
        return frozen

    access_key = property(lambda self: self.get_frozen_credentials().access_key)
    secret_key = property(lambda self: self.get_frozen_credentials().secret_key)
    token = property(lambda self: self.get_frozen_credentials().token)
    account_id = property(lambda self: self.get_frozen_credentials().account_id)


class Person:
    """Who sits at the terminal, and may be asked until the credentials are there; after that, never."""

    def __init__(self) -> None:
        self.may_be_asked = True

    def tell_code(self, prompt: str) -> str:
        """Ask for a code (MFA).

        Raises:
            AccessError: there is no terminal.
            EOFError: nothing is typed.
        """
        terminal = self._terminal()
        if terminal is None:
            raise AccessError(NO_TERMINAL, hint=ELSEWHERE)
        os.close(terminal)
        if code := getpass(prompt).strip():
            return code
        raise EOFError

    def run(self, command: list[str], stdout: int, stderr: int) -> "Process":
        """Run a credential_process: at the terminal, or else apart from it, with nothing to read."""
        terminal = self._terminal()
        if terminal is None:
            return Process(command, subprocess.DEVNULL, stdout, stderr, apart=True)
        try:
            return Process(command, terminal, stdout, stderr)
        finally:
            os.close(terminal)

    def _terminal(self) -> int | None:
        try:
            return os.open(TERMINAL, os.O_RDWR) if self.may_be_asked else None
        except OSError:
            return None


class Process(subprocess.Popen[bytes]):
    """A credential_process; it is not waited for for ever where it can ask nobody."""

    def __init__(
        self, command: list[str], stdin: int, stdout: int, stderr: int, *, apart: bool = False
    ) -> None:
        self._patience = PATIENCE_S if apart else None
        super().__init__(command, stdin=stdin, stdout=stdout, stderr=stderr, start_new_session=apart)

    def communicate(self, *_: object) -> tuple[bytes, bytes]:
        """Return what it prints.

        Raises:
            AccessError: it fails, or does not end in time.
        """
        try:
            printed = super().communicate(timeout=self._patience)
        except subprocess.TimeoutExpired:
            os.killpg(self.pid, signal.SIGKILL)
            self.wait()
            for pipe in (self.stdout, self.stderr):
                if pipe:
                    pipe.close()
            what = f"the credential_process did not end within {self._patience:g} s, and can ask nobody here"
            raise AccessError(what, hint=BY_HAND) from None
        if self.returncode:
            apart = ", and can ask nobody here" if self._patience else ""
            what = f"the credential_process failed with exit code {self.returncode}{apart}"
            raise AccessError(what, hint=BY_HAND)
        return printed


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


def _place(settings: Settings, method: str) -> str:
    """Return where a provider finds credentials: the variable and its value, or the option and the file."""
    if found := next((each for each in VARIABLES.get(method, ()) if os.environ.get(each)), None):
        return IN_ENVIRONMENT if method == "env" else f"{found}={os.environ[found].partition('?')[0]}"
    if method == "shared-credentials-file":
        return f"profile {settings.profile or 'default'} of {settings.named('credentials_file')}"
    return f"{OPTIONS[method]} of {settings.place}" if method in OPTIONS else method
