"""Where wschat keeps what outlives a run: its state directory, and the last URL for `chat`."""

import os
from pathlib import Path

from platformdirs import user_state_path

LAST_URL = "last-url"
HISTORY = "chat-history"


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
