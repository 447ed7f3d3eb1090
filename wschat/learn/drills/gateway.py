"""Drills on the API: its routes and integrations, what is deployed, and the stage."""

from wschat.lab.model.lab import AWS_IAM
from wschat.learn.drills.drill import Drill, changed, without

GATEWAY_DRILLS = (
    Drill(
        number=1,
        name="lost-for-words",
        complaint="I can register, join and leave. But whatever I say, I am told Forbidden.",
        symptom="message: Forbidden",
        hints=(
            "Is the socket still open after that? Then it was no refused connection.",
            "API Gateway itself says Forbidden, in a frame, before any function runs. When does it?",
            "List the API's routes (`aws apigatewayv2 get-routes`): which actions has it?",
        ),
        cause="The routes `message` and `$default` were deleted, and that was deployed. API Gateway answers"
        " Forbidden where no route fits and there is no `$default`.",
        changes=(without("route message", "route $default"),),
    ),
    Drill(
        number=2,
        name="deaf-to-all",
        complaint="I get in, but it understands nothing: each request is an unknown action.",
        symptom="register: there is no such action (unknown-action)",
        hints=(
            "All actions fail, and not one. What have they in common?",
            "What decides which route a message takes?",
            "Look at the API's route selection expression, beside the JSON that `chat --frames` shows.",
        ),
        cause="The API's route selection expression was `$request.body.message`, not `$request.body.action`,"
        " and that was deployed: so everything took the route `$default`.",
        changes=(changed("API", selection="$request.body.message"),),
    ),
    Drill(
        number=3,
        name="but-it-is-there",
        complaint="Messages are an unknown action. But the route is there, I can see it in the console!",
        symptom="message: there is no such action (unknown-action)",
        hints=(
            "Compare what is configured with what is served.",
            "A stage serves a deployment, which is a snapshot. What was there when it was made?",
            "Look at the stage's deployment history: the one that is served is older than the route.",
        ),
        cause="The route `message` was deleted, that was deployed, and the route was made again, which was"
        " not deployed.",
        by_way_of=(without("route message"),),
        stale=True,
    ),
    Drill(
        number=7,
        name="left-waiting",
        complaint="I join a room and wait: nothing comes. The others say that they saw me come in.",
        symptom="join: no answer within",
        hints=(
            "Does the log of JoinRoom say that it went well?",
            "Who carries what a function returns to the client? It is not the same way as a post.",
            "Look at the route `join`: has it a route response, as the others have?",
        ),
        cause="The route `join` had no route response, and that was deployed: what JoinRoom"
        " returned reached nobody.",
        changes=(changed("route join", two_way=False),),
    ),
    Drill(
        number=13,
        name="not-on-the-list",
        complaint="Nobody gets in any more: the handshake is refused with status 403.",
        symptom="HTTP 403",
        hints=(
            "403, and no function has a line about it in its log.",
            "Who checks before $connect? What does the body of the 403 say?",
            "Look at the route $connect: its authorization.",
        ),
        cause="The route `$connect` asked for AWS_IAM, and that was deployed: only who signs gets in then.",
        changes=(changed("route $connect", authorization=AWS_IAM),),
    ),
    Drill(
        number=14,
        name="fine-when-alone",
        complaint="When I am slow and alone, it works. When we all come, some get in and some don't.",
        symptom="Too Many Requests",
        hints=(
            "Try it alone, one request a second; then quickly.",
            "Which status or message do those get who are refused?",
            "Look at the stage: its throttle.",
        ),
        cause="The stage's throttle was 1 request a second, 1 at once.",
        changes=(changed("stage", rate=1.0, burst=1),),
    ),
    Drill(
        number=16,
        name="my-own-name",
        complaint="I closed the tab and came back, and now my name is taken. Nobody else has it!",
        symptom="disconnect: the connection has closed, and its name is still taken",
        hints=(
            "What should happen when somebody leaves?",
            "Has the log of Disconnect a line since then?",
            "List the API's routes: what is called when a connection ends?",
        ),
        cause="The route `$disconnect` was deleted, and that was deployed.",
        changes=(without("route $disconnect"),),
    ),
    Drill(
        number=18,
        name="now-and-then",
        complaint="Joining is Endpoint request timed out, now and then; and then it works for a while.",
        symptom="join: Endpoint request timed out",
        hints=(
            "When does it fail: cold, or warm? Wait some minutes, and try again.",
            "Compare the Duration in the function's REPORT with how long somebody waits for it.",
            "Look at the integration of `join`: its timeout.",
        ),
        cause="API Gateway waited 50 ms for JoinRoom, and not 29 s: the integration's timeout, deployed.",
        by_way_of=(changed("function JoinRoom", memory=256),),  # so that it is cold afterwards
        changes=(changed("integration JoinRoom", timeout=50),),
    ),
    Drill(
        number=19,
        name="moved-away",
        complaint="Since the tidying up everybody gets 403 Forbidden at the handshake, with the same URL.",
        symptom="HTTP 403",
        hints=(
            "The URL has three parts that may be wrong.",
            "The API is there, and its routes, too. What stands behind the last slash?",
            "List the API's stages.",
        ),
        cause="The stage was called `production`; there was no `development` any more.",
        changes=(changed("stage", name="production", tags=()),),
    ),
    Drill(
        number=20,
        name="wrong-number",
        complaint="Each message is Internal server error. No log, permission right, no throttle. I give up!",
        symptom="message: Internal server error",
        hints=(
            "Is it SendMessage that API Gateway calls?",
            "A route leads to an integration, and that to a function. Follow it from `message` on.",
            "Compare the target of the route `message` with that of `dispatch`.",
        ),
        cause="The route `message` led to LeaveRoom, which API Gateway may not invoke for it; and that"
        " was deployed.",
        changes=(changed("route message", integration="LeaveRoom"),),
    ),
)
