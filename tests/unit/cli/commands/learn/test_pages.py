"""What lessons look like, on narrow and wide screens, and on one that shows lines and nothing else."""

import re

import pytest
from rich.cells import cell_len

from wschat.cli.commands.learn import pages
from wschat.learn.choices import offered
from wschat.learn.course import course
from wschat.learn.observe.scene import Sight
from wschat.learn.order import made

STYLES = re.compile(r"\x1b\[[0-9;]*m")
BOXES = re.compile("[\u2500-\u257f]")


@pytest.fixture(params=[80, 200])
def columns(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """The width of a terminal that has colours."""
    for name, value in {
        "TERM": "xterm",
        "FORCE_COLOR": "1",
        "COLUMNS": f"{request.param}",
        "LINES": "24",
    }.items():
        monkeypatch.setenv(name, value)
    return int(request.param)


def show_all() -> None:
    """Show whatever may be shown of every lesson."""
    lessons = course()
    for number, lesson in enumerate(lessons, 1):
        pages.show_title(lesson, number, len(lessons), made(lessons)[lesson.id], made=True)
        for text in (lesson.why, lesson.hint, lesson.shows):
            pages.show_markdown(text)
        pages.show_choices(offered(lesson))
    pages.show_sight(Sight(0.5, "you hear", '{"type": "ack"}'))


def test_every_width(columns: int, capsys: pytest.CaptureFixture[str]) -> None:
    """No line is wider than the screen, and no text wider than one can read; there are no boxes."""
    show_all()
    shown = STYLES.sub("", capsys.readouterr().out)
    assert max(map(cell_len, shown.splitlines())) <= columns
    assert not BOXES.search(shown)
    pages.show_markdown(course()[1].why)
    prose = STYLES.sub("", capsys.readouterr().out).splitlines()
    assert max(map(cell_len, prose)) <= min(columns, pages.WIDEST)
    for lesson in course():
        assert max(map(len, pages.toolbar(offered(lesson), columns).splitlines())) <= columns


def test_plain(columns: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Where only lines can be shown, there is nothing else; all of it is words."""
    pages.be_plain()
    assert (columns > 0, pages.is_plain()) == (True, True)
    show_all()
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert not BOXES.search(shown)
    assert "Lesson 2 of 17: The table of connections (it is all there)" in shown
    assert "**" not in shown


@pytest.mark.usefixtures("columns")
def test_what_is_copied(capsys: pytest.CaptureFixture[str]) -> None:
    """A block of code comes as it is, but for its indentation and what would steer the terminal."""
    long = '"' + "a b " * 60 + '"'
    pages.show_markdown(f"- Policy:\n\n  ```\n  {long}\n    x\x1b[2J\n  ```\n\nafter")
    assert f"\n{long}\n  x␛[2J\nafter" in STYLES.sub("", capsys.readouterr().out)


@pytest.mark.usefixtures("columns")
def test_what_is_typed(capsys: pytest.CaptureFixture[str]) -> None:
    """Indented lines stand a little to the right, with one empty line before and after them."""
    pages.show_markdown("Before:\n\n    wschat a\n    wschat b\n\nAfter.")
    shown = [line.rstrip() for line in STYLES.sub("", capsys.readouterr().out).splitlines()]
    assert shown == ["Before:", "", "  wschat a", "  wschat b", "", "After.", ""]


def test_a_local_lab(columns: int, capsys: pytest.CaptureFixture[str]) -> None:
    """The line for another terminal is in one piece, however long; what is said of the lab can be read."""
    line = f"export{' AWS_X=[b]1' * 30}"
    pages.show_differences(line)
    told = STYLES.sub("", capsys.readouterr().out)
    assert f"\n  {line}\n" in told
    assert max(map(len, told.partition("In another")[0].splitlines())) <= columns


def test_what_it_makes(capsys: pytest.CaptureFixture[str]) -> None:
    """Each kind is named once."""
    lessons = course()
    pages.show_title(lessons[11], 12, 17, made(lessons)["posting"], made=False)
    told = re.sub(r"\s+", " ", capsys.readouterr().out)
    assert (
        "; integration SendMessage; route message, dispatch; permission SendMessage message, SendMessage"
        in told
    )
    assert "; deployment; stage" in told


def test_a_lesson_fits_a_screen(capsys: pytest.CaptureFixture[str]) -> None:
    """A title, the text below it and the prompt with its choices are on 24 lines of 80 columns."""
    lessons = course()
    for number, lesson in enumerate(lessons, 1):
        pages.show_title(lesson, number, len(lessons), made(lessons)[lesson.id], made=False)
        pages.show_markdown(lesson.why)
        shown = capsys.readouterr().out.strip().splitlines()
        below = ["", "prompt", *pages.toolbar(offered(lesson), 80).splitlines()]
        assert len(shown) + len(below) <= 24, lesson.id
    pages.show_title(lessons[5], 6, 17, made(lessons)["other-functions"], made=False)
    assert "6 roles; policy RegisterUserRole; 6 log groups; 6 functions" in capsys.readouterr().out


def test_choices(columns: int, capsys: pytest.CaptureFixture[str]) -> None:
    """No letter stands at the end of a line, without its word."""
    choices = offered(course()[4])
    pages.show_choices(choices)
    lines = STYLES.sub("", capsys.readouterr().out).splitlines()
    assert columns - 30 < max(map(len, lines)) <= columns
    shown = [each for line in lines for each in line.removesuffix(" ·").split(" · ")]
    assert shown == [f"{each.letter} {each.what}" for each in choices]


def test_sights(capsys: pytest.CaptureFixture[str]) -> None:
    """When, who, and what; a document stands below."""
    for sight in (Sight(0.034, "you hear", "[b]x"), Sight(1.5, "", "a remark"), Sight(12, "policy", "{\n}")):
        pages.show_sight(sight)
    assert capsys.readouterr().out == (
        "  0.034 s  you hear: [b]x\n  1.500 s  a remark\n 12.000 s  policy:\n{\n}\n"
    )


def test_code() -> None:
    """Each line of the source is there, with its number, and below it its note, as wide as the screen."""
    lines = pages.code("connect", 80).splitlines()
    assert lines[0] == "wschat/functions/connect.py"
    assert "  8  def handler(event: Json, _context: object) -> Json:" in lines
    notes = [line for line in lines if line.lstrip().startswith("note: ")]
    assert len(notes) > 3
    assert max(map(len, notes)) <= 80
