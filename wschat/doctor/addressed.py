"""What the URL, this machine's clock and the age of what is deployed may be the cause of."""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from difflib import get_close_matches
from functools import partial

from wschat.doctor.causes import BY_NAME
from wschat.doctor.findings import Suspicion
from wschat.doctor.visit import Visit
from wschat.protocol.symptoms import Symptom
from wschat.target import host_of, is_here

CLOCK_LIMIT_S = 5 * 60
"""Seconds that a signature's time may be off."""
SETTLES_S = 90.0
"""Seconds in which AWS serves an update and what was before in turns (recorded: until 75 to 83 s)."""
CONNECT = frozenset({"$connect"})
hint = partial(Suspicion, alone=False)


def region_in(url: str) -> str | None:
    """Return the AWS region of an API's URL; None if it names none."""
    found = re.match(r"[a-z0-9]+\.execute-api\.([a-z0-9-]+)\.amazonaws\.com", host_of(url))
    return found[1] if found else None


def with_region(visit: Visit, url: str, known: Collection[str]) -> Visit:
    """Return a visit that puts it down to the region of an API's URL, if it is not `known`, that no host is.

    A new region may be missing in what is known: where there is a host, nothing is said of it.
    """
    region = region_in(url)
    if region is None or region in known:
        return visit
    near = get_close_matches(region, sorted(known), n=9)
    near.sort(key=lambda each: sorted(each) != sorted(region))  # two letters in the wrong order come first
    seen = f"no region {region} is known{f'; did you mean {near[0]}?' if near else ''}"
    tries = (
        replace(each, seen=seen, symptom=Symptom.NO_REGION) if each.symptom is Symptom.NO_HOST else each
        for each in visit.tries
    )
    return replace(visit, tries=tuple(tries))


def suspicions(visit: Visit, url: str) -> Iterator[Suspicion]:
    """Yield what the URL and the clock alone tell."""
    here = is_here(host_of(url))
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
    host = host_of(url)
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
