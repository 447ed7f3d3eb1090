"""`wschat learn show`: one lesson, to be read."""

from wschat.cli import console
from wschat.cli.commands.learn.options import Lessons, Step, find
from wschat.cli.commands.learn.pages import show_markdown
from wschat.cli.commands.learn.place import Place
from wschat.cli.options import AwsTarget
from wschat.learn.course import course
from wschat.learn.lesson import Lesson, filled


def show(target: AwsTarget, step: Step, *, lessons: Lessons = None) -> None:
    """Show one lesson. Its text, its hint, and its questions with their answers."""
    lesson = find(course(lessons), step)
    text = filled(as_markdown(lesson), Place(target).values)
    out = console.stdout()
    if out.is_terminal:
        show_markdown(text)
    else:
        out.out(text)


def _sections(lesson: Lesson) -> tuple[tuple[str, str], ...]:
    return ("Given role", lesson.given), ("Hint", lesson.hint), ("See", lesson.shows)


def as_markdown(lesson: Lesson) -> str:
    """Return a lesson as one text."""
    parts = [
        f"# {lesson.title}",
        lesson.why,
        *(f"## {name}\n\n{text}" for name, text in _sections(lesson) if text),
        *(f"## Question\n\n{each.question}\n\n### Answer\n\n{each.answer}" for each in lesson.questions),
    ]
    return "\n\n".join(filter(None, parts))
