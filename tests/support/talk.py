"""Run the chat by itself, as the command line does: url, history file, name, room, "json", "plain" or ""."""

import asyncio
import os
import sys
from pathlib import Path

from wschat.chat.settings import Settings
from wschat.chat.start import Environment, chat
from wschat.errors import WschatError

url, history, name, room, mode = sys.argv[1:]
try:
    environment = Environment(reconnect_limit=float(os.environ.get("PATIENCE", "0")) or None)
    settings = Settings(
        name=name or None,
        room=room or None,
        plain=mode == "plain",
        notify=os.environ.get("NOTIFY", "none"),
        log=os.environ.get("LOG"),
    )
    talk = chat(url, settings, json_lines=mode == "json", history=Path(history), environment=environment)
    code = asyncio.run(talk)
except WschatError as error:
    sys.stderr.write(f"{error.what}\n")
    code = error.exit_code
sys.exit(code)
