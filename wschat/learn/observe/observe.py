"""Makes an observation: it is found by its name, and shows what it sees when it sees it."""

import time
from collections.abc import Callable, Mapping

from wschat.lab.aws.errors import translated
from wschat.learn.observe import account, sockets
from wschat.learn.observe.scene import Scene, Sight, Watch

OBSERVATIONS: Mapping[str, Callable[[Scene, Watch, str], None]] = {
    each.__name__: each
    for each in (
        *(sockets.handshake, sockets.frame, sockets.two, sockets.chat, sockets.web),
        *(account.items, account.invoke, account.log, account.policy),
    )
}
"""Those that are `known`, by their names.

None changes what provision made; those that connect or invoke leave in the tables what any client leaves.
"""


def observe(
    scene: Scene, see: str, show: Callable[[Sight], None], clock: Callable[[], float] = time.monotonic
) -> None:
    """Make an observation, such as `items client-records`, and show each thing when it is seen.

    Raises:
        WschatError: what it would look at is not there yet, and the error says which lesson makes it; or AWS
            or the network failed it.
    """
    name, _, given = see.partition(" ")
    watch = Watch(show, clock)
    with translated(f"see {name}"), watch.refusals():
        OBSERVATIONS[name](scene, watch, given)
