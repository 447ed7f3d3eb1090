"""The local lab's environment variables, MiniStack's settings too; none of the person's AWS settings."""

import os
import shutil
from collections.abc import Mapping, MutableMapping
from pathlib import Path

from wschat.target import HOST

_OWNERS = frozenset({"HOME", "PYTHONPATH", "WSCHAT_RECORD", "WSCHAT_STATE_DIR", "XDG_STATE_HOME"})
"""What provisioning gets besides, which is recorded too; a function does not."""
_PASSED_ON = frozenset({"LANG", "LD_LIBRARY_PATH", "PATH"}) | _OWNERS
_READ_AT_IMPORT = frozenset({"AUTH", "LOG_LEVEL"})
"""MiniStack's settings that would be a function's, which may have its own of these names."""
PROXIES = ("no_proxy", "NO_PROXY")
LAMBDA_PATH = ("/usr/local/bin", "/usr/bin", "/bin", "/opt/bin")


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


def environment_in(
    lab: Mapping[str, str], state_dir: Path, url: str = "", environ: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """Build the environment of a program that is to take a lab for AWS, and sees no other account.

    Args:
        lab: the variables that make it do so.
        state_dir: the lab's state directory.
        url: that of the lab's API; empty: it has none yet.
        environ: the environment it would have else, of which no AWS setting is left.
    """
    kept = {name: environ[name] for name in environ if not name.startswith("AWS_") and name != "WSCHAT_URL"}
    direct = next((environ[name] for name in PROXIES if environ.get(name)), "")
    direct = direct if direct == "*" else f"{direct},{HOST}".lstrip(",")
    own = {"WSCHAT_STATE_DIR": str(state_dir), "WSCHAT_URL": url, **dict.fromkeys(PROXIES, direct)}
    nobody = dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), os.devnull)
    return kept | nobody | {name: value for name, value in (*lab.items(), *own.items()) if value}


def ministack_environment(port: int, temporary: Path) -> dict[str, str]:
    """Build MiniStack's settings, which it reads when it is imported: IAM is enforced, Docker is not used."""
    return {
        "AUTH": "true",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        "TMPDIR": str(temporary),
        # MiniStack's start removes the containers of every other MiniStack.
        "DOCKER_HOST": f"unix://{os.devnull}/none",
    }


def leave_for_functions(environ: MutableMapping[str, str], home: Path, root: Mapping[str, str]) -> None:
    """Leave in this process's environment what its functions may see, which inherit all of it.

    They get a home of their own, and the path that Lambda has, after Node.js's place. `root` are the
    variables by which MiniStack knows its root; a function has its session's in their place. MiniStack must
    have been imported.
    """
    node = shutil.which("node", path=environ.get("PATH"))
    path = dict.fromkeys([*([str(Path(node).parent)] if node else []), *LAMBDA_PATH])
    for name in (_OWNERS | _READ_AT_IMPORT) & {*environ}:
        del environ[name]
    environ.update({"HOME": str(home), "PATH": os.pathsep.join(path), **root})
