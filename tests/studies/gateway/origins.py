"""What is known of a behaviour of AWS, and where that stands: on its own pages, or in records of answers."""

from dataclasses import dataclass

AWS = ("https://docs.aws.amazon.com/", "https://repost.aws/")
GUIDE = "https://docs.aws.amazon.com/apigateway/latest/developerguide/"
LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg/"
STACKD = "https://github.com/radkawar/stackd/blob/HEAD/testdata/aws/apigateway/"
"""Recordings of AWS by stackd, us-east-1, 2026-09."""
LIFECYCLE = f"{STACKD}websocket_lifecycle.json"
MANAGEMENT = f"{STACKD}websocket_management.json"
METRICS = f"{STACKD}v2_metrics.json"
CREDENTIALS = f"{STACKD}v2_integration_credentials.json"
AUTHORIZERS = f"{STACKD}websocket_lambda_authorizers.json"
ADMISSION = f"{STACKD}websocket_authorizer_admission.json"
LOGS = f"{STACKD}rest_websocket_logs.json"
NOTES = "https://github.com/radkawar/stackd/blob/HEAD/docs/behavior-references.md"
QUOTAS = f"{GUIDE}apigateway-execution-service-websocket-limits-table.html"
ACCOUNT = f"{GUIDE}limits.html"
CODES = f"{GUIDE}apigateway-websocket-api-overview.html"
ROUTES = f"{GUIDE}apigateway-websocket-api-routes-integrations.html"
SELECTION = f"{GUIDE}websocket-api-develop-routes.html"
EVENTS = f"{GUIDE}apigateway-websocket-api-integration-requests.html"
REPLIES = f"{GUIDE}apigateway-websocket-api-integration-responses.html"
CALLBACKS = f"{GUIDE}apigateway-how-to-call-websocket-api-connections.html"
BY_IAM = f"{GUIDE}apigateway-websocket-control-access-iam.html"
TERRAFORM_8 = "https://github.com/terraform-aws-modules/terraform-aws-apigateway-v2/issues/8"
TERRAFORM_17955 = "https://github.com/hashicorp/terraform-provider-aws/issues/17955"
UNKNOWN = ""


@dataclass(frozen=True)
class Behaviour:
    """One thing that happens, of one origin: what is known in two ways is two of these.

    Attributes:
        source: where it stands what AWS does: a page of AWS's, or a record of what AWS answered; UNKNOWN if
            nobody has measured it or written about it, and the cautious reading is taken.
        tests: the names of those in `tests/unit/local` that show it, without `test_`.
        differs: whether the gateway does otherwise; the remark says how.
    """

    what: str
    source: str
    tests: str = ""
    remark: str = ""
    differs: bool = False

    @property
    def kind(self) -> str:
        """How it is known what AWS does."""
        if not self.source:
            return "inferred"
        return "documented" if self.source.startswith(AWS) else "recorded"

    @property
    def verdict(self) -> str:
        """Whether it is as on AWS."""
        return "unknown" if not self.source else "no" if self.differs else "yes"


def no(what: str, source: str, remark: str = "", tests: str = "") -> Behaviour:
    """Return what is not as on AWS."""
    return Behaviour(what, source, tests, remark, differs=True)
