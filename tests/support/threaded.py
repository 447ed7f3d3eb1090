"""A room server beside tests that block, and chats in terminals."""

import asyncio
import json
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from tests.support.room_server import RoomServer, room_server
from tests.support.terminal import WSCHAT, Terminal
from tests.support.until import PATIENCE

ROWS, COLUMNS = 24, 80


class ThreadedServer:
    """A room server in a thread, beside tests that block."""

    def __init__(self, server: RoomServer | None = None) -> None:
        self.server = server or RoomServer()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))
        self._thread.start()
        assert self._ready.wait(PATIENCE)

    async def _serve(self) -> None:
        async with room_server(self.server):
            self._ready.set()
            await self._stop.wait()

    def do(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something in the server's loop."""
        asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def say(self, text: str, user: str = "eve", room: str = "ops") -> None:
        """Send a message to everybody, as if somebody had said it."""
        frame = {"type": "client-message", "user": user, "message": text, "room": room, "time": 1}
        self.do(self.server.tell(frame))

    def refuse(self, code: str, message: str) -> None:
        """Refuse all that is asked from now on."""
        told = {"type": "error", "code": code, "message": message}
        self.server.tamper = lambda frame: json.dumps({**told, "id": frame["id"]})

    def attack(self, text: str) -> None:
        """Put a text into every field that a stranger can fill, and send it as no frame at all."""
        said = {"type": "client-message", "room": "ops", "time": 1}
        frames: list[dict[str, Any] | str] = [
            {**said, "user": "eve", "message": text},
            {**said, "user": f"e{text}", "message": "hi", "id": text},
            {"type": "user-joined", "user": text, "room": "ops"},
            {"type": "single-room", "message": text},
            {"type": "delete-room", "room": text},
            {"type": "error", "code": text, "message": text, "id": text},
            {"type": text, "user": text, "message": text, "room": text, "id": text},
            {"message": text, "requestId": "x"},
            text.encode(errors="replace").decode(),
        ]
        for frame in frames:
            self.do(self.server.tell(frame))

    def stop(self) -> None:
        """End it, once."""
        if not self._thread.is_alive():
            return
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()


def start_chat(
    server: ThreadedServer, place: Path, name: str = "", room: str = "", mode: str = "", **environment: str
) -> Terminal:
    """Start a chat in a terminal, as a person who has an empty directory; `mode` is "plain" or nothing."""
    wanted = {"URL": server.server.url, "NAME": name, "ROOM": room, "PLAIN": "1" if mode else ""}
    places = {"STATE_DIR": str(place / name), "CONFIG": str(place / "config.toml")}
    settings = {f"WSCHAT_{setting}": value for setting, value in (wanted | places).items()}
    terminal = {"TERM": "xterm-256color", "PATH": "", "LANG": "C.UTF-8"}
    return Terminal(WSCHAT, "chat", env={**terminal, **settings, **environment}, size=(ROWS, COLUMNS))
