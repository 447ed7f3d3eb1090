"""The file from which a stopped sweep goes on, and the table."""

from pathlib import Path

from tests.studies.sweep.cases import Case
from tests.studies.sweep.results import Results, by_fault, digest
from tests.studies.sweep.trials import Result

DONE = Result("provision:3:THROTTLED", call="iam.GetRole ConnectRole", ended="done")
TOLD = Result("provision:5:DENIED", "iam.PutRolePolicy ConnectRole", "told", told=[["where", "what", "hint"]])
BAD = Result("teardown:8:DENIED", "iam.DeleteRole ConnectRole", "told", wrong=["left: role x"])
UNCLEAR = Result("teardown:9:DENIED", "iam.DeleteRole JoinRole", "told", wrong=["unclear: : what: "])
KILLED = Result("teardown:9:DEATH", "iam.DeleteRole JoinRole", "killed")


def test_goes_on(tmp_path: Path) -> None:
    """What was tried is known to the next sweep, but for a line that was cut off when the last was killed."""
    path = tmp_path / "results"
    results = Results(path)
    results.add(DONE)
    results.add(TOLD)
    path.write_text(path.read_text()[:-20])
    again = Results(path)
    assert again.by_case == {DONE.case: DONE}
    again.add(BAD)
    assert Results(path).by_case == {DONE.case: DONE, BAD.case: BAD}


def test_forgets_what_another_code_base_did(tmp_path: Path) -> None:
    """Results of other sources are no results."""
    path = tmp_path / "results"
    Results(path).add(DONE)
    path.write_text(path.read_text().replace(digest(), "another"))
    assert Results(path).by_case == {}


def test_by_fault() -> None:
    """Each run and fault has its row; what failed in an unclear way is neither done nor told."""
    lines = [
        line.strip("| ").split(" | ") for line in by_fault([DONE, TOLD, BAD, UNCLEAR, KILLED]).splitlines()
    ]
    assert lines[2:] == [
        ["provision", "THROTTLED", "1", "1", "0", "0", "1"],
        ["provision", "DENIED", "1", "0", "1", "0", "1"],
        ["teardown", "DENIED", "2", "0", "1", "0", "0"],
        ["teardown", "DEATH", "1", "0", "0", "1", "1"],
        ["all", "", "5", "1", "2", "1", "3"],
    ]
    assert by_fault([]).splitlines()[-1] == "| all |  | 0 | 0 | 0 | 0 | 0 |"


def test_a_case_is_written_as_it_is_read() -> None:
    """The form that --case takes is the one that is printed."""
    case = Case("provision", 137, "KILL_AFTER")
    assert Case.read(str(case)) == case
    assert case.kills
