"""The symptoms that people report of labs like this, and how each is broken here, or why it can't be seen."""

from collections.abc import Iterator, Mapping

from tests.studies.doctor.case import Case

SEEN = """
A1: the handshake is refused with 403 | moved-away
A2: the handshake is refused with 500 | closed-door
A3: the handshake is refused with 502 at once after a deployment | code: $connect raises
A4: wscat connects, the browser does not: 401 | 401
A7: a page by https, the socket by ws:// | a page by https that opens ws://
A8: ENOTFOUND, could not connect to the endpoint | another region in the URL
A9: 429 at the handshake | fine-when-alone
A10: the URL in the address bar is no page | https:// of AWS
A11: AWS_IAM is set, and everybody gets in | AWS_IAM that is not deployed
C1: every message is Forbidden or unknown | deaf-to-all
C2: one action is Forbidden | lost-for-words
C3: what is no JSON is Forbidden | no $default route
C4: the shell took the $ of a route key | the expression without its $request
D1: only $connect works, no handler is ever called | it-is-allowed
D2: a new route is Internal server error | not-a-word-in-the-log
D3: the handler or a module can't be loaded | code: a module that is not packed
D4: it works, and Internal server error comes, too | code: what it returns is no response
D5: it hangs some seconds, then Internal server error | code: it sleeps longer than its timeout
D8: one dead connection ends the loop | code: 410 is not caught
E1: a body is returned, and nobody sees it | left-waiting
E3: nobody hears anything: posts are not awaited | code: it posts to nobody
E4: a post is 403 Forbidden, though the role may do all | nobody-home
E5: posts behind a domain of one's own | the post goes to a domain of one's own
E6: not authorized to perform execute-api:ManageConnections | talking-to-oneself
E8: 410 in $connect | code: a post in $connect
E9: Invalid connectionId | code: an invalid connection id
E10: a post is 413 | code: more than 128 KB
E11: the client has no endpoint | code: a client without an endpoint
E12: $disconnect does not run, names stay | my-own-name
G1: iam:CreateRole is refused | stopped in the middle
G2: iam:PassRole is refused | stopped in the middle
G3: Lambda can't assume the role | role CreateRoomRole, missing
G4: AccessDeniedException of DynamoDB | policy SendMessageRole, missing
G6: tagging is refused | stopped in the middle
G9: one function is denied, and its policy looks right | one-word-more
H1: the key does not match the schema | it-ran-before
H2: a reserved keyword | code: a reserved word
H3: Requested resource not found | code: no such table
H4: Decimal is not JSON serializable | code: Decimal
H5: the item is too big | code: an item too big
H6: records stay: time to live | table client-records, ttl
I1: changed, and nothing changes | but-it-is-there
I6: the runtime is retired or another | function CreateRoom, runtime
I8: another account or region, nothing found | nothing there
I9: in the first minute it fails, then it works | an update a moment ago
J3: a table refuses to go | table client-records, deletion_protection
"""
"""How each is broken: by a case of that name."""
UNSEEN = """
A5: a subprotocol is offered and not answered | it is between a page of one's own and $connect's code
A6: socket.io | the client's own protocol: its handshakes succeed, and so does the lab's
A12: an emulator that lets all in | another program than the lab
B1: it drops after 10 quiet minutes | AWS's limit, and no fault; it would take 10 minutes to see
B2: it drops after 2 hours | AWS's limit, and no fault; it would take 2 hours to see
B3: it closes when a long text is sent | a limit of 32 KB a frame, which the client tells
B4: a phone asleep is a ghost | it is the network of somebody else's machine
B5: each reload leaves a connection | the page's own code: the lab serves each connection as it should
B6: sent before open, or after the end | the page's own code: nothing of it arrives
B7: how somebody is thrown out | a question, and no fault
C5: advice that names IAM for a Forbidden frame | a belief, and no fault of the lab
D6: a status 500 does not fire onerror | a belief, and no fault of the lab
D7: the console's Test button fails | the test event is at fault, and the lab works
E2: an empty reply that can't be switched off | the lab wants its replies
E7: 410 of old connections | normal: the lab's functions catch it
E13: some members never hear: a Scan of one page | it takes more than 1 MB of records
E14: the sender hears himself, or not | a decision of the code's
F1: messages overtake each other | no order is promised; it takes two at the same time
F2: messages are lost when two write at once | it takes two at the same time, and code of one's own
F3: the same text twice | the client's own code: two sockets, or no id
G5: the CloudWatch role is not set | of API Gateway's own logs, which the lab does not use
G7: apigateway:DeleteStage has no effect | of a person's policy: the refusal names the action
G8: no log group at all | it is made with the lab, whether the function runs or not
I2: deployed before there were routes | of another tool: its own error says so
I3: a deployment that a stage points to is deleted | of another tool: its own error says so
I4: a route exists already | of another tool: its own error says so
I5: the statement id exists already | of another tool: its own error says so
I7: it works locally, and not on AWS | it takes both: ask doctor at each
J1: log groups stay | after the lab is gone, teardown finds them
J2: a role can't be deleted | teardown detaches what stands in its way
J4: a bill though nobody chats | costs are not looked at
J5: the Learner Lab's budget is gone | AWS refuses all then, and the refusal is told
"""
"""Those that no finding can be, each with why."""


def _rows(text: str) -> Iterator[tuple[str, str]]:
    for line in text.strip().split("\n"):
        words, _, rest = line.partition(" | ")
        yield words, rest


def reports(cases: Mapping[str, Case]) -> Iterator[Case]:
    """Yield a case for each symptom that can be seen, by the case that breaks it."""
    for words, name in _rows(SEEN):
        yield Case(words, cases[name].expects, cases[name].broken)


def unseen() -> Iterator[tuple[str, str]]:
    """Yield each other symptom, with why it can't be seen from here."""
    yield from _rows(UNSEEN)
