"""The zip of one function: its own source, what it shares, and nothing that differs between machines."""

import base64
import hashlib
import io
import zipfile
from functools import cache
from importlib.resources import files

SHARED = (
    "functions/_journal.py",
    "functions/_log.py",
    "functions/_post.py",
    "functions/_room.py",
    "functions/_tables.py",
    "functions/_talk.py",
    "protocol/events.py",
    "protocol/names.py",
    "protocol/refusals.py",
    "protocol/requests.py",
)
PACKAGES = ("wschat/__init__.py", "wschat/functions/__init__.py", "wschat/protocol/__init__.py")
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can tell


@cache
def bundle(module: str) -> bytes:
    """Return the deployment package of a function: the same source gives the same bytes everywhere.

    Files are stored, not deflated: another version of zlib would give other bytes, and so another
    hash. The packages' own `__init__` files are empty in it, so that a release that changes no
    function changes no zip.
    """
    root = files("wschat")
    content = {
        f"wschat/{path}": root.joinpath(path).read_bytes() for path in (*SHARED, f"functions/{module}.py")
    }
    content |= dict.fromkeys(PACKAGES, b"")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for path, data in sorted(content.items()):
            entry = zipfile.ZipInfo(path, EPOCH)
            entry.external_attr = 0o644 << 16
            entry.create_system = 3  # Unix: the default is that of the machine that packs
            archive.writestr(entry, data)
    return packed.getvalue()


def code_hash(module: str) -> str:
    """Return the SHA-256 of a function's zip in base64, as Lambda's CodeSha256."""
    return base64.b64encode(hashlib.sha256(bundle(module)).digest()).decode()
