"""The local lab's environment variables, MiniStack's settings too; none of the person's AWS settings."""

import os
from collections.abc import Mapping
from pathlib import Path

from wschat.target import HOST

_PASSED_ON = frozenset(
    {
        *("HOME", "LANG", "LD_LIBRARY_PATH", "PATH", "PYTHONPATH"),
        *("WSCHAT_RECORD", "WSCHAT_STATE_DIR", "XDG_STATE_HOME"),  # provisioning is recorded too
    }
)


def clean_environment(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Build an environment in which Python and the locale work as in `environ`.

    No AWS setting and no proxy gets in, neither from there, nor from the person's files, nor (`NO_PROXY`)
    from the settings of macOS.
    """
    passed_on = {name: environ[name] for name in environ if name in _PASSED_ON or name.startswith("LC_")}
    return passed_on | {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "*",
    }


def ministack_environment(port: int, temporary: Path) -> dict[str, str]:
    """Build MiniStack's settings, which it reads when it is imported: IAM is enforced, Docker is not used."""
    return {
        "AUTH": "true",
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        "TMPDIR": str(temporary),
        # MiniStack's start removes the containers of every other MiniStack.
        "DOCKER_HOST": f"unix://{os.devnull}/none",
    }
