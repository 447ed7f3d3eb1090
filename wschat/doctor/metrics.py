"""What CloudWatch has counted of an API and its functions in the last hour."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.errors import translated

HOUR_S = 3600
MINUTE_S = 60
API = {
    "ConnectCount": "connections",
    "MessageCount": "messages",
    "IntegrationError": "integration errors",
    "ClientError": "client errors",
    "ExecutionError": "execution errors",
}
FUNCTION = {
    "Invocations": "calls of functions",
    "Errors": "failed calls",
    "Throttles": "throttled calls",
}
"""The metrics that are summed up, each with what it counts."""
CONCURRENT = "ConcurrentExecutions"
"""How many functions ran at once in the whole account."""
Which = tuple[str, str]
"""Of what, a function's name, or an empty one for the API or the account, and the metric's name."""


@dataclass(frozen=True)
class Counts:
    """The sums of the last hour, and the most that was counted in a minute of it.

    Of `ConcurrentExecutions` the most is the most at once.
    """

    sums: Mapping[Which, float] = field(default_factory=dict)
    most: Mapping[Which, float] = field(default_factory=dict)

    @property
    def told(self) -> dict[str, int]:
        """What was counted, in words, each with how often; what never happened is left out."""
        total = Counter[str]()
        for (_, name), count in self.sums.items():
            if name in API or name in FUNCTION:
                total[(API | FUNCTION)[name]] += round(count)
        return {what: count for what, count in total.items() if count}


def read(cloud: Cloud, api: str, functions: Iterable[str], now: float) -> Counts:
    """Return what was counted of an API, by its id, and of functions; `now` is in seconds since 1970.

    The metrics: https://docs.aws.amazon.com/apigateway/latest/developerguide/
    apigateway-websocket-api-logging.html, https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html.

    Raises:
        WschatError: AWS could not be asked.
    """
    asked = [("", name, "AWS/ApiGateway", "Sum", {"ApiId": api}) for name in API if api]
    asked += [
        (function, name, "AWS/Lambda", "Sum", {"FunctionName": function})
        for function in functions
        for name in FUNCTION
    ]
    asked.append(("", CONCURRENT, "AWS/Lambda", "Maximum", {}))
    queries: Any = [
        {
            "Id": f"m{number}",
            "MetricStat": {
                "Metric": {
                    "Namespace": namespace,
                    "MetricName": name,
                    "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
                },
                "Period": MINUTE_S,
                "Stat": stat,
            },
        }
        for number, (_, name, namespace, stat, dimensions) in enumerate(asked)
    ]
    ask = partial(
        cloud.ask,
        "metrics",
        cloud.metrics.get_metric_data,
        MetricDataQueries=queries,
        StartTime=datetime.fromtimestamp(now - HOUR_S, UTC),
        EndTime=datetime.fromtimestamp(now, UTC),
    )
    with translated("metrics"):
        (found,) = cloud.clock.run_all([ask])
    results: Any = found["MetricDataResults"] if found else ()
    values = {each["Id"]: each.get("Values", ()) for each in results}
    of = {(who, name): values.get(f"m{number}", ()) for number, (who, name, *_) in enumerate(asked)}
    return Counts(
        {which: sum(each) for which, each in of.items()},
        {which: max(each, default=0.0) for which, each in of.items()},
    )
