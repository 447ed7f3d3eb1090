"""Policy variables: a request's values in their place, as IAM puts them before it evaluates a policy."""

import re
from collections.abc import Mapping
from typing import Any

VARIABLE = re.compile(r"\$\{([^},]+?)(?:, *'([^']*)')?\}")
PLACES = ("Resource", "NotResource", "Condition")
SINCE = "2012-10-17"


class NoValueError(LookupError):
    """A variable has no value in this request, and no default."""


def resolved(policy: Mapping[str, Any], keys: Mapping[str, str]) -> dict[str, Any]:
    """Return a policy with values in the place of variables, by the keys of the request in lower case.

    A statement with a variable that has no value is left out: it grants nothing (IAM User Guide, "Policy
    variables with no value"). Older versions of policies know no variables. A value is never a pattern.
    """
    if policy.get("Version") != SINCE:
        return dict(policy)
    statements = []
    for each in policy["Statement"]:
        try:
            statements.append({k: _filled(v, keys) if k in PLACES else v for k, v in each.items()})
        except NoValueError:
            assert each["Effect"] == "Allow", "what AWS makes of such a denial is not known"
    return {**policy, "Statement": statements}


def _filled(part: Any, keys: Mapping[str, str]) -> Any:  # noqa: ANN401  as in JSON
    if isinstance(part, Mapping):
        return {key: _filled(value, keys) for key, value in part.items()}
    if isinstance(part, list):
        return [_filled(each, keys) for each in part]
    return VARIABLE.sub(lambda found: _value(found, keys), part) if isinstance(part, str) else part


def _value(variable: re.Match[str], keys: Mapping[str, str]) -> str:
    value = keys.get(variable[1].lower(), variable[2])
    if value is None:
        raise NoValueError(variable[1])
    assert not {"*", "?"} & set(value), "the evaluator would take it for a pattern"
    return value
