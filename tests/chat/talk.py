"""Run the chat by itself, as the command line does: url, history file, name, room, "json" or ""."""

import asyncio
import sys
from pathlib import Path

from wschat.chat.client import chat
from wschat.errors import WschatError

url, history, name, room, json_lines = sys.argv[1:]
try:
    talk = chat(url, name=name or None, room=room or None, json_lines=bool(json_lines), history=Path(history))
    code = asyncio.run(talk)
except WschatError as error:
    sys.stderr.write(f"{error.what}\n")
    code = error.exit_code
sys.exit(code)
