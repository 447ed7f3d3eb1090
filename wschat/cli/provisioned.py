"""The labs provisioned from here, so that `chat` and `web` need no URL: a file for each."""

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import urlsplit

from wschat.system import paths
from wschat.target import Target, is_here

LABS = "labs"
"""The folder of these files in the state directory."""


@dataclass(frozen=True)
class Provisioned(Target):
    """A lab that was provisioned from here, with its `url`, and `sign` and `profile` as they were then.

    There is one for each account, region and prefix. The URL is no secret: whoever has it can connect, or
    must sign.
    """

    account: str = ""

    def __str__(self) -> str:
        place = "on this machine" if self.is_here else f"in account {self.account}, region {self.region}"
        return f"the lab {f'with prefix {self.prefix}' if self.prefix else 'without a prefix'} {place}"

    @property
    def is_here(self) -> bool:
        """Whether it is on this machine, and gone with what it was made in."""
        return is_here(urlsplit(self.url).hostname or "")

    @property
    def _file(self) -> str:
        return f"{self.account}_{self.region}_{self.prefix}.json"

    def keep(self) -> None:
        """Keep it.

        Raises:
            OSError: it can't be kept.
        """
        folder = paths.state_dir() / LABS
        folder.mkdir(exist_ok=True)
        draft = folder / f"{os.getpid()}.draft"
        try:
            draft.write_text(json.dumps(asdict(self)), encoding="utf-8")
            draft.replace(folder / self._file)
        finally:
            draft.unlink(missing_ok=True)

    def forget(self) -> None:
        """Forget it, if it is kept.

        Raises:
            OSError: it can't be forgotten.
        """
        (paths.state_dir() / LABS / self._file).unlink(missing_ok=True)


def kept() -> list[Provisioned]:
    """Return those that are kept, the last one first; those on this machine after all others."""
    found = list[tuple[bool, float, Provisioned]]()
    with suppress(OSError):
        for file in filter(Path.is_file, (paths.state_dir() / LABS).glob("*.json")):  # a pipe would block
            with suppress(OSError, ValueError, RecursionError):
                lab = _parse(json.loads(file.read_text(encoding="utf-8")))
                found.append((lab.is_here, -file.stat().st_mtime, lab))
    return [lab for *_, lab in sorted(found, key=lambda each: each[:2])]


def _parse(content: Any) -> Provisioned:  # noqa: ANN401  whatever stands in the file
    """Raise ValueError if it is none."""
    types = get_type_hints(Provisioned)
    if not isinstance(content, dict) or not all(
        isinstance(content.get(each.name), types[each.name]) for each in fields(Provisioned)
    ):
        raise ValueError
    return Provisioned(**{each.name: content[each.name] for each in fields(Provisioned)})
