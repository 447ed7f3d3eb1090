"""AWS's models of its services, in which MiniStack looks up the form of an answer, and what is tagged."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

from ministack.core import iam_actions, responses


class Model:
    """A service's model: its metadata, which are all that most want; for the rest botocore is loaded."""

    def __init__(self, metadata: Mapping[str, Any], whole: Callable[[], Any]) -> None:
        self.metadata = metadata
        self._whole = whole

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever botocore's has
        return getattr(self._whole(), name)


def read_once() -> None:
    """Let MiniStack read the model of each service once, when it is first asked for the service.

    By itself it reads each twice, once by a session of botocore's that is made for it: 30 ms of a core for
    each service, and 80 to load botocore.
    """
    read, whole = cache(iam_actions._load_botocore_model), responses._service_model  # noqa: SLF001  no public seam

    def model_of(service: str) -> Model | None:
        metadata = read(responses._BOTOCORE_NAME.get(service, service)).get("metadata")  # noqa: SLF001
        return Model(metadata, partial(whole, service)) if metadata else None

    iam_actions._load_botocore_model = read  # noqa: SLF001
    responses._service_model = cache(model_of)  # noqa: SLF001
