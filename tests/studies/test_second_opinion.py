"""What `python -m tests.studies.second_opinion` says where nobody else is, and how it makes a transaction."""

from typing import Any

import pytest

from tests.studies.second_opinion import INSTALL, main
from tests.support.functions.database import Database
from tests.support.functions.people import Tables
from tests.support.functions.second_database import SecondDatabase
from tests.support.plane.wire import Answer
from wschat.functions.shared.dynamodb import CLIENTS


def test_nobody_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    """What is not installed is told, with how to install it; nothing fails."""
    assert main(["--dynalite", "no-such-program", "--moto", "no-such-program"]) == 2
    told = capsys.readouterr().out
    assert all(f"{name} is not here, so it is left out: {how}\n" in told for name, how in INSTALL.items())


class WithoutTransactions(SecondDatabase):
    """MiniStack, as an emulator that lacks transactions."""

    def _ask(self, operation: str, params: dict[str, Any]) -> Answer:
        return Database._send(self, operation, params)


@pytest.mark.parametrize("there", [True, False])
def test_all_or_nothing(database: Database, tables: Tables, *, there: bool) -> None:
    """Of a transaction in parts all is done, or nothing, and a check changes nothing either way."""
    parts = WithoutTransactions("http://127.0.0.1:9")
    parts._lock = database._lock
    one, other = ({"ID": {"S": name}, "name": {"S": name}} for name in ("one", "other"))
    database.put(*([other] if there else []))
    check = {
        "TableName": CLIENTS,
        "Key": {"ID": {"S": "other"}},
        "ConditionExpression": "attribute_exists(ID)",
    }
    answer = parts._one_by_one([{"Put": {"TableName": CLIENTS, "Item": one}}, {"ConditionCheck": check}])
    assert (answer.ok, tables()) == ((True, {"one": one, "other": other}) if there else (False, {}))
    assert there or "[None, ConditionalCheckFailed]" in answer.body.decode()
