"""Where one learns: an account, or a lab on this machine that begins empty and ends with its last user."""

import shlex
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wschat.cli.local_lab import check_excluded, join_local, take_for_aws
from wschat.cli.options import NOTHING, AccountTarget, Chosen, program, typed_here
from wschat.errors import LocalError
from wschat.lab.chosen.choices import UNDECIDED, Choices
from wschat.learn.lesson import Lesson
from wschat.local.join import LocalLab
from wschat.target import Target

if TYPE_CHECKING:
    from wschat.chat.network.connection import Sign
    from wschat.lab.aws.cloud import Cloud

Local = Annotated[
    bool, typer.Option("--local", help="Learn in a lab on this machine, without an account; it begins empty.")
]


@dataclass
class Place:
    """Where one learns.

    Attributes:
        target: which lab it is; what of it is None is as the environment has it.
        folder: a teacher's lessons.
        local: the lab on this machine, if it is there.
        given: what was chosen on the command line.
        url: that of the lab's sockets, once it is known.
        choices: the lab's, once they are known.
    """

    target: Target
    folder: Path | None = None
    local: LocalLab | None = None
    given: Chosen = NOTHING
    url: str = ""
    choices: Choices = UNDECIDED
    _cloud: "Cloud | None" = field(default=None, init=False)

    @property
    def cloud(self) -> "Cloud":
        """The clients for the lab, made when they are first needed, and anew when those were stopped.

        Raises:
            WschatError: who asks is not known to AWS, or it can't be reached.
        """
        if self._cloud is None or self._cloud.clock.stopped:
            from wschat.cli.aws import connect

            self._cloud = connect(self.target, self.given.choices)
        return self._cloud

    def log_out(self) -> None:
        """Forget the credentials: whoever logs in again goes on with new ones."""
        self._cloud = None

    @property
    def options(self) -> str:
        """The options with which a command of `wschat learn` means the same lab, each after a space."""
        lessons = f" --lessons {shlex.quote(str(self.folder))}" if self.folder else ""
        return self.target.options + lessons

    @property
    def role(self) -> str:
        """The name of the role that was given to all functions; empty if none was."""
        return (self.choices.role or "").rpartition("/")[2]

    @property
    def values(self) -> dict[str, str]:
        """The values of a lesson's placeholders, as far as AWS has been asked."""
        lab = self._cloud and self._cloud.lab
        return {
            "prefix": self.target.prefix,
            "region": lab.region if lab else self.target.region or "REGION",
            "account": lab.account if lab else "ACCOUNT",
            "url": self.url or "wss://…",
            "role": self.role or "ROLE",
            "options": self.target.options,
        }

    def commands(self, lessons: Iterable[Lesson] = ()) -> dict[str, str]:
        """Return what to type for each command that leads on, from these lessons too, to mean this lab."""
        of_lessons = [f"learn {name} {each.id}" for each in lessons for name in ("check", "do")]
        names = ["learn", *(name for name in self.target.commands if name.startswith("learn"))]
        drills = {name: "" for name in names if "drill" in name}
        typed = {
            name: f"wschat {name}{self.options}{drills.get(name, self.given.options)}"
            for name in (*names, *of_lessons)
        }
        return self.target.commands | typed

    def sign(self, url: str) -> "Sign":
        """Return what signs connections to a URL of this lab."""
        from wschat.lab.aws.signing import signer

        return signer(url, self.target)

    def command(self, name: str, url: str, signed: bool) -> str:
        """Return what to type in order to chat, or see the page, at a URL of this lab."""
        if self.local:
            return typed_here(name, self.target.prefix, signed=signed)
        who = {"--region": self.target.region, "--profile": self.target.profile}
        options = [f"{option} {value}" for option, value in who.items() if value] if signed else []
        return " ".join((program(), name, "--url", url, *(["--sign", *options] if signed else [])))


@contextmanager
def opened(
    target: Target,
    folder: Path | None = None,
    given: Chosen = NOTHING,
    *,
    local: bool,
    start: bool = False,
) -> Iterator[Place]:
    """Go where one learns; a lab on this machine is joined, or (`start`) brought if none runs.

    Raises:
        UsageError: options exclude each other.
        LocalError: there is no lab on this machine.
    """
    if not local:
        yield Place(target, folder, given=given)
        return
    check_excluded(target, "learn")
    with _joined(start=start) as lab:
        take_for_aws(lab)
        yield Place(AccountTarget(**asdict(target), local=True), folder, lab, given)


def _joined(*, start: bool) -> LocalLab:
    """Join the lab that runs, whatever is in it; or bring an empty one."""
    try:
        return join_local(start=False)
    except LocalError:
        if not start:
            raise
    return join_local(empty=True)
