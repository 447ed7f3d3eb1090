"""The process that owns the local lab, and ends it when its last user has gone.

It serves users over a Unix socket, in lines of JSON. It says `{"progress": text}`,
`{"ready": {"url", "endpoint", "settings"}}` and `{"failed": {"what", "where", "hint"}}`, and to one who comes
late the last of these. A user says nothing but `{"stop": true}`, which ends the lab for all. To be
a user is to be connected: the kernel tells of those who are killed.
"""

import importlib
import json
import logging
import os
import queue
import selectors
import signal
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from wschat.errors import LocalError, WschatError
from wschat.local.emulator import Emulator
from wschat.local.files import LabFiles, locked
from wschat.local.gateway.limits import Settings

Message = Mapping[str, object]


def encode(message: Message) -> bytes:
    """Write a message as one line."""
    return json.dumps(message).encode() + b"\n"


STOP = encode({"stop": True})


def failed(error: WschatError) -> Message:
    """Put an error into a message."""
    return {"failed": {"what": error.what, "where": error.where, "hint": error.hint}}


class Keeper:
    """One lab and those who use it.

    Args:
        files: where the lab's files are.
        listener: listens at `files.socket`.
        emulator: not started yet.
        provision: "module:function"; called with the endpoint URL and a function that takes the
            name of each step, it builds the lab and returns the URL of its WebSocket.
    """

    def __init__(self, files: LabFiles, listener: socket.socket, emulator: Emulator, provision: str) -> None:
        self._files = files
        self._listener = listener
        self._emulator = emulator
        self._provision = provision
        self._users: set[socket.socket] = set()
        self._leaving: list[socket.socket] = []
        self._last_words = encode({"progress": "starting MiniStack"})
        self._over = False
        self._news: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._bell, self._bell_rope = socket.socketpair()
        self._selector = selectors.DefaultSelector()

    def run(self) -> None:
        """Build the lab and serve its users, until nobody is left or the lab has failed."""
        self._in_background(self._build)
        self._listener.setblocking(False)  # noqa: FBT003
        self._selector.register(self._listener, selectors.EVENT_READ, self._greet)
        self._selector.register(self._bell, selectors.EVENT_READ, self._publish)
        while not self._end():
            for key, _ in self._selector.select():
                key.data(key.fileobj)

    def tell(self, message: Message) -> None:
        """Tell all users; safe to call from any thread and from a signal's handler."""
        self._news.put(message)
        self._bell_rope.send(b"!")

    def _end(self) -> bool:
        """End the lab if it is time to; who starts or joins one waits for that to be done.

        The sockets of the last to leave stay open, so they see the end of this process.
        """
        if not self._is_used():
            with locked(self._files.lock):
                if not self._over:
                    self._greet(self._listener)
                if not self._is_used():
                    self._files.socket.unlink(missing_ok=True)
                    self._listener.close()
                    self._emulator.stop()
                    return True
        while self._leaving:
            self._leaving.pop().close()
        return False

    def _is_used(self) -> bool:
        return bool(self._users) and not self._over

    def _greet(self, listener: socket.socket) -> None:
        """Welcome all who knocked."""
        with suppress(BlockingIOError):
            while True:
                user, _ = listener.accept()
                user.setblocking(False)  # noqa: FBT003
                self._users.add(user)
                self._selector.register(user, selectors.EVENT_READ, self._hear)
                self._say(user)

    def _hear(self, user: socket.socket) -> None:
        try:
            said = user.recv(len(STOP))
        except OSError:
            said = b""
        if said == STOP:
            self.tell(failed(LocalError("the local lab was stopped")))
        if not said:
            self._selector.unregister(user)
            self._users.remove(user)
            self._leaving.append(user)

    def _publish(self, bell: socket.socket) -> None:
        bell.recv(1)
        message = self._news.get()
        self._over = "failed" in message
        self._last_words = encode(message)
        for user in self._users:
            self._say(user)

    def _say(self, user: socket.socket) -> None:
        with suppress(OSError):  # it is gone, which _hear will notice, or has not read for very long
            user.send(self._last_words)

    def _build(self) -> None:
        module, _, function = self._provision.partition(":")
        self._in_background(lambda: importlib.import_module(module))  # while MiniStack boots
        self._emulator.start()
        self._in_background(self._emulator.wait)
        provision = getattr(importlib.import_module(module), function)
        url = provision(self._emulator.endpoint, lambda step: self.tell({"progress": step}))
        ready = {
            "url": url,
            "endpoint": self._emulator.endpoint,
            "settings": self._emulator.settings.encode(),
        }
        self.tell({"ready": ready})

    def _in_background(self, work: Callable[[], object]) -> None:
        def run() -> None:
            try:
                work()
            except WschatError as error:
                self.tell(failed(error))
            except Exception as error:
                logging.getLogger(__name__).exception("the local lab failed")
                what = f"the local lab failed: {type(error).__name__}: {error}"
                self.tell(failed(LocalError(what, hint=f"its log: {self._files.log}")))

        threading.Thread(target=run, daemon=True).start()


def main(state_dir: str, provision: str, listener: str, settings: str, *ports: str) -> None:
    """Keep a lab; `listener` is a file descriptor, and without ports MiniStack takes any."""
    if os.fork():
        return  # whoever started this is no parent who must wait for the keeper
    files = LabFiles(Path(state_dir))
    emulator = Emulator(
        files.private, files.log, ports=list(map(int, ports)), settings=Settings.decode(settings)
    )
    keeper = Keeper(files, socket.socket(fileno=int(listener)), emulator, provision)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: keeper.tell(failed(LocalError("the local lab was ended"))))
    keeper.run()
    os._exit(0)  # waits for no step of provisioning


if __name__ == "__main__":
    main(*sys.argv[1:])
