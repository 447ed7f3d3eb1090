"""One who learns, at a keyboard that a script types on, in an account."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from tests.support.labs import lab_of, tear_down
from tests.unit.lab.conftest import make
from wschat.cli.commands.learn.dialogue.loop import Loop
from wschat.cli.commands.learn.place import Place
from wschat.errors import AccessError, AwsError, LocalError
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.websocket_api import Api, tag_resource
from wschat.lab.blueprint import TRUST
from wschat.lab.chosen.choices import Choices
from wschat.lab.model.resource import canonical
from wschat.learn.course import course
from wschat.learn.drills import work
from wschat.learn.lesson import Lesson, parse
from wschat.target import Target

if TYPE_CHECKING:
    from wschat.local.join import LocalLab

HEADER = "---\ntitle: The {0} lesson\n{1}---\nWhy {0}: {{prefix}}.\n"
QUESTION = "## Hint\nThe {0} hint.\n## Question\nThe question?\n### Answer\nThe answer.\n"


class Account(Place):
    """A place that is this account; each of `refuses` is raised once where the clients are needed."""

    def __init__(self, cloud: Cloud, *refuses: BaseException) -> None:
        super().__init__(Target(prefix=cloud.lab.prefix))
        self._cloud, self._refuses, self.logged_out = cloud, [*refuses], 0

    @property
    def cloud(self) -> Cloud:
        if self._refuses:
            raise self._refuses.pop(0)
        return super().cloud

    def log_out(self) -> None:
        self.logged_out += 1


def lessons(*makes: str) -> tuple[Lesson, ...]:
    """Return lessons that make these, or nothing, and end with a hint and a question."""
    numbers = ["first", "second", "third", "fourth"]
    return tuple(
        parse(
            HEADER.format(name, f"makes: {what}\nsee: items client-records\n" if what else "")
            + QUESTION.format(name),
            f"{number:02}-{name}.md",
        )
        for number, (name, what) in enumerate(zip(numbers, makes, strict=False), 1)
    )


TABLES = lessons("", "table client-records", "table room-messages-users", "")


def typing(*lines: str) -> Callable[[str], str]:
    """Return what types these lines, and then Ctrl-D."""
    left: Iterator[str] = iter(lines)

    def ask(prompt: str) -> str:
        print(prompt)  # noqa: T201  as a terminal shows it
        line = next(left, None)
        if line is None:
            raise EOFError
        return line

    return ask


@pytest.fixture
def learn(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[Loop, str]]:
    """Let somebody type lines from a lesson on; return the loop, and what was shown."""

    def run(
        *lines: str, at: int | None = 1, place: Place | None = None, of: tuple[Lesson, ...] = TABLES
    ) -> tuple[Loop, str]:
        loop = Loop(of, place or Account(cloud), typing(*lines))
        loop.begin(None if at is None else of[at])
        loop.run()
        shown = capsys.readouterr()
        return loop, shown.out + shown.err

    return run


Learn = Callable[..., tuple[Loop, str]]


def test_a_lesson(learn: Learn, cloud: Cloud) -> None:
    """It is shown, checked, done, looked at and asked about; Enter alone goes on when it is done."""
    loop, shown = learn("", "i", "a", "d", "i", "s", "t", "mine", "h", "w", "", "q")
    name = f"{cloud.lab.prefix}client-records"
    told = [
        "Lesson 2 of 4: The second lesson",
        f"Why second: {cloud.lab.prefix}.",
        f"✗ table {name}: there is no table of this name",
        "c by hand in the console, a by hand with aws, d do it for me, h a hint\n",
        f"aws dynamodb create-table --table-name {name}",
        f"dynamodb CreateTable {name}",
        "✓ 02 second: all of it is right.",
        "See items client-records",
        "the table client-records is empty",
        "The question?",
        "The answer.",
        "The second hint.",
        f"Why second: {cloud.lab.prefix}.",
        "Lesson 3 of 4: The third lesson",
    ]
    places = [shown.find(each) for each in told]
    assert -1 not in places, told[places.index(-1)]
    assert [shown.rfind(each) for each in told[-3:]] == sorted(shown.rfind(each) for each in told[-3:])
    assert loop.lesson.id == "third"


def test_while_one_thinks(learn: Learn) -> None:
    """Nothing can be chosen then, so a letter is an answer."""
    offered = list[Sequence[str]]()
    loop, _ = learn()

    def ask(prompt: str) -> str:
        offered.append([*loop.words, *(each.name for each in loop.choices)])
        return "t" if prompt.endswith("> ") and len(offered) == 1 else "q"

    loop.ask = ask
    loop.run()
    assert [bool(each) for each in offered] == [True, False, True]


def test_what_is_to_be_seen(learn: Learn) -> None:
    """It is that of a lesson that is done: where that is not so, it is said."""
    some = tuple(replace(each, shows="Nothing yet.") for each in TABLES)
    _, shown = learn("d", "n", "s", "d", "s", of=some)
    assert shown.count("See items client-records") == 2
    assert shown.count("When the lesson is done") == 1


def test_the_end(learn: Learn) -> None:
    """Who has done all is told of the drills, of this lab."""
    _, shown = learn("n", at=3)
    assert "\n  wschat learn drill --prefix " in shown


def test_where_one_is(learn: Learn) -> None:
    """What exists tells where to begin; one may go on, back, and to any lesson, and never over the edge."""
    _, shown = learn("", "b", "b", "n", "3", "fourth", "", "n", "l", at=None)
    titles = [line.removeprefix("Lesson ")[0] for line in shown.splitlines() if line.startswith("Lesson ")]
    assert titles == ["1", "2", "1", "1", "2", "3", "4"]
    assert shown.count("That was the last lesson.") == 2
    assert "* 04  fourth  The fourth lesson" in shown
    for lesson, then in (("second", "third"), ("third", "fourth")):
        learn(lesson, "d", at=None)
        loop, shown = learn("l", at=None)
        assert loop.lesson.id == then
        assert shown.count("(done)") == int(then != "third") + 1


def test_refusals(learn: Learn, cloud: Cloud) -> None:
    """What is refused is shown with what to do now, for this lesson; then it goes on, with a new login."""
    refuses = [
        AccessError("nobody is logged in", hint="log in"),
        AccessError("the login has expired", hint="log in"),
        AwsError("no", hint="`wschat provision` makes it, `wschat status` tells"),
        KeyboardInterrupt(),
        EOFError(),
    ]
    place = Account(cloud, *refuses)
    options = f" --prefix {cloud.lab.prefix}"
    loop, shown = learn("hello", "3", "c", "i", "i", "i", "i", place=place, at=None)
    assert place.logged_out == 2
    assert loop.lesson.id == "third"
    assert "Lesson 1 of 4" in shown
    assert "nobody is logged in" in shown
    assert "the login has expired" in shown
    assert f"`wschat learn do third{options}` makes it, `wschat learn check third{options}` tells" in shown
    assert shown.count("Stopped. What was made by then stays") == 2
    assert "'hello' is none of these choices, and no lesson" in shown
    assert "there is no table of this name" in shown


def test_a_choice_of_other_lessons(learn: Learn) -> None:
    """Its letter goes to no lesson that begins so; a lesson's whole name does, whatever else it means."""
    text = "---\ntitle: T\n{0}---\nWhy.\n"
    of = tuple(
        parse(text.format("see: chat\n" * (name == "see")), f"0{number}-{name}.md")
        for number, name in enumerate(["first", "signing", "see"], 1)
    )
    loop, shown = learn("s", "a", "d", "see", at=0, of=of)
    for each in ("s (see what it does now)", "a (by hand with aws)", "d (do it for me)"):
        assert f"Error: this lesson has no {each}" in shown
    assert "Lesson 2" not in shown
    assert loop.lesson.id == "see"


