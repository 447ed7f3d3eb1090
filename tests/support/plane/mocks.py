"""What API Gateway answers to a message by itself, by what its control plane tells of a MOCK."""

import json
import re
from collections.abc import Mapping
from typing import Any

from wschat.lab.aws.cloud import Cloud


def answer(cloud: Cloud, route_key: str) -> str | None:
    """Return what a route with a MOCK answers in the lab as it stands; None where it fails, or is one-way.

    By the guide: a static selection expression is the key of the template, `$default` that for everything;
    without a template the message goes on as it is, and has no `statusCode`; the key of an integration
    response is an /expression/ that the status matches, or `$default`.
    """
    api, of = cloud.api, dict[str, Any](ApiId=cloud.api_id)
    (route,) = (
        each for each in cloud.pages(api, "get_routes", "Items[]", **of) if each["RouteKey"] == route_key
    )
    which = route["Target"].removeprefix("integrations/")
    mock = api.get_integration(**of, IntegrationId=which)
    responses = cloud.pages(api, "get_integration_responses", "Items[]", **of, IntegrationId=which)
    two_way = cloud.pages(api, "get_route_responses", "Items[]", **of, RouteId=route["RouteId"])
    request = _template(mock, "RequestTemplates")
    status = json.loads(request).get("statusCode") if request else None
    by_key = {each["IntegrationResponseKey"]: each for each in responses}
    keys = (key for key in by_key if key.startswith("/") and re.fullmatch(key.strip("/"), str(status)))
    response = by_key.get(next(keys, "$default"))
    return (
        _template(response, "ResponseTemplates") if isinstance(status, int) and response and two_way else None
    )


def _template(found: Mapping[str, Any], name: str) -> str | None:
    templates, selects = found.get(name) or {}, found.get("TemplateSelectionExpression") or ""
    template: str | None = templates.get(selects.replace("\\$", "$"), templates.get("$default"))
    return template
