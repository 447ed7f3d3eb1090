"""Where wschat keeps what outlives a run: its state directory, the last URL, the chat's secret."""

import hmac
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from platformdirs import user_state_path

LAST_URL = "last-url"
HISTORY = "chat-history"
KEPT_SECRET = "chat-secret"  # noqa: S105  the name of a file


def state_dir() -> Path:
    """Return the state directory, made for this user alone; `WSCHAT_STATE_DIR` replaces the platform's.

    Raises:
        OSError: it can't be made.
    """
    chosen = os.environ.get("WSCHAT_STATE_DIR")
    place = Path(chosen) if chosen else user_state_path("wschat", appauthor=False)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    return place.absolute()


def remember_url(url: str) -> None:
    """Keep the URL of a lab that was just provisioned, for `chat` without --url."""
    (state_dir() / LAST_URL).write_text(f"{url}\n", encoding="utf-8")


def last_url() -> str | None:
    """Return the URL of the last lab that was provisioned from here, if any."""
    kept = state_dir() / LAST_URL
    return kept.read_text(encoding="utf-8").strip() or None if kept.exists() else None


@contextmanager
def token(url: str) -> Iterator[str]:
    """Yield the secret by which a name at this URL can be taken back, after a restart too.

    It is kept in a file that is locked meanwhile: who runs at the same time gets another secret, so a
    second window can't take the first one's name. Each URL gets its own, so no server learns another's.
    """
    with os.fdopen(os.open(state_dir() / KEPT_SECRET, os.O_RDWR | os.O_CREAT, 0o600), "r+") as kept:
        secret = secrets.token_urlsafe() if _in_use(kept) else kept.read()
        if not secret:
            secret = secrets.token_urlsafe()
            kept.write(secret)
            kept.flush()
        yield hmac.new(secret.encode(), url.encode(), "sha256").hexdigest()


def _in_use(file: TextIO) -> bool:
    if sys.platform == "win32":
        return False
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
