"""What AWS refuses, for tests."""

from collections.abc import Callable
from typing import ParamSpec

import pytest
from botocore.exceptions import ClientError

P = ParamSpec("P")


def refused(call: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> tuple[str, str]:
    """Return the code and the message that a call is refused with."""
    with pytest.raises(ClientError) as caught:
        call(*args, **kwargs)
    error = caught.value.response["Error"]
    return error.get("Code", ""), error.get("Message", "")
