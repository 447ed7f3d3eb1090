"""What `--help` shows besides sentences: what a value is, commands to copy; and what a wrong option meant."""

from typing import Any

from typer.core import TyperCommand

VALUES = {
    **dict.fromkeys(("config", "log"), "FILE"),
    **dict.fromkeys(("idle_timeout", "max_age"), "SECONDS"),
    **dict.fromkeys(("rate", "drop"), "NUMBER"),
    "time": "FORMAT",
    "ignore": "NAMES",
}
"""What the value of an option is whose name does not say it."""
EXAMPLES = {
    "provision": (
        "provision --plan",
        "provision --prefix ann- --region eu-central-1",
        "provision --auth iam",
    ),
    "teardown": ("teardown --plan", "teardown --prefix ann-", "teardown --all --older-than 2d"),
    "status": ("status --prefix ann-", "status --all", "status --json"),
    "doctor": ("doctor --url wss://ID.execute-api.REGION.amazonaws.com/development", "doctor --prefix ann-"),
    "logs": ("logs JoinRoom --minutes 5", "logs --follow", "logs --function NAME"),
    "policy": ("policy --prefix ann-", "policy > policy.json"),
    "zip": ("zip", "zip Connect --to /tmp"),
    "chat": (
        "chat --local --name ann --room lobby",
        "chat wss://ID.execute-api.REGION.amazonaws.com/development --name ann",
        "chat --json --name bot --room ops",
    ),
    "web": ("web --local", "web --export site"),
    "local": (
        "local",
        "local --trace --json",
        "local --idle-timeout 5 --drop 6",
        "local --empty --run pytest -x",
    ),
    "learn": ("learn --local", "learn --prefix ann-", "learn --from 5 --local"),
    "learn list": ("learn list", "learn list --json"),
    "learn show": ("learn show 5",),
    "learn check": ("learn check", "learn check 5 --prefix ann-"),
    "learn do": ("learn do 5 --prefix ann-",),
    "learn drill": (
        "learn drill --list",
        "learn drill closed-door --prefix ann-",
        "learn drill --mend --prefix ann-",
    ),
}
"""Commands to copy, by the command whose help shows them."""
AS_IT_STANDS = "\b"  # begins what is not broken anew


class OffersNearest:
    """A command that says of an option which it has not, and which is the only near one."""

    def parse_args(self, context: Any, words: list[str]) -> list[str]:  # noqa: ANN401  click's
        """Read the words behind the command's name."""
        try:
            read: list[str] = super().parse_args(context, words)  # type: ignore[misc]  # click's
        except Exception as error:
            if offered := getattr(error, "possibilities", None):  # with their dashes, by which all are near
                from difflib import get_close_matches

                said = vars(error)
                bare = {each.lstrip("-"): each for each in offered}
                near = get_close_matches(said["option_name"].lstrip("-"), bare, n=1)
                hint = f". Did you mean '{bare[near[0]]}'?" if near else ""
                said.update(message=f"{said['message']}{hint}", possibilities=())
            raise
        return read


class Command(OffersNearest, TyperCommand):
    """A command that is no group."""


def complete(command: Any, name: str) -> Any:  # noqa: ANN401  click's, of which typer has its own copy
    """Return a command whose help names values without types of Python, and ends with examples."""
    for option in command.params:
        if option.param_type_name == "option" and option.metavar is None and not option.is_flag:
            choices = getattr(option.type, "choices", ())
            word = VALUES.get(option.name, option.name.rpartition("_")[2].upper())
            option.metavar = "|".join(map(str, choices)) or word
    command.epilog = "\n".join((AS_IT_STANDS, "Examples:", *(f"  wschat {each}" for each in EXAMPLES[name])))
    return command
