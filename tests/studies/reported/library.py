"""All the cases, and their table."""

from tests.studies.reported import pages, pipes, terminals, texts
from tests.studies.reported.case import Case

HEADS = ("reported", "where", "here")
HERE: tuple[Case, ...] = (*pipes.CASES, *texts.CASES, *terminals.CASES)
IN_A_PAGE: tuple[Case, ...] = pages.CASES


def rows() -> list[tuple[str, str, str]]:
    """Return the table of all."""
    return [case.row for case in (*HERE, *IN_A_PAGE)]
