"""`python -m tests.studies.doctor.transcripts` writes into the README what doctor says in real runs."""

import re
import sys
from contextlib import nullcontext

from tests.documents import ROOT
from tests.studies.doctor.breaks import drilled
from tests.studies.doctor.case import Break, Places, Scene
from tests.studies.doctor.drills import at_once
from tests.support.terminal import wschat
from wschat.errors import ExitCode
from wschat.learn.drills.drill import Drill
from wschat.learn.drills.work import named

README = ROOT / "wschat/doctor/README.md"
COMMAND = "`python -m tests.studies.doctor.transcripts` writes them anew"
WELL = "A lab that is well"
BROKEN = {
    "The statement that lets API Gateway invoke Connect is removed": ("closed-door",),
    "A route is made, and not deployed": ("but-it-is-there",),
    "The route response of `join` is deleted": ("left-waiting",),
    "SendMessage's role may not post": ("talking-to-oneself",),
    "A table's name in Connect's environment is written otherwise": ("bad-gateway",),
    "A policy that denies is attached": ("one-word-more",),
    "Reserved concurrency 0": ("may-but-can-not",),
    "No `$disconnect` route": ("my-own-name",),
    "Two at once: Connect's permission, and the handler of JoinRoom": ("closed-door", "not-our-lines"),
}
"""What is broken, in words, and by which drills."""
WIDTH = 150
ENTRY = re.compile(r"^([^\n]+):\n\n```text\n(.*?)\n```$", re.DOTALL | re.MULTILINE)
VARIES = re.compile(r"[\w.=:-]*\d[\w.=:%-]*|the slowest [^(]*|…$|\(after .*?\)", re.MULTILINE)
"""What is another at each run: numbers, times and ids, and which took longest."""


def transcript(places: Places, words: str) -> str:
    """Break what the words say, ask doctor, and return what it prints, in lines that are not too long."""
    broken = _broken(*map(named, BROKEN[words])) if words in BROKEN else lambda _: nullcontext(Scene())
    cloud = places.here
    options = ["--prefix", cloud.lab.prefix] if cloud.lab.prefix else []
    with broken(places):
        done = wschat("doctor", *options, "--spoil", **places.environment, COLUMNS="1000")
    assert done.returncode in {ExitCode.OK, ExitCode.DIFFERENT}, done
    told = [line for line in done.stderr.splitlines() if line.startswith("Nothing is wrong")]
    lines = [*done.stdout.splitlines(), *told]
    if options:
        lines = [line.replace(f" {' '.join(options)}", "").replace(options[1], "") for line in lines]
    return "\n".join(line if len(line) <= WIDTH else line[: WIDTH - 1] + "…" for line in lines)


def _broken(one: Drill, *more: Drill) -> Break:
    drill = at_once(one, *more) if more else one
    assert drill, "one takes away what the other breaks"
    return drilled(drill)


def written() -> dict[str, str]:
    """Return the transcripts of the README, by what is broken."""
    return {match[1]: match[2] for match in ENTRY.finditer(README.read_text())}


def alike(one: str, other: str) -> bool:
    """Tell whether two transcripts say the same, but for what varies."""
    return _fixed(one) == _fixed(other)


def _fixed(text: str) -> str:
    return VARIES.sub("N", text)


def main() -> int:
    """Write all anew; return the exit code."""
    with Places() as places:
        told = {words: transcript(places, words) for words in (WELL, *BROKEN)}
    text = README.read_text()
    for words, new in told.items():
        text = text.replace(
            f"{words}:\n\n```text\n{written()[words]}\n```", f"{words}:\n\n```text\n{new}\n```"
        )
    README.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
