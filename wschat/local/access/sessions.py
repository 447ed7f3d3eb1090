"""The credentials that a function gets: a session of its role, whose secret nobody can guess.

MiniStack derives all of it, the secret and the token too, from the names of the function and the role.
"""

from threading import Lock
from typing import Any

from ministack.core import lambda_runtime
from ministack.core.arn import parse_arn
from ministack.services import lambda_svc, sts
from ministack.services.iam import _gen_secret, _gen_session_access_key, _gen_session_token

from wschat.local.gateway.model import Json

NAME_CHARACTERS = 64
_register, _alone = sts.register_session, Lock()


def use_secret_sessions() -> None:
    """Let each process that MiniStack starts for a function have a session of its own from now on."""
    for module in (lambda_runtime, lambda_svc):
        module.execution_credentials = begin_session
    sts.register_session = register


def register(access_key: str, session: Json) -> None:
    """Register a session while no other thread does: MiniStack looks through all for those that are over."""
    with _alone:
        _register(access_key, session)


def begin_session(function: Json) -> dict[str, str]:
    """Begin a session of a function's role; return the variables that tell its credentials."""
    account = parse_arn(function["FunctionArn"]).account_id
    role, name = function["Role"].rpartition("/")[2], function["FunctionName"][:NAME_CHARACTERS]
    key: dict[str, Any] = {
        "AWS_ACCESS_KEY_ID": _gen_session_access_key(),
        "AWS_SECRET_ACCESS_KEY": _gen_secret(),
        "AWS_SESSION_TOKEN": _gen_session_token(),
    }
    session = {
        "Arn": f"arn:aws:sts::{account}:assumed-role/{role}/{name}",
        "UserId": f"{role}:{name}",
        "SecretAccessKey": key["AWS_SECRET_ACCESS_KEY"],
        "SessionToken": key["AWS_SESSION_TOKEN"],
    }
    sts.register_session(key["AWS_ACCESS_KEY_ID"], session)
    return key
