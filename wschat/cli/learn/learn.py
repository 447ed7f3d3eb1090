"""`wschat learn`: where no other command of it is called, how to go on."""

from wschat.cli import console
from wschat.cli.learn.options import Lessons
from wschat.cli.options import AwsTarget


def learn(target: AwsTarget, *, lessons: Lessons = None) -> None:  # noqa: ARG001  those of its commands, too
    """Learn the lab by doing it, step by step. Without a terminal: list, show, check, do."""
    console.stdout().out("`wschat learn list` lists the lessons.")
