"""A person in an account that is not their own, who types commands."""

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from functools import cache

import pytest

from tests.studies.account import Account
from tests.support.plane.accounts import ACCOUNTS
from tests.support.plane.embedded import Embedded
from wschat.cli.app import main
from wschat.lab import inventory
from wschat.lab.aws import session
from wschat.lab.aws.cloud import AWS_PACING, Cloud
from wschat.lab.aws.session import connect
from wschat.lab.blueprint import TRUST
from wschat.lab.model.resource import canonical
from wschat.target import Target

KEY = "ann"
AS_TYPED = {"provision": ["--yes", "--no-verify"], "teardown": ["--yes"]}


class Person(Account):
    """Types commands, each to its end, in virtual time."""

    def __init__(self, ministack: Embedded, kind: str, patch: pytest.MonkeyPatch) -> None:
        ministack.empty()
        super().__init__(ministack)
        self.kind = ACCOUNTS[kind]
        path, _, name = self.kind.given.rpartition("/")
        if name:
            iam = self._root().iam
            where = f"/{path}/" if path else "/"
            iam.create_role(RoleName=name, Path=where, AssumeRolePolicyDocument=canonical(TRUST))
            self.clock.sleep(3600)
        self.plane.admit(KEY, self.kind.layers, self.kind.caller)
        self.plane.offer(*self.kind.architectures)
        self._patch = patch
        patch.setattr(session, "connect", self._connect)

    def _connect(self, _target: Target) -> Cloud:
        return replace(self._mine(), ids={}, notes={})

    @cache  # noqa: B019  a person lives as long as a test
    def _mine(self) -> Cloud:
        """Log in as the person; boto3 takes a while to make clients."""
        asked = self.plane.session(KEY, "secret", self.kind.region)
        return connect(Target(endpoint_url=self.url), asked, self.clock, AWS_PACING)

    @cache  # noqa: B019
    def _root(self) -> Cloud:
        return connect(Target(endpoint_url=self.url), self.plane.session(), self.clock, AWS_PACING)

    def types(self, command: str) -> tuple[int, str]:
        """Run a command; return its exit code and all that it says, with single blanks."""
        self._since = len(self.plane.calls)
        words, said = command.split(), io.StringIO()
        self._patch.setattr(sys, "argv", ["wschat", *words, *AS_TYPED.get(words[0], [])])
        with redirect_stdout(said), redirect_stderr(said), pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0), " ".join(said.getvalue().split())

    def iam(self) -> set[str]:
        """Return which operations of IAM the last command asked for."""
        calls = self.plane.calls[self._since :]
        return {call.operation for call in calls if (call.service, call.key) == ("iam", KEY)}

    def has_given_role(self) -> bool:
        """Tell whether the role that was given is there, if there was one."""
        found = {role["RoleName"] for role in self._root().iam.list_roles()["Roles"]}
        return self.kind.given.rpartition("/")[2] in {"", *found}

    def there(self) -> str:
        """Return what there is of the lab, as the root user sees it."""
        self.clock.sleep(60)
        root = replace(self._root(), ids={}, notes={})
        kinds = {each.kind for each in inventory.look(root, to_remove=True).resources.values()}
        if {"API", "function"} <= kinds:
            return "the lab"
        return " and ".join(f"{kind}s" for kind in sorted(kinds, reverse=True)) or "nothing"
