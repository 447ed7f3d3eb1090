"""What may ask a person for credentials: at the terminal, until they are there for the first time.

It never asks on standard input, which may be a chat's.
"""

import os
import signal
import subprocess
from getpass import getpass

from wschat.errors import AccessError

TERMINAL = "/dev/tty"
PATIENCE_S = 120.0
"""How long a credential_process may take that can ask nobody."""
NO_TERMINAL = "a code is needed (MFA), and there is no terminal to ask for it"
ELSEWHERE = "run it in a terminal, or set credentials that need none (`aws sts get-session-token`)"
BY_HAND = "run that command by hand; it stands in the AWS config file"


class Person:
    """Who sits at the terminal, and may be asked until the credentials are there; after that, never."""

    def __init__(self) -> None:
        self.may_be_asked = True

    def tell_code(self, prompt: str) -> str:
        """Ask for a code (MFA).

        Raises:
            AccessError: there is no terminal.
            EOFError: nothing is typed.
        """
        terminal = self._terminal()
        if terminal is None:
            raise AccessError(NO_TERMINAL, hint=ELSEWHERE)
        os.close(terminal)
        if code := getpass(prompt).strip():
            return code
        raise EOFError

    def run(self, command: list[str], stdout: int, stderr: int) -> "Process":
        """Run a credential_process: at the terminal, or else apart from it, with nothing to read."""
        terminal = self._terminal()
        if terminal is None:
            return Process(command, subprocess.DEVNULL, stdout, stderr, apart=True)
        try:
            return Process(command, terminal, stdout, stderr)
        finally:
            os.close(terminal)

    def _terminal(self) -> int | None:
        try:
            return os.open(TERMINAL, os.O_RDWR) if self.may_be_asked else None
        except OSError:
            return None


class Process(subprocess.Popen[bytes]):
    """A credential_process; it is not waited for for ever where it can ask nobody."""

    def __init__(
        self, command: list[str], stdin: int, stdout: int, stderr: int, *, apart: bool = False
    ) -> None:
        self._patience = PATIENCE_S if apart else None
        super().__init__(command, stdin=stdin, stdout=stdout, stderr=stderr, start_new_session=apart)

    def communicate(self, *_: object) -> tuple[bytes, bytes]:
        """Return what it prints.

        Raises:
            AccessError: it fails, or does not end in time.
        """
        try:
            printed = super().communicate(timeout=self._patience)
        except subprocess.TimeoutExpired:
            self._end()
            what = f"the credential_process did not end within {self._patience:g} s, and can ask nobody here"
            raise AccessError(what, hint=BY_HAND) from None
        except KeyboardInterrupt:
            if self._patience:  # apart from the terminal, whose Ctrl-C it does not hear
                self._end()
            raise
        if self.returncode:
            apart = ", and can ask nobody here" if self._patience else ""
            what = f"the credential_process failed with exit code {self.returncode}{apart}"
            raise AccessError(what, hint=BY_HAND)
        return printed

    def _end(self) -> None:
        """End it, and all that it has begun."""
        os.killpg(self.pid, signal.SIGKILL)
        self.wait()
        for pipe in (self.stdout, self.stderr):
            if pipe:
                pipe.close()
