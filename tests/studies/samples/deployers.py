"""How the samples in a checkout are deployed: what they are known by, and the commands of their own."""

import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tests.studies.samples.tools import CDK, NODE, SCRIPTS
from wschat.local.join import LocalLab

BUCKET = "packaged"
PATIENCE_S = 240.0
FILE = re.compile(
    r"\.\. code-block:: (?:python|json)\n   :caption: (?:[\w-]+/)?(\S+)\n(?:   :\w+:.*\n)*\n((?:   .*\n|\n)+)"
)
"""A file in a tutorial: its path in the project, and its text."""
PROJECT = re.compile(r"chalice new-project (\S+)")
PACKAGED = "chalice package"


class Person:
    """Somebody in a shell of their own, to whom a local lab is AWS."""

    def __init__(self, lab: LocalLab, home: Path) -> None:
        self.lab, self.home = lab, home
        path = os.pathsep.join((str(SCRIPTS), str(Path(sys.executable).parent), os.environ["PATH"]))
        self._environment = {"PATH": path, "HOME": str(home), "NODE_PATH": str(NODE), **lab.environment}

    def run(self, folder: Path, *words: str, patience: float = PATIENCE_S) -> None:
        """Run a command in a folder.

        Raises:
            RuntimeError: it fails; with what it printed.
            subprocess.TimeoutExpired: it takes too long.
        """
        done = subprocess.run(
            words,
            check=False,
            cwd=folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=patience,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}")

    def deploy(self, folder: Path, template: str, stack: str) -> None:
        """Package a template and deploy it, as AWS's documents have it."""
        packaged = str(self.home / f"{stack}.yaml")
        more = ("--s3-bucket", BUCKET, "--output-template-file", packaged)
        self.run(folder, "aws", "cloudformation", "package", "--template-file", template, *more)
        may = ("--capabilities", "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")
        deploy = ("deploy", "--template-file", packaged, "--stack-name", stack)
        self.run(folder, "aws", "cloudformation", *deploy, *may)


class Sample(NamedTuple):
    """A sample: by what it is deployed, what it is made of, and how; `talks` if it then talks by itself."""

    means: str
    file: Path
    deploy: Callable[[Person, Path], None]
    talks: bool = False


def by_template(person: Person, file: Path) -> None:
    """Deploy a template of CloudFormation, or of SAM."""
    person.deploy(file.parent, file.name, re.sub(r"\W", "-", f"{file.parent.name}-{file.stem}"))


def by_chalice(person: Person, file: Path) -> None:
    """Deploy a project of chalice, by its application."""
    person.run(file.parent, "chalice", "deploy")


def by_cdk(person: Person, file: Path) -> None:
    """Bootstrap, and deploy all stacks of an application of CDK."""
    if (file.parent / "package.json").exists():
        person.run(file.parent, "npm", "install", "--silent")
    person.run(file.parent, str(CDK), "bootstrap", "aws://000000000000/us-east-1")
    person.run(file.parent, str(CDK), "deploy", "--all", "--require-approval", "never")


def by_script(person: Person, file: Path) -> None:
    """Let AWS's own script deploy, talk and destroy."""
    for action in ("deploy", "demo"):
        person.run(file.parent, sys.executable, file.name, action)
    with suppress(subprocess.TimeoutExpired):  # who is let in after the last word waits for ever
        person.run(file.parent, sys.executable, file.name, "chat", patience=30)
    for action in ("chat", "destroy"):
        person.run(file.parent, sys.executable, file.name, action)


def by_tutorial(person: Person, file: Path) -> None:
    """Type a tutorial of chalice: make a project, write its files, and deploy it as it says."""
    text = file.read_text()
    (name,) = {*PROJECT.findall(text)}
    person.run(person.home, "chalice", "new-project", name)
    project = person.home / name
    for path, body in FILE.findall(text):
        (project / path).parent.mkdir(exist_ok=True)
        (project / path).write_text(textwrap.dedent(body))
    (project / "requirements.txt").write_text("boto3>=1.9.91\n")
    if PACKAGED in text:
        person.run(project, *PACKAGED.split(), "--merge-template", "resources.json", "out")
        person.deploy(project, "out/sam.json", name)
    else:
        person.run(project, "chalice", "deploy")


def is_script(file: Path) -> bool:
    """Tell whether it is AWS's script, which deploys, too."""
    return "deploy" in file.read_text()


def is_project(file: Path) -> bool:
    """Tell whether it is the application of a chalice project with a WebSocket API, not of its tests."""
    in_tests = "tests" in file.parts
    return "on_ws_" in file.read_text() and (file.parent / ".chalice").exists() and not in_tests


def is_cdk(file: Path) -> bool:
    """Tell whether some program beside it has a WebSocket API by CDK."""
    programs = (each for each in file.parent.rglob("*.*s") if "node_modules" not in each.parts)
    return any("WebSocketApi(" in each.read_text(errors="replace") for each in programs)


def is_tutorial(file: Path) -> bool:
    """Tell whether it makes a project."""
    return bool(PROJECT.search(file.read_text()))


def is_template(file: Path) -> bool:
    """Tell whether it is a template with a WebSocket API, which is not packaged yet for somebody's bucket."""
    text = file.read_text(errors="replace")
    return "ApiGatewayV2::Stage" in text and "CodeUri: s3:" not in text


MEANS = (
    ("**/websocket_chat.py", is_script, by_script, "its own script"),
    ("**/app.py", is_project, by_chalice, "chalice deploy"),
    ("**/cdk.json", is_cdk, by_cdk, "cdk deploy"),
    ("**/tutorials/ws*.rst", is_tutorial, by_tutorial, "chalice, as typed from its tutorial"),
    ("**/*.y*ml", is_template, by_template, "aws cloudformation"),
)
"""A pattern of files, which of them are meant, how what they are of is deployed, and the means."""


def samples(checkout: Path) -> Iterator[Sample]:
    """Find the samples in a checkout that have a WebSocket API."""
    for pattern, is_meant, deploy, means in MEANS:
        for file in sorted(checkout.glob(pattern)):
            if is_meant(file):
                yield Sample(means, file, deploy, talks=deploy is by_script)
