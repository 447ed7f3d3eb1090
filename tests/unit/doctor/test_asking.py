"""Who asks: what is an answer, and that no more is kept than somebody may ask for."""

import asyncio
import json

from tests.support.late_lab import FAILED, late_lab
from wschat.chat.network.connection import open_session
from wschat.doctor.asking import LONGEST_HEARD, MOST_HEARD, Person, is_answer, read
from wschat.protocol.events import Ack, ClientMessage, Error, Pong
from wschat.protocol.reader import decode_event
from wschat.protocol.requests import Request
from wschat.protocol.symptoms import Symptom

ASKED = Request("message", "x", "7")


def test_what_answers() -> None:
    """What has the request's id, and what can have none; not what somebody says, nor an answer to another."""
    mine, other, nobodys = (Error("busy", "later", id=each) for each in ("7", "8", None))
    said = decode_event(json.dumps({"type": "client-message", "user": "a", "message": "x", "id": "7"}))
    assert isinstance(said, ClientMessage)
    told = [is_answer(ASKED, each) for each in (mine, other, nobodys, said, Pong(), decode_event(FAILED))]
    assert told == [True, False, True, False, True, True]


def test_what_it_is() -> None:
    """Nothing, a failure, and an answer that is another than is expected."""
    symptoms = [read(event, (Ack,), 1.0)[1] for event in (None, decode_event(FAILED), Pong())]
    assert symptoms == [Symptom.SILENT, Symptom.FAILED, Symptom.UNREADABLE]


def test_what_is_kept() -> None:
    """Of frames without an end the last are kept, and no long one; none is awaited longer than it should."""

    async def listen() -> int:
        with late_lab() as lab:
            async with open_session(lab.url) as session:
                person = Person(session, "doctor")
                for number in range(MOST_HEARD + 50):
                    lab.say(str(number))
                lab.say("x" * LONGEST_HEARD)
                assert await person.next(lambda _: False, 0.3) is None
                return sum(len(each.encode()) < LONGEST_HEARD for each in person.heard)

    assert asyncio.run(listen()) == MOST_HEARD
