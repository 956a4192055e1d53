"""What is wrong with parameters and findings, in the words and codes that a refused manifest gets too."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic_core import ErrorDetails

from features.errors import Problem, listed
from features.manifest_schema.fields import shown
from features.manifest_schema.problems import explain, path_of

_TYPES = {"tuple_type": "a list", "int_parsing": "a whole number"}


def problems(details: Sequence[ErrorDetails]) -> list[Problem]:
    """Translate the validator's errors into problems with paths such as `override.reason`."""
    return listed((Problem(path_of(one["loc"]), *_explain(one)) for one in details), len(details))


def _explain(error: ErrorDetails) -> tuple[str, str]:
    """Return code and sentence; what only parameters and findings can get wrong stands here."""
    kind, value = error["type"], error["input"]
    if kind == "extra_forbidden":
        return "unknown_field", "There is no field or parameter of this name."
    if kind == "value_error":
        return "not_allowed", f"{error['ctx']['error']}."
    if kind in _TYPES:
        return "wrong_type", f"Must be {_TYPES[kind]}, not {shown(value)}."
    if kind == "int_parsing_size":
        return "out_of_range", f"{shown(value)} is too big."
    return explain(error)
