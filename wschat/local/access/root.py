"""The key of a local lab's root user: made anew for each lab, in a file that only its owner can read."""

import base64
import os
import secrets
import stat
from collections.abc import Iterator
from configparser import ConfigParser
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from wschat.errors import LocalError

NAME = "credentials"
PROFILE = "default"
OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True)
class RootKey:
    """An access key, in AWS's form: it is recognised, and left out, where theirs are."""

    id: str
    secret: str = field(repr=False)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that make a program use it, even where a session's token is set."""
        return {
            "AWS_ACCESS_KEY_ID": self.id,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_SESSION_TOKEN": "",
        }


def make_key() -> RootKey:
    """Make a key of 80 and 240 random bits."""
    return RootKey(f"AKIA{base64.b32encode(secrets.token_bytes(10)).decode()}", secrets.token_urlsafe(30))


def write_key(folder: Path, key: RootKey) -> None:
    """Write a key to a new file in a folder of one's own, in the form of AWS's credentials file.

    Raises:
        LocalError: the folder is not one's own, or others may look into it.
        FileExistsError: there is a file, or a link.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with _own(folder) as there, os.fdopen(os.open(NAME, flags, 0o600, dir_fd=there), "w") as file:
        file.write(f"[{PROFILE}]\naws_access_key_id = {key.id}\naws_secret_access_key = {key.secret}\n")


def read_key(folder: Path) -> RootKey:
    """Read the key that was written to a folder.

    Raises:
        LocalError: there is none, or not only its owner can have written and read it.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW
    try:
        with _own(folder) as there, os.fdopen(os.open(NAME, flags, dir_fd=there)) as file:
            _check(os.fstat(file.fileno()), folder / NAME)
            parser = ConfigParser(interpolation=None)
            parser.read_file(file)
    except OSError as error:
        what = f"the local lab's credentials can't be read: {error.strerror}"
        raise LocalError(what, where=str(folder / NAME), hint="end the lab, and start it again") from error
    found = parser[PROFILE]
    return RootKey(found["aws_access_key_id"], found["aws_secret_access_key"])


def check_place(state_dir: Path) -> None:
    """Check that nobody else can put something else in the place of a lab's files.

    Raises:
        LocalError: the directory is somebody else's, or others may write to it.
    """
    found = state_dir.stat()
    if found.st_uid != os.geteuid():
        raise LocalError(
            "the state directory is another user's, who could stand in for the local lab",
            where=str(state_dir),
            hint="set WSCHAT_STATE_DIR to a directory of your own",
        )
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise LocalError(
            "others may write to the state directory, and so could stand in for the local lab",
            where=str(state_dir),
            hint=f"chmod go-w {state_dir}",
        )


@contextmanager
def _own(folder: Path) -> Iterator[int]:
    """Open a folder that is no link, and nobody else's: what it is called may change meanwhile."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        _check(os.fstat(descriptor), folder)
        yield descriptor
    finally:
        os.close(descriptor)


def _check(found: os.stat_result, path: Path) -> None:
    if found.st_uid != os.geteuid() or found.st_mode & OTHERS:
        hint = "end the lab, remove this, and start it again"
        raise LocalError("the local lab's credentials are not its owner's alone", where=str(path), hint=hint)