def test_a_question_left(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C at a question leaves it, unanswered, and nothing else."""
    typed = iter(["t", "Ctrl-C", "l", "q"])

    def ask(_prompt: str) -> str:
        if (line := next(typed)) == "Ctrl-C":
            raise KeyboardInterrupt
        return line

    loop = Loop(TABLES, Account(cloud), ask)
    loop.run()
    shown = capsys.readouterr().out
    assert ("The question?" in shown, "The answer." in shown, "Stopped" in shown) == (True, False, False)
    assert "* 01  first" in shown


def test_in_a_drill(learn: Learn, cloud: Cloud) -> None:
    """It is said at once, with what people complain of; nothing that lessons show or do gives it away."""
    found = work.named("wrong-number")
    lab = make(cloud, Api)
    tag_resource(lab, f"/apis/{lab.api_id}", {work.TAG: str(found.number)})
    loop, shown = learn("2", "d", "c", "a", at=None)
    assert found.complaint in shown.partition("04 fourth>")[0]
    assert shown.count("the lab is in a drill, wrong-number: this would give it away") == 3
    assert [told for told in ("no table", "Not done", "aws dynamodb") if told in shown] == []
    assert loop.lesson.id == "second"
    tear_down(lab)


def test_the_words(cloud: Cloud) -> None:
    """Tab completes the choices of the lesson where one is, and the lessons' names."""
    loop = Loop(course(), Account(cloud), input)
    assert {"check", "hint", "quit", "connect-function"} <= loop.words.keys()
    assert "code" not in loop.words
    assert loop.words["deploy"] == "Deployed, and the first connection"


def test_the_code(learn: Learn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The source comes by the pager, or is shown."""
    text = "---\ntitle: T\ncode: connect, disconnect\n---\nWhy.\n"
    of = (parse(text, "01-code.md"),)
    monkeypatch.setenv("PAGER", f"cat > {tmp_path / 'kept'}")
    _, shown = learn("r", at=0, of=of)
    assert "def handler" not in shown
    assert (tmp_path / "kept").read_text().count("def handler") == 2
    del os.environ["PAGER"]
    assert learn("r", at=0, of=of)[1].count("def handler") == 2


PARTS = lessons("role ConnectRole", "policy ConnectRole", "log group Connect", "function Connect")


def test_what_comes_before(learn: Learn, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a lesson needs is named, and done as well if one wants that; if not, nothing is."""
    person, stdin = os.openpty()
    with os.fdopen(stdin) as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        os.write(person, b"n\ny\n")
        _, shown = learn("4", "d", "i", at=None, of=PARTS)
        assert "Not done: 01 first, 02 second, 03 third. Do it for you, first?" in shown
        assert "lesson 01 (first) comes before it" in shown
        assert "✗ function" in shown
        _, shown = learn("4", "d", "l", at=None, of=PARTS)
    os.close(person)
    assert "✓ 04 fourth: all of it is right." in shown
    assert shown.count("(done)") == len(PARTS)


class Ended:
    """A lab on this machine that has ended."""

    started = True

    def check(self) -> None:
        raise LocalError("the local lab was stopped")


def test_a_lab_that_ends(learn: Learn, cloud: Cloud) -> None:
    """What is refused because the lab has ended ends the lessons, and says why."""
    place = Account(cloud, AwsError("nothing listens there"))
    place.local = cast("LocalLab", Ended())
    with pytest.raises(LocalError, match="was stopped"):
        learn("i", place=place)


def test_a_given_role(cloud: Cloud, learn: Learn) -> None:
    """A lesson that would make roles says what is different, and is done if the role is there for Lambda."""
    text = HEADER.format("role", "makes: role ConnectRole, policy ConnectRole\nsee: policy Connect\n")
    of = (parse(f"{text}## Given role\nHere it is {{role}}.\n", "01-role.md"),)
    name = f"{cloud.lab.prefix}given"
    arn = cloud.iam.create_role(RoleName=name, AssumeRolePolicyDocument=canonical(TRUST))["Role"]["Arn"]
    place = Account(lab_of(cloud, choices=Choices(role=arn)))
    _, shown = learn("i", "d", "s", "c", "a", "", at=None, place=place, of=of)
    assert f"Here it is {name}." in shown
    assert shown.count(f"✓ 01 role: the role {name}, which was given") == 2
    assert "Done: " not in shown
    assert f"who may assume {name}" in shown
    assert (shown.count("its managed policies: none"), shown.count("none is to be made.")) == (1, 2)
    assert "That was the last lesson" in shown
    cloud.iam.update_assume_role_policy(RoleName=name, PolicyDocument='{"Statement": []}')
    assert "✗ role" in (said := learn("i", at=None, place=place, of=of)[1])
    assert "Lambda may not assume role" in said
    cloud.iam.delete_role(RoleName=name)
