"""The page as files for a static host: whole ones or none, through no link, and over nobody else's."""

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from errno import EISDIR, ELOOP
from functools import partial
from html import escape
from pathlib import Path
from stat import S_ISREG

from wschat.errors import UsageError
from wschat.web.page import TYPES, Page

MANIFEST = ".wschat-page.json"
"""The SHA-256, in hexadecimal, of each file that was written, and of the one that it took the place of."""
MANIFEST_LIMIT = 65_536  # bytes
OTHER = "no plain file"
"""What a link, a folder or a device has in place of a SHA-256."""


def export_page(page: Page, folder: Path) -> list[str]:
    """Write the page, and `MANIFEST`; return what else is in the folder, sorted.

    A static host sends no policy of ours, so it stands in the page itself. All files are written beside what
    is there, and then renamed: after a crash, too, each is the old one or the new one. The folder may be
    reached by links; in it none is followed.

    Raises:
        UsageError: a file there is not as it was written by this; nothing has been written then.
        OSError: the folder can't be written.
    """
    policy = f'<meta http-equiv="Content-Security-Policy" content="{escape(page.policy)}">'
    contents = {name: page.read(name, policy) for name in reversed(TYPES)}  # index.html names the others
    folder.mkdir(parents=True, exist_ok=True)
    with _opened(folder) as here:
        known = _read_manifest(here, folder)
        for name, content in contents.items():
            old, new = _digest(here, name), hashlib.sha256(content).hexdigest()
            if old not in {"", new, *known.get(name, ())}:
                raise _not_ours(folder / name)
            known[name] = [digest for digest in (old, new) if digest]
        files = {MANIFEST: json.dumps({"files": known}, indent=1).encode(), **contents}
        with _staged(here, files, folder) as staged:
            for name in files:
                os.rename(name, name, src_dir_fd=staged, dst_dir_fd=here)
            os.fsync(here)
        return sorted({path.name for path in folder.iterdir()} - {*files})


@contextmanager
def _opened(place: Path | str, within: int | None = None) -> Iterator[int]:
    folder = os.open(place, os.O_RDONLY | os.O_DIRECTORY, dir_fd=within)
    try:
        yield folder
    finally:
        os.close(folder)


def _open(folder: int, name: str, flags: int) -> int:
    """Open a file in a folder, through no link, and without waiting, as for who writes to a FIFO."""
    return os.open(name, flags | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666, dir_fd=folder)


def _read_manifest(folder: int, place: Path) -> dict[str, list[str]]:
    """Return the SHA-256s by file.

    Raises:
        UsageError: it is not from this.
    """
    try:
        with open(MANIFEST, "rb", opener=partial(_open, folder)) as file:
            files = json.loads(file.read(MANIFEST_LIMIT))["files"]
            return {name: [str(digest) for digest in digests] for name, digests in files.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _not_ours(place / MANIFEST) from None


def _digest(folder: int, name: str) -> str:
    """Return a file's SHA-256; nothing if there is none, `OTHER` if it is no plain file."""
    try:
        with open(name, "rb", opener=partial(_open, folder)) as file:
            is_plain = S_ISREG(os.fstat(file.fileno()).st_mode)
            return hashlib.file_digest(file, "sha256").hexdigest() if is_plain else OTHER
    except FileNotFoundError:
        return ""
    except OSError as error:
        if error.errno in {EISDIR, ELOOP}:
            return OTHER
        raise


@contextmanager
def _staged(folder: int, files: Mapping[str, bytes], place: Path) -> Iterator[int]:
    """Yield a folder within a folder that has the files, while it is there.

    Raises:
        OSError: they can't be written.
    """
    name = f".wschat-{secrets.token_hex(8)}"
    os.mkdir(name, 0o700, dir_fd=folder)
    try:
        with _opened(name, folder) as staged:
            try:
                for each, content in files.items():
                    with open(each, "wb", opener=partial(_open, staged)) as file:
                        file.write(content)
                        file.flush()
                        os.fsync(file.fileno())
            except OSError as error:
                told = f"{error.strerror}; what was there is as it was"
                raise OSError(error.errno, told, str(place)) from None
            yield staged
    finally:
        shutil.rmtree(name, dir_fd=folder)


def _not_ours(path: Path) -> UsageError:
    hint = "give another directory, or move it away"
    return UsageError("this is there already, and not as wschat wrote it", where=str(path), hint=hint)
