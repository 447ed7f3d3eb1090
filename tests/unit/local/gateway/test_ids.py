"""The ids of connections, messages and requests."""

import base64
import re

from wschat.local.gateway import ids


def test_ids() -> None:
    """Ids of connections grow with time; a message's shares the end of its connection's."""
    one, two = ids.connection_id(), ids.connection_id()
    message = ids.message_id(one)
    for made in (one, two, message):
        assert re.fullmatch(r"[\w-]{18}==", made)
    assert re.fullmatch(r"[\w-]{15}=", ids.request_id())
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", ids.uuid())
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}", ids.trace_id())
    assert len({one, two, message, ids.message_id(one)}) == 4
    raw, other, shared = map(base64.urlsafe_b64decode, (one, two, message))
    assert raw[:8] < other[:8] < shared[:8]
    assert raw[8:] == shared[8:] != other[8:]


def test_what_was_issued() -> None:
    """An id is known for one of ours as long as nothing of it is changed; that takes no memory."""
    one = ids.connection_id()
    assert ids.is_issued(one)
    changed = [one[:at] + ("B" if one[at] == "A" else "A") + one[at + 1 :] for at in range(len(one))]
    others = [
        "",
        "AAAAAAAAAAAAAAA=",
        "A" * 18 + "==",
        one.rstrip("="),
        f"{one}x",
        f"{one}\n",
        "ü" * 18 + "==",
    ]
    assert not any(map(ids.is_issued, [*changed, *others, ids.message_id(one)]))
