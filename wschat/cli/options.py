"""The options that several commands share, and the settings file below them."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from shutil import which
from typing import Annotated

import typer
from typer.models import OptionInfo

from wschat.chat.settings import MEANING, parse, template
from wschat.errors import UsageError, WschatError
from wschat.lab.chosen.choices import Auth, Choices, chosen
from wschat.lab.chosen.throttle import DEFAULT
from wschat.system import paths
from wschat.system.files import regular
from wschat.target import Target, WireName

AWS = {
    "prefix": Annotated[
        str, typer.Option(help="Stands before every resource's name, so that many labs share one account.")
    ],
    "region": Annotated[str | None, typer.Option(help="AWS region. (default: boto3's)")],
    "profile": Annotated[str | None, typer.Option(help="AWS profile. (default: boto3's)")],
    "endpoint_url": Annotated[
        str | None, typer.Option(help="Use this URL in place of AWS's own, such as an emulator's.")
    ],
}
"""The options of a command that works in an AWS account, named as the fields of Target."""
AwsTarget = Annotated[Target, AWS]
"""What a command takes first that works in an AWS account: `app` makes it of these options."""


@dataclass(frozen=True)
class AccountTarget(Target):
    """A lab in an account, or (`local`) in what runs on this machine in place of one."""

    local: bool = False

    @property
    def options(self) -> str:
        """Return the options with which another command means the same lab, each after a space."""
        return f"{' --local' * self.local}{super().options}"

    @property
    def commands(self) -> dict[str, str]:
        """Return what to type for each command that leads on to mean the same lab, and to sign there."""
        signed = {"chat --sign": f"wschat chat{self.options} --sign"} if self.local else {}
        return super().commands | signed


InAccount = Annotated[
    AccountTarget,
    {
        **AWS,
        "local": Annotated[
            bool, typer.Option("--local", help="Take the local lab that runs on this machine for AWS.")
        ],
    },
]
"""The same for a command that also works in the lab on this machine, which `app` joins for it."""
Credentials = Annotated[Target, {name: AWS[name] for name in ("region", "profile")}]
"""The same for a command that needs AWS only to sign."""


@dataclass(frozen=True)
class Chosen:
    """What of it was given on a command line, as it was typed; None is what was not."""

    auth: str | None = None
    role: str | None = None
    permissions_boundary: str | None = None
    role_path: str | None = None
    tag: list[str] | None = None
    throttle: str | None = None

    @property
    def choices(self) -> Choices:
        """The same as choices.

        Raises:
            UsageError: one of them can't be.
        """
        where = self.role, self.permissions_boundary, self.role_path
        return chosen(*where, self.tag or None, self.throttle, self.auth)

    @property
    def options(self) -> str:
        """The options that were given as one types them again, each after a space."""
        given = {name: value for name, value in vars(self).items() if value is not None}
        each = (
            (name, one)
            for name, value in given.items()
            for one in (value if isinstance(value, list) else [value])
        )
        return "".join(f" --{name.replace('_', '-')} {quote(value)}" for name, value in each)


CHOSEN = {
    "auth": Annotated[
        Auth | None,
        typer.Option(help="Who may connect: anyone, or whom IAM allows it. (default: as it is; else none)"),
    ],
    "role": Annotated[
        str | None,
        typer.Option(
            metavar="NAME|ARN",
            help="Let all functions have this role, which exists, in place of one each; '' for none.",
        ),
    ],
    "permissions_boundary": Annotated[
        str | None, typer.Option(metavar="ARN", help="Permissions boundary of the lab's roles; '' for none.")
    ],
    "role_path": Annotated[
        str | None, typer.Option(metavar="/PATH/", help="Path of the lab's roles. (default: /)")
    ],
    "tag": Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE",
            help="Tag of your own on all that takes tags; repeatable; '' for none.",
        ),
    ],
    "throttle": Annotated[
        str | None,
        typer.Option(
            metavar="RATE[/BURST]",
            help=f"Requests a second of a route, and at once, or off; '' for {DEFAULT}. This and the options"
            " above stay as they are until another is given.",
        ),
    ],
}
"""The options, named as the fields of Chosen."""
NOTHING = Chosen()
"""Nothing that is."""
LabChosen = Annotated[Chosen, CHOSEN]
"""What a command takes that makes something of a lab."""


def check_exclusive(context: typer.Context, *names: str) -> None:
    """Check that at most one of these stands on the command line, whatever the environment or a file gives.

    Raises:
        UsageError: more than one does.
    """
    typed = [name for name in names if _is_typed(context, name)]
    if len(typed) > 1:
        shown = " and ".join("the URL" if name == "address" else f"--{name}" for name in typed)
        raise UsageError(f"{shown} exclude each other", where=str(context.info_name))


def setting(name: str, *flags: str) -> OptionInfo:
    """Return an option that an environment variable or the settings file can give, too."""
    option: OptionInfo = typer.Option(*flags, help=MEANING[name], envvar=f"WSCHAT_{name.upper()}")
    return option


def _is_typed(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _load(context: typer.Context, file: Path) -> Path:
    """Let a settings file give the options their defaults.

    Raises:
        UsageError: it can't be read, or sets what is no setting.
    """
    try:
        text = regular(file).read_text(encoding="utf-8-sig")  # editors on Windows begin with that mark
    except FileNotFoundError:
        if _is_typed(context, "config") and not (
            sys.stdin and sys.stdin.isatty()
        ):  # a person gets it, to be filled in
            hint = "give a file that there is, or leave --config away"
            raise UsageError("there are no such settings", where=str(file), hint=hint) from None
        text = ""
    except (OSError, UnicodeDecodeError) as error:
        hint = "make it a readable file, or remove it"
        raise UsageError(f"the settings can't be read: {error}", where=str(file), hint=hint) from None
    context.default_map = parse(text, str(file))
    return file


def offer_template(file: Path) -> None:
    """Give a person without a settings file one in which everything is a comment, if it can be written."""
    if sys.stdin and sys.stdin.isatty() and not file.exists():
        with suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(template(), encoding="utf-8")


Config = Annotated[
    Path,
    typer.Option(
        default_factory=paths.config,
        envvar="WSCHAT_CONFIG",
        is_eager=True,  # before the options that it gives defaults to
        callback=_load,
        show_default="config.toml in ~/.config/wschat, on a Mac in ~/Library/Application Support/wschat",
        help="Settings, in TOML, for the options that name an environment variable.",
    ),
]
Local = Annotated[
    bool, typer.Option("--local", help="Use the lab on this machine; start it if it does not run.")
]
Address = Annotated[str | None, typer.Argument(metavar="[URL]", help="The same as --url.")]
Url = Annotated[str | None, setting("url")]
Prefix = Annotated[
    str | None, typer.Option(help="Prefix of the lab, of those provisioned from here. (default: the last's)")
]
Sign = Annotated[
    bool | None,
    typer.Option(
        "--sign/--no-sign",
        help="Sign connections with your AWS credentials. (default: as the last provision needs it)",
    ),
]
Wire = Annotated[
    WireName | None,
    typer.Option(
        help="The lab's own functions answer, or those of its simple edition. (default: found out)",
        show_default=False,
    ),
]
Spoil = Annotated[
    bool, typer.Option("--spoil", help="Show what is wrong with a lab that is in a drill, too.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@contextmanager
def completed(commands: Mapping[str, str]) -> Iterator[None]:
    """Let an error's hint name these commands, as one types them."""
    try:
        yield
    except WschatError as error:
        error.complete(commands)
        raise


def program(*, anywhere: bool = False) -> str:
    """Return what to type for this program: its name, or its path where a shell would not find it.

    `anywhere` is for what may be typed in another folder.
    """
    path = Path(sys.argv[0]).absolute() if anywhere else Path(sys.argv[0])
    return "wschat" if which("wschat") or path.name != "wschat" else quote(str(path))


def typed_here(name: str, prefix: str | None, *, signed: bool = False) -> str:
    """Return what to type for a command at the API in the lab on this machine that has a prefix, or none."""
    return f"{program()} {name}{AccountTarget(prefix or '', local=True).options}{' --sign' * signed}"
