"""Where files are kept that outlive a run, and the chat's secret; a local lab's are in `local.shared`."""

import fcntl
import hmac
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from platformdirs import user_config_path, user_state_path

from wschat.system.files import regular

KEPT_SECRET = "chat-secret"  # noqa: S105  the name of a file
RECORDING_KEY = "recording-key"
LONGEST_SECRET = 4096  # bytes


def state_dir() -> Path:
    """Make the state directory, for this user alone; `WSCHAT_STATE_DIR` replaces the platform's place.

    Returns its absolute path.

    Raises:
        OSError: it can't be made.
    """
    place = _place()
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    return place


def history() -> Path:
    """Return the file of the chat's input history."""
    return _place() / "chat-history"


def learn_history() -> Path:
    """Return the file of what was typed at the lessons."""
    return _place() / "learn-history"


def config() -> Path:
    """Return the file of the chat's settings."""
    return user_config_path("wschat", appauthor=False) / "config.toml"


def _place() -> Path:
    chosen = os.environ.get("WSCHAT_STATE_DIR")
    return (Path(chosen) if chosen else user_state_path("wschat", appauthor=False)).absolute()


@contextmanager
def token(url: str, on_loss: Callable[[str, str], None] = lambda _path, _why: None) -> Iterator[str]:
    """Yield the secret by which a name at this URL can be taken back, after a restart too.

    It is kept in a file that is locked meanwhile: a chat that runs at the same time gets another secret, so
    it can't take this one's name. Each URL gets its own, so no server learns another's. Where nothing can be
    kept, as on a full disk, it lives as long as this run, and `on_loss` is told where, and why.
    """
    secret = os.urandom(32).hex()
    with ExitStack() as stack:
        try:
            descriptor = os.open(regular(state_dir() / KEPT_SECRET), os.O_RDWR | os.O_CREAT, 0o600)
            stack.callback(os.close, descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if kept := os.read(descriptor, LONGEST_SECRET):
                secret = kept.decode(errors="replace")
            else:
                os.write(descriptor, secret.encode())
        except BlockingIOError:  # another run has the lock
            pass
        except OSError as error:
            on_loss(str(_place()), error.strerror or str(error))
        yield hmac.new(secret.encode(), url.encode(), "sha256").hexdigest()


def recording_key() -> bytes:
    """Return the key of the stand-ins in recordings, the same for all that is recorded from here.

    Raises:
        OSError: it can't be kept.
    """
    place = state_dir() / RECORDING_KEY
    draft = place.with_name(f"{RECORDING_KEY}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(os.urandom(32).hex())
        with suppress(FileExistsError):  # another run made it
            place.hardlink_to(draft)
    finally:
        draft.unlink()
    return regular(place).read_bytes()
