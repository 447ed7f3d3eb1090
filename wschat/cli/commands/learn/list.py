"""`wschat learn list`: the lessons, one a line."""

import json as jsons

from wschat.cli import console
from wschat.cli.commands.learn.options import Json, Lessons
from wschat.learn.course import course
from wschat.text import safe


def list(lessons: Lessons = None, *, json: Json = False) -> None:  # noqa: A001  it is the command's name
    """List the lessons. One a line: its number, its name, what it is about."""
    found, out = course(lessons), console.stdout()
    if json:
        names = [{"number": each.number, "id": each.id, "title": each.title} for each in found]
        out.out(jsons.dumps({"lessons": names}, indent=2))
        return
    number, name = (
        max(map(len, column)) for column in zip(*((each.number, each.id) for each in found), strict=True)
    )
    for each in found:
        out.out(f"{each.number.ljust(number)}  {each.id.ljust(name)}  {safe(each.title)}")
