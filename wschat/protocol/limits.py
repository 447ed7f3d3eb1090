"""The limits of the wire; the page repeats what it checks, in its `data-limit` attributes."""

NAME_LIMIT = 32  # characters (code points) in a name or a room's name
KEY_LIMIT = 4 * NAME_LIMIT  # bytes of what it is found by: a ligature may stand for 18 letters
MESSAGE_LIMIT = 4_000  # characters in a message
ID_LIMIT, TOKEN_LIMIT = 64, 256  # characters in a request id, and in a client's token
LOG_LENGTH = 100  # messages that a room remembers
MEMBER_LIMIT = 500  # members of a room: its item stays under 400 KB, the list under half a reply
ROOM_LIMIT = 500  # rooms: their item stays under 400 KB, the list under a reply
