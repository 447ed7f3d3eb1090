"""What was counted in the last hour: its sums, the most in a minute, and how it is told."""

from typing import Any

import pytest

from tests.studies.account import Account
from tests.support.plane.embedded import Embedded
from wschat.doctor import metrics


def test_what_was_counted(embedded: Embedded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each metric is asked for once, a minute at a time; what never happened is not told."""
    cloud, asked = Account(embedded).lab(), list[dict[str, Any]]()
    values = {("AWS/ApiGateway", "ConnectCount"): [2.0, 1.0], ("AWS/Lambda", "Throttles"): [4.0]}
    values["AWS/Lambda", "ConcurrentExecutions"] = [3.0, 7.0]

    def count(MetricDataQueries: Any, **_: Any) -> Any:  # noqa: ANN401, N803  boto3's
        asked.extend(each["MetricStat"] for each in MetricDataQueries)
        keys = {
            each["Id"]: (
                each["MetricStat"]["Metric"]["Namespace"],
                each["MetricStat"]["Metric"]["MetricName"],
            )
            for each in MetricDataQueries
        }
        return {
            "MetricDataResults": [{"Id": id_, "Values": values.get(key, [])} for id_, key in keys.items()]
        }

    monkeypatch.setattr(cloud.metrics, "get_metric_data", count)
    counts = metrics.read(cloud, "api", ["JoinRoom"], 1_800_000_000.0)
    assert counts.told == {"connections": 3, "throttled calls": 4}
    assert counts.most["", "ConnectCount"] == 2
    assert counts.most["", "ConcurrentExecutions"] == 7
    assert counts.sums["JoinRoom", "Throttles"] == 4
    assert {each["Period"] for each in asked} == {60}
    assert len(asked) == len(metrics.API) + len(metrics.FUNCTION) + 1
