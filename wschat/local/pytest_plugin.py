"""Gives tests a local lab, to try one's own WebSocket API in: the fixture `wschat_local`.

pytest loads this wherever wschat is installed, so it imports nothing that a run of tests has not already.
"""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wschat.local.join import LocalLab


@pytest.fixture(scope="session")
def wschat_local_options() -> dict[str, Any]:
    """What of `GatewayOptions` is not to be as on AWS, such as `{"idle_timeout": 5}`; to be overridden."""
    return {}


@pytest.fixture(scope="session")
def wschat_local(wschat_local_options: dict[str, Any]) -> "Iterator[LocalLab]":
    """A local lab with nothing in it, for a run of tests; each of pytest-xdist's workers has its own."""
    from wschat.errors import LocalError
    from wschat.local.gateway.quotas import GatewayOptions
    from wschat.local.own import own_lab
    from wschat.system.paths import state_dir

    try:
        with own_lab(state_dir(), options=GatewayOptions(**wschat_local_options)) as lab:
            yield lab
    except LocalError as error:
        pytest.fail(f"wschat_local: {error.what}: {error.where}\n{error.hint}", pytrace=False)
