"""What an observation gets: the lab that it looks at, and what shows the things that are seen."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wschat.errors import AwsError, ConnectError
from wschat.lab.aws.cloud import Cloud
from wschat.text import safe

if TYPE_CHECKING:
    from wschat.chat.network.connection import Sign

TOKEN = re.compile(r'(\\*"token\\*"\s*:\s*(?:\{\s*"S"\s*:\s*)?\\*")[^"\\]+')
"""A client's secret in a frame, or what is kept of it in an item."""


@dataclass(frozen=True)
class Sight:
    """What was done or came: `seconds` since the observation began, who did what, and the text of it.

    No line of the text can steer a terminal. What nobody (`who` is empty) says is a remark.
    """

    seconds: float
    who: str
    text: str


class Watch:
    """Gives each thing that is seen to `show`, with its time, made harmless."""

    def __init__(self, show: Callable[[Sight], None], clock: Callable[[], float]) -> None:
        self._show, self._clock, self._start = show, clock, clock()

    def __call__(self, who: str, text: str) -> None:
        """Show a text, line by line."""
        lines = TOKEN.sub(r"\1…", text).splitlines()
        self._show(Sight(self._clock() - self._start, who, "\n".join(map(safe, lines))))

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Show a handshake that is refused, which is an answer like others, and end the block."""
        try:
            yield
        except ConnectError as error:
            if error.status is None:
                raise
            self("API Gateway answers", f"HTTP {error.status} {error.body}".rstrip())
            self("", error.what)


@dataclass(frozen=True)
class Scene:
    """The lab that is looked at, and what an observation has to know of who looks.

    Attributes:
        cloud: the clients for the lab.
        sign: returns what signs connections to a URL, where the API asks for signatures.
        maker: returns the id of the lesson that makes a resource, by what lessons call that.
        command: returns what to type for `chat` or `web` to mean this lab, by its URL and whether one signs.
        options: those with which a command of `wschat learn` means it, each after a space.
    """

    cloud: Cloud
    sign: Callable[[str], "Sign"]
    maker: Callable[[str], str]
    command: Callable[[str, str, bool], str]
    options: str = ""

    def lacking(self, resource: str) -> AwsError:
        """Return the error that a resource, as lessons call it, is not there."""
        lesson = self.maker(resource)
        hint = f"lesson {lesson} makes it: `wschat learn do {lesson}{self.options}`"
        return AwsError(f"there is no {resource} yet", hint=hint)
