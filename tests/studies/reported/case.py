"""One report of somebody else's bug: where it stands, the symptom, and a check with an input of our own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

GITHUB = "https://github.com/"


@dataclass(frozen=True)
class Case:
    """A report.

    Attributes:
        source: where it stands, on GitHub: owner/name/issues/number or pull.
        symptom: what went wrong there.
        check: fails if it goes wrong here.
        mended: it did go wrong here, and what is done about it.
    """

    source: str
    symptom: str
    check: Callable[..., Any]
    mended: str = ""

    @property
    def id(self) -> str:
        """Its name among the others."""
        owner, name, _, number = self.source.split("/")
        return f"{owner}/{name}#{number}"

    @property
    def row(self) -> tuple[str, str, str]:
        """Its line in the table."""
        return self.symptom, f"[{self.id}]({GITHUB}{self.source})", self.mended or "held"
