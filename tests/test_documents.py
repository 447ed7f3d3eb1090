"""The documents tell the truth: their tables, commands, paths and links, and each dependency's reason."""

import re
import tomllib
from importlib.util import find_spec

import pytest

from tests.documents import ROOT, TABLES, command_line, filled
from wschat.learn.course import STEPS
from wschat.learn.line_notes import NOTES

TEXTS = {document: (ROOT / document).read_text() for document in TABLES}
README = TEXTS["README.md"]
COMMANDS = {
    name: {option for each in command.params for option in each.opts}
    for name, command in command_line().items()
}
each_document = pytest.mark.parametrize("document", TEXTS)


@each_document
def test_tables(document: str) -> None:
    """Each table is what the code makes of it, and no other stands under a comment."""
    text, tables = TEXTS[document], TABLES[document]
    if stale := [name for name in tables if filled(text, document, name) != text]:
        mend = "`python -m tests.documents` writes them all"
        pytest.fail(f"{document}: stale tables: {', '.join(stale)}; {mend}", pytrace=False)
    assert set(re.findall(r"<!-- (.*) -->\n\|", text)) == tables.keys()


@each_document
def test_commands(document: str) -> None:
    """Each command, option, module and path that stands there as code exists."""
    code = code_of(document)
    assert unknown(code) == []
    for module in re.findall(r"python -m (tests[\w.]*)", code):
        assert find_spec(module), module
    for path in re.findall(r"(?<![\w/])(?:tests|wschat)/[\w/.]+", code):
        assert (ROOT / path).exists(), path


def unknown(code: str) -> list[str]:
    """Return what of our commands, and their options, does not exist."""
    found = []
    for typed in re.findall(r"\bwschat ([a-z][^`&|\n]*)", code):
        words = typed.split(" ")
        command = next((name for n in (2, 1) if (name := " ".join(words[:n])) in COMMANDS), words[0])
        options = set(re.findall(r"(?<=\s)--[\w-]+", typed)) - COMMANDS.get(command, set())
        found += [command] * (command not in COMMANDS) + [f"{command} {each}" for each in options]
    return found


def code_of(document: str) -> str:
    """Return a document's lines of shell and its code spans, one a line."""
    text = TEXTS[document]
    blocks = re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL)
    spans = re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return "\n".join([*blocks, *(" ".join(span.split()) for span in spans)])


@pytest.mark.parametrize("document", ["README.md", "wschat/lab/README.md"])
def test_symptoms(document: str) -> None:
    """What somebody is told to see, in quotes, is what the program says."""
    _, _, symptoms = TEXTS[document].partition("## When something is wrong\n")
    quoted = re.findall(r'"([^"…]+?)(?: …)?"', "".join(re.findall(r"^\|[^|]+", symptoms, flags=re.MULTILINE)))
    source = "".join(path.read_text() for path in (ROOT / "wschat").rglob("*.py"))
    parts = [part for text in quoted for part in re.split(r"\d+(?: s)?", text)]
    assert [part for part in parts if part not in source] == []
    assert quoted


def test_dependencies_have_reasons() -> None:
    """Each dependency stands in the README's table with its reason, and no other does."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["local"]]
    names = {re.split(r"[>=<\[]", each)[0] for each in wanted}
    told = set(re.findall(r"^\| \[([\w-]+)\]\(https://pypi.org/project/", README, flags=re.MULTILINE))
    assert told == names


def test_the_readme_leads_on() -> None:
    """The README is for who comes; it leads to the documents that stand beside what they are about."""
    assert len(README.splitlines()) <= 250
    paths = [path for top in ("wschat", "tests") for path in (ROOT / top).rglob("*.md")]
    paths = [path for path in paths if path.parent not in {STEPS, NOTES}]
    assert {str(path.relative_to(ROOT)) for path in paths} == TEXTS.keys() - {"README.md"}
    assert TEXTS.keys() - {"README.md"} <= {file for file, _ in links("README.md")}


@each_document
def test_links(document: str) -> None:
    """Links lead to files that exist, and to headings that stand in them."""
    for file, heading in links(document):
        assert (ROOT / file).exists(), file
        assert not heading or heading in headings(file), f"{file}#{heading}"


def links(document: str) -> list[tuple[str, str]]:
    """Return the file, from the top, and the heading that each link within the repository leads to."""
    targets = re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", TEXTS[document])
    here = ROOT / document
    places = [((here.parent / path if path else here).resolve(), heading) for path, heading in targets]
    return [(str(place.relative_to(ROOT)), heading) for place, heading in places]


def headings(document: str) -> set[str]:
    """Return the names that GitHub gives a document's headings."""
    titles = re.findall(r"^#+ (.*)$", TEXTS[document], flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
