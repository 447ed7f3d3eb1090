"""What the URL, this machine's clock and the age of what is deployed may be the cause of."""

import re
from collections.abc import Iterator
from functools import partial
from urllib.parse import urlsplit

from wschat.doctor.causes import BY_NAME
from wschat.doctor.findings import Suspicion
from wschat.doctor.visit import Visit
from wschat.target import is_here

CLOCK_LIMIT_S = 5 * 60
"""Seconds that a signature's time may be off."""
SETTLES_S = 90.0
"""Seconds in which AWS serves an update and what was before in turns (recorded: until 75 to 83 s)."""
CONNECT = frozenset({"$connect"})
hint = partial(Suspicion, alone=False)


def region_in(url: str) -> str | None:
    """Return the AWS region of an API's URL; None if it names none."""
    found = re.match(r"\w+://[a-z0-9]+\.execute-api\.([a-z0-9-]+)\.amazonaws\.com", url)
    return found[1] if found else None


def suspicions(visit: Visit, url: str) -> Iterator[Suspicion]:
    """Yield what the URL and the clock alone tell."""
    here = is_here(urlsplit(url).hostname or "")
    yield hint(BY_NAME["ended-locally" if here else "nothing-listens"], CONNECT, (f"the URL is {url}",))
    if url.startswith("ws://") and not here:
        yield hint(BY_NAME["wrong-scheme"], CONNECT, (f"the URL is {url}",))
    if visit.clock_ahead is not None and abs(visit.clock_ahead) > CLOCK_LIMIT_S:
        which = "ahead" if visit.clock_ahead > 0 else "behind"
        evidence = f"this machine's clock is {abs(visit.clock_ahead):.0f} s {which} of the server's"
        yield hint(BY_NAME["clock"], CONNECT, (evidence,))


def _api(url: str) -> str:
    """Return a URL without its stage."""
    return url.partition("?")[0].rstrip("/").rpartition("/")[0]


def is_elsewhere(url: str, own: str) -> bool:
    """Tell whether a URL is surely of another API than the lab's own: a domain of one's own may be of any."""
    host = urlsplit(url).hostname or ""
    return bool(own) and _api(url) != _api(own) and (".execute-api." in host or is_here(host))


def of_a_lab(url: str, own: str, age: float | None, *, signed: bool) -> Iterator[Suspicion]:
    """Yield what a lab's own URL, `own`, tells of the one that is meant, and the age of its stage.

    `age` is for how many seconds the stage is as it is; None is since it was made. `signed` tells whether
    AWS_IAM was chosen for it.
    """
    if own and url != own:
        evidence, same = f"the URL is {url}, the lab's is {own}", _api(url) == _api(own)
        yield hint(BY_NAME["no-stage" if same else "other-api"], CONNECT, (evidence,))
        if same:
            yield hint(BY_NAME["other-stage"], frozenset(), (evidence,))
    if signed:
        yield hint(BY_NAME["wants-signature"], CONNECT, ("AWS_IAM was chosen: see `wschat status`",))
    if age is not None and age < SETTLES_S:
        yield hint(BY_NAME["still-updating"], frozenset(), (f"the stage was updated {age:.0f} s ago",))
