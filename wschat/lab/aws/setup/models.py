"""The models of services, of which boto3 makes clients, read in half of the time that botocore takes."""

import gzip
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.loaders import JSONFileLoader, Loader

if TYPE_CHECKING:
    import boto3

ENDINGS: dict[str, Callable[..., Any]] = {".json": open, ".json.gz": gzip.open}


def read_fast(session: "boto3.Session") -> None:
    """Let the clients that a session makes from now on be made sooner: 40 ms of a core for five services."""
    known = session._session.get_component("data_loader")  # noqa: SLF001  boto3 has no way
    loader = _Loader(known.search_paths, _Files(), include_default_search_paths=False)
    session._session.register_component("data_loader", loader)  # noqa: SLF001


class _Loader(Loader):
    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002  as botocore has it
        """Return all that may be a service; botocore looks what is inside of each, 400 for each type."""
        folders = [Path(path) for path in self.search_paths]
        return sorted({each.name for folder in folders if folder.is_dir() for each in folder.iterdir()})


class _Files(JSONFileLoader):
    def load_file(self, file_path: str) -> Any:  # noqa: ANN401  any JSON
        """Return what a file has, or None; Python's own dictionaries have an order by now."""
        for ending, opened in ENDINGS.items():
            with suppress(FileNotFoundError), opened(f"{file_path}{ending}", "rb") as file:
                return json.loads(file.read())
        return None
