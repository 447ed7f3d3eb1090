"""`wschat learn list`: the lessons, one a line."""

from wschat.cli import console
from wschat.cli.commands.learn.options import Lessons
from wschat.learn.course import course
from wschat.text import safe


def list(lessons: Lessons = None) -> None:  # noqa: A001  it is the command's name
    """List the lessons. One a line: its number, its name, what it is about."""
    found = course(lessons)
    number, name = (
        max(map(len, column)) for column in zip(*((each.number, each.id) for each in found), strict=True)
    )
    for each in found:
        console.stdout().out(f"{each.number.ljust(number)}  {each.id.ljust(name)}  {safe(each.title)}")
