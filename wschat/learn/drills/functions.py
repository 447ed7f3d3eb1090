"""Drills on functions, their roles and permissions, and the tables."""

import json
from typing import Any

from wschat.lab.model.lab import API, Lab
from wschat.lab.model.resource import canonical
from wschat.learn.drills.drill import Denial, Drill, Value, changed, without


def _variable(name: str, value: Value) -> Value:
    """Give a variable of a function's environment another value."""
    return lambda lab, environment: tuple(
        (each, value(lab, was) if each == name else was) for each, was in environment
    )


def _without_action(action: str) -> Value:
    """Leave out the statements of a policy that allow an action."""

    def changes(_lab: Lab, document: str) -> str:
        policy: dict[str, Any] = json.loads(document)
        kept = [each for each in policy["Statement"] if action not in each["Action"]]
        return canonical({**policy, "Statement": kept})

    return changes


def _of_an_http_api(_lab: Lab, source: str) -> str:
    return source.replace("/*/", "/*/*/")


FUNCTION_DRILLS = (
    Drill(
        number=4,
        name="not-a-word-in-the-log",
        complaint="Each message ends in Internal server error. And the log of SendMessage is empty.",
        symptom="message: Internal server error",
        hints=(
            "Did the function run at all? START in its log would say so.",
            "Who must be allowed to call it, and where does that stand?",
            "Read SendMessage's own policy (Configuration → Permissions → Resource-based policy).",
        ),
        cause="The statement that lets API Gateway invoke SendMessage for the route `message` was removed.",
        changes=(without("permission SendMessage message"),),
    ),
    Drill(
        number=5,
        name="closed-door",
        complaint="Nobody gets in: the handshake is refused with status 500.",
        symptom="HTTP 500",
        hints=(
            "500 is not 502, and not 403: each has another cause.",
            "Has the log of Connect a START for it?",
            "Read the policy of the function Connect: who may invoke it?",
        ),
        cause="The statement that lets API Gateway invoke Connect was removed.",
        changes=(without("permission Connect $connect"),),
    ),
    Drill(
        number=6,
        name="it-is-allowed",
        complaint="Internal server error at each message, nothing in the log. But the permission is there!",
        symptom="message: Internal server error",
        hints=(
            "Read the ARN in the permission aloud: API, stage, …",
            "How many parts has the ARN of a REST API's method, how many that of a WebSocket route?",
            "Compare the SourceArn in SendMessage's policy with that in JoinRoom's.",
        ),
        cause="The permission of `message` had the SourceArn `API/*/*/message`, as of a REST API, and not"
        " `API/*/message`.",
        changes=(changed("permission SendMessage message", source=_of_an_http_api),),
    ),
    Drill(
        number=8,
        name="talking-to-oneself",
        complaint="My messages are acknowledged, but nobody hears a thing, not even I.",
        symptom="message: it was answered, but nothing was posted",
        hints=(
            "The reply and the post are two ways. Which one fails?",
            "Which of them needs a permission, and whose?",
            "Look in the log of SendMessage for `status 403`, and then at what SendMessageRole may do.",
        ),
        cause="The policy of SendMessageRole did not allow `execute-api:ManageConnections` any more.",
        changes=(
            changed("policy SendMessageRole", document=_without_action("execute-api:ManageConnections")),
        ),
    ),
    Drill(
        number=9,
        name="nobody-home",
        complaint="I get my ack, and nobody hears me. I have looked: the policy is right!",
        symptom="message: it was answered, but nothing was posted",
        hints=(
            "To whom does it post?",
            "Compare the address in the log of SendMessage, or in the refusal, with the API's id.",
            "Look at the environment variables of SendMessage.",
        ),
        cause="MANAGEMENT_URL of SendMessage had the id of another API in it.",
        changes=(
            changed(
                "function SendMessage",
                environment=_variable("MANAGEMENT_URL", lambda _lab, was: was.replace(API, "a1b2c3d4e5")),
            ),
        ),
    ),
    Drill(
        number=10,
        name="bad-gateway",
        complaint="Nobody gets in: the handshake is refused with status 502.",
        symptom="HTTP 502",
        hints=(
            "502: the function ran, and raised.",
            "Its log says what was refused. The role is right; for which table?",
            "Look at the environment variables of Connect, letter by letter.",
        ),
        cause="CLIENT_RECORDS of Connect was `Client-Records`: the case matters.",
        changes=(
            changed(
                "function Connect",
                environment=_variable("CLIENT_RECORDS", lambda lab, _was: lab.name("Client-Records")),
            ),
        ),
    ),
    Drill(
        number=11,
        name="it-ran-before",
        complaint="Somebody cleared up the tables, and now the handshake is refused with status 502.",
        symptom="HTTP 502",
        hints=(
            "502: the function ran, and raised. Read the last line of its traceback.",
            "What is the key called, exactly?",
            "Look at the table client-records: its partition key. DynamoDB can't change one.",
        ),
        cause="The table client-records was deleted, and made again with the key `id`, not `ID`.",
        by_way_of=(without("table client-records"),),
        changes=(changed("table client-records", partition_key="id"),),
    ),
    Drill(
        number=12,
        name="one-word-more",
        complaint="Only joining fails, with Internal server error. I have read the role's policy: perfect.",
        symptom="join: Internal server error",
        hints=(
            "Read the refusal in the log of JoinRoom: it has one word more than usual.",
            "An Allow and a Deny: which wins? And where can a Deny stand?",
            "List the policies that are attached to JoinRoomRole, beside the one in it.",
        ),
        cause="A managed policy that denies `dynamodb:GetItem` was attached to JoinRoomRole. A Deny wins"
        " over every Allow.",
        denial=Denial("JoinRoomRole", "dynamodb:GetItem", "client-records"),
        needs=("iam:AttachRolePolicy", "iam:CreatePolicy", "iam:DeletePolicy"),
    ),
    Drill(
        number=15,
        name="may-but-can-not",
        complaint="Each message is Internal server error. No log, and the permission is right to the letter.",
        symptom="message: Internal server error",
        hints=(
            "The log is empty, so it did not run; and yet API Gateway may invoke it.",
            "May it run, or can it? Lambda counts what it refuses: the metric Throttles.",
            "Look at SendMessage → Configuration → Concurrency.",
        ),
        cause="SendMessage had a reserved concurrency of 0: what the console's button Throttle sets.",
        changes=(changed("function SendMessage", reserved_concurrency=0),),
        needs=("lambda:PutFunctionConcurrency",),
    ),
    Drill(
        number=17,
        name="not-our-lines",
        complaint="Joining is Internal server error. The log has START and REPORT, and no line of ours.",
        symptom="join: Internal server error",
        hints=(
            "Something ran, but not our code.",
            "What does Lambda load first, and how does it know what to call?",
            "Look at JoinRoom → Code → Runtime settings.",
        ),
        cause="The handler of JoinRoom was `index.handler`: there is no file of that name in its package.",
        changes=(changed("function JoinRoom", handler="index.handler"),),
    ),
)
