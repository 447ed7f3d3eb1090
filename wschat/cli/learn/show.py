"""`wschat learn show`: one lesson, to be read."""

from rich.markdown import Markdown

from wschat.cli import console
from wschat.cli.learn.options import Lessons, Step, find
from wschat.cli.options import AwsTarget
from wschat.learn.course import course
from wschat.learn.lesson import Lesson, filled
from wschat.target import Target


def show(target: AwsTarget, step: Step, *, lessons: Lessons = None) -> None:
    """Show one lesson. Its text, its hint, and its questions with their answers."""
    lesson = find(course(lessons), step)
    text = filled(as_markdown(lesson), placeholders(target))
    out = console.stdout()
    if out.is_terminal:
        out.print(Markdown(text))
    else:
        out.out(text)


def as_markdown(lesson: Lesson) -> str:
    """Return a lesson as one text."""
    parts = [
        f"# {lesson.title}",
        lesson.why,
        *(f"## {name}\n\n{text}" for name, text in (("Hint", lesson.hint), ("See", lesson.shows)) if text),
        *(f"## Question\n\n{each.question}\n\n### Answer\n\n{each.answer}" for each in lesson.questions),
    ]
    return "\n\n".join(filter(None, parts))


def placeholders(target: Target) -> dict[str, str]:
    """Return the values of a lesson's placeholders as far as they are known without asking AWS."""
    return {
        "prefix": target.prefix,
        "region": target.region or "REGION",
        "account": "ACCOUNT",
        "url": target.url or "wss://…",
    }
