"""What becomes of each command in accounts that are not one's own, as data."""

from dataclasses import dataclass

from tests.support.plane.accounts import BOUNDARY, ROLES, TAG
from wschat.errors import ExitCode
from wschat.lab.aws.texts.refusals import DEMANDS, LOCAL, NO_PASSING, NO_ROLES, ORGANIZATION, REGIONS, UNSEEN


@dataclass(frozen=True)
class Case:
    """One command that is typed, a part of what it says, its exit code, and what there is then of the lab."""

    typed: str
    says: str
    code: ExitCode
    there: str

    @property
    def result(self) -> str:
        """What becomes of the command, in words."""
        return f"{'done' if self.code is ExitCode.OK else f'exit {self.code}'}; there is {self.there}"


GIVEN = f"{ROLES}platform/functions"
ON_X86 = "the functions are for x86_64, a fifth dearer, since AWS says: Architecture"
NOTHING, LAB = "nothing", "the lab"
PROVISION, STATUS, TEARDOWN = "provision", "status", "teardown"
AS_IT_SHOULD = "All is as it should be."
GONE = "Looked again: nothing is left."
FAILED, ACCESS, OK, USAGE = ExitCode.FAILED, ExitCode.ACCESS, ExitCode.OK, ExitCode.USAGE
TOLD = "given: what each may do, and no more, can't be shown with it."
HALF = "tables and roles and policys and log groups and APIs"
HALF_WAY = "tables and roles and policys and log groups and functions"
CHAT, PARTS = "Now chat: ", "tables and log groups and APIs"


LIFE = (
    Case(STATUS, AS_IT_SHOULD, OK, LAB),
    Case(PROVISION, "Nothing to do: ", OK, LAB),
    Case(TEARDOWN, GONE, OK, NOTHING),
)
"""What follows where a lab was made: no command needs an option."""


def _whole(options: str, says: str) -> tuple[Case, ...]:
    return (Case(f"{PROVISION}{options}", says, OK, LAB), *LIFE)


CASES = {
    "Learner Lab": (
        Case(PROVISION, NO_ROLES.format("LabRole"), ACCESS, NOTHING),
        Case(f"{PROVISION} --role labrole", "there is no role labrole", USAGE, NOTHING),
        *_whole(" --role LabRole", f"All functions share the role LabRole, which was {TOLD}"),
    ),
    "Learner Lab, in another region": (
        Case(f"{PROVISION} --role LabRole", f"has the regions {REGIONS} alone", ACCESS, NOTHING),
    ),
    "Learner Lab, session over": (
        Case(STATUS, "the session of this Learner Lab, or its budget, is over", ACCESS, NOTHING),
        Case(PROVISION, "press Start Lab, paste the block of AWS Details", ACCESS, NOTHING),
    ),
    "Learner Lab without API Gateway": (
        Case(f"{PROVISION} --role LabRole", LOCAL, ACCESS, NOTHING),
    ),
    "PowerUser": (
        Case(PROVISION, UNSEEN, ACCESS, NOTHING),
        Case(f"{PROVISION} --role {GIVEN}", NO_PASSING.format(GIVEN), ACCESS, PARTS),
        Case(TEARDOWN, GONE, OK, NOTHING),
    ),
    "PowerUser who may pass a role": _whole(
        f" --role {GIVEN}", "could not look at role functions: not allowed to iam:GetRole"
    ),
    "boundary required": (
        Case(PROVISION, f"--permissions-boundary {BOUNDARY}", ACCESS, NOTHING),
        *_whole(f" --permissions-boundary {BOUNDARY}", CHAT),
    ),
    "tag required": (
        Case(PROVISION, DEMANDS, ACCESS, NOTHING),
        *_whole(f" --tag {TAG}=42", CHAT),
    ),
    "path required": (
        Case(PROVISION, DEMANDS, ACCESS, NOTHING),
        *_whole(" --role-path /labs/", CHAT),
    ),
    "regions closed": (
        Case(PROVISION, ORGANIZATION, ACCESS, NOTHING),
    ),
    "no arm64": _whole("", ON_X86),
    "no such runtime": (
        Case(PROVISION, "is not supported in us-east-1", FAILED, HALF),
        Case(TEARDOWN, GONE, OK, NOTHING),
    ),
    "boundary, tag and path required, no arm64": _whole(
        f" --permissions-boundary {BOUNDARY} --tag {TAG}=42 --role-path /labs/", ON_X86
    ),
}  # fmt: skip
"""By the account's name."""
_DONE = "all of it is right"
_GIVEN = "the role LabRole, which was given"
_NOT_KEPT = "tags do not keep yet what was chosen"
_FIRST = "tables and log groups and functions"
LESSONS = {
    "Learner Lab": (
        Case("learn do role --yes", NO_ROLES.format("LabRole"), ACCESS, NOTHING),
        Case("learn do connections-table --yes", _DONE, OK, "tables"),
        Case(
            "learn check connections-table --role LabRole",
            _NOT_KEPT,
            OK,
            "tables",
        ),
        Case("learn do role --role LabRole --yes", _GIVEN, OK, "tables"),
        Case("learn do connect-function --yes", _DONE, OK, _FIRST),
        Case("learn check role", _GIVEN, OK, _FIRST),
    ),
    "boundary required": (
        Case("learn do role --yes", f"--permissions-boundary {BOUNDARY}", ACCESS, NOTHING),
        Case(f"learn do role --permissions-boundary {BOUNDARY} --yes", _DONE, OK, "roles and policys"),
    ),
    "no arm64": (
        Case("learn do connections-table --yes", _DONE, OK, "tables"),
        Case("learn do role --yes", _DONE, OK, "tables and roles and policys"),
        Case("learn do connect-function --yes", ON_X86, OK, HALF_WAY),
        Case("learn check connect-function", _DONE, OK, HALF_WAY),
    ),
}
"""Lessons in such accounts, which take the options of provision, and keep what was chosen."""
