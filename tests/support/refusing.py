"""Clients of boto3 that AWS refuses an operation."""

from typing import Any

import pytest


def refuse(monkeypatch: pytest.MonkeyPatch, client: Any, operation: str) -> None:  # noqa: ANN401  boto3's
    """Let AWS refuse an operation."""
    error: Any = {"Error": {"Code": "AccessDeniedException", "Message": "not authorized to perform: it"}}

    def refused(**_: Any) -> None:  # noqa: ANN401
        raise client.exceptions.ClientError(error, operation)

    monkeypatch.setattr(client, operation, refused)
