"""Objects in JSON, of whoever may write anything."""

import json
from typing import Any


def json_object(text: str | bytes) -> dict[str, Any] | None:
    """Return the JSON object that a text is; None if it is none."""
    try:
        value = json.loads(text)
    except (RecursionError, ValueError):
        return None
    return value if isinstance(value, dict) else None
