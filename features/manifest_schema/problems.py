"""What can be wrong with a manifest: one table of codes, and the words in which a customs IT person reads them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from features.errors import MOST_PROBLEMS, TOO_MANY_PROBLEMS, Problem
from features.manifest_schema import wire
from features.manifest_schema.fields import shown
from features.strict_json import printable

# Every code that a refusal of a manifest can carry, with its meaning. `docs/manifest.md` is made from this table.
PROBLEM_CODES: dict[str, str] = {
    "missing": "A required field is absent, null or blank.",
    "unknown_field": "The manifest has no field of this name.",
    "wrong_type": "The value is of another JSON type than the field takes; nothing is converted silently.",
    "not_allowed": "The value is not one of the words that the field takes.",
    "not_a_country": "Not an ISO 3166-1 alpha-2 code in upper case.",
    "not_a_currency": "Not an ISO 4217 code in upper case.",
    "not_an_amount": "Not a decimal string: digits, at most 15, then optionally a point and up to 4 decimals.",
    "not_a_time": "Not an RFC 3339 time with an offset.",
    "not_a_date": "Not a date of the form YYYY-MM-DD.",
    "out_of_range": "A number or a year outside the range that the field takes.",
    "not_finite": "Not a finite number.",
    "too_long": "Text longer than the field takes.",
    "too_many": "More entries than the list takes.",
    "too_few": "Fewer entries than the list needs.",
    "bad_text": "Control characters, or text that is not valid Unicode.",
    "bad_name": "A name in `extra` that is empty, too long, or holds control characters.",
    TOO_MANY_PROBLEMS: f"More than {MOST_PROBLEMS:,} problems; the others are counted and not listed.",
}
JSON_CODES: dict[str, str] = {
    "invalid_utf8": "The document is not UTF-8.",
    "invalid_json": "The document is not JSON.",
    "duplicate_key": "A name stands twice in one object.",
    "number_too_long": "A number has more digits than programs agree on.",
    "too_deep": "The document is nested too deep.",
    "not_finite": "NaN, Infinity or a number beyond every range.",
    "bad_text": "Half a surrogate pair in a text.",
    TOO_MANY_PROBLEMS: f"More than {MOST_PROBLEMS:,} problems; the others are counted and not listed.",
}

_TYPES = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
}
_TEXT_FAULTS = ("string_pattern_mismatch", "string_unicode", "invalid_key")
_PARTS: dict[str, type[BaseModel]] = {
    "items": wire.Item,
    "sender": wire.Party,
    "recipient": wire.Party,
    "documents": wire.Document,
    "marketplace": wire.Marketplace,
    "value": wire.Money,
    "postage": wire.Money,
}
REQUIRED = frozenset(name for name, field in wire.Manifest.model_fields.items() if field.is_required())


def translate(errors: Iterable[ErrorDetails]) -> Iterator[Problem]:
    """Turn the validator's errors into problems with our paths, codes and sentences."""
    for error in errors:
        code, message = explain(error)
        yield Problem(path_of(error["loc"]), code, message)


def path_of(location: tuple[int | str, ...]) -> str:
    """Write a place as a reader would: `items[0].hs_code`, `extra["a b"]`."""
    path = ""
    for step in location:
        if step == "[key]":
            continue
        if isinstance(step, int):
            path += f"[{step}]"
        elif step.replace("_", "").isalnum() and step.isascii():
            path += f".{printable(step)}" if path else printable(step)
        else:
            path += f'["{printable(step)}"]'
    return path


def explain(error: ErrorDetails) -> tuple[str, str]:
    """Return our code and our sentence for one of the validator's errors."""
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    if kind == "missing" or (value is None and error["loc"] and error["loc"][-1] in _required_names()):
        return "missing", "Required, and absent or null."
    if kind == "extra_forbidden":
        return "unknown_field", _unknown(error["loc"])
    if kind in _TYPES:
        return "wrong_type", f"Must be {_TYPES[kind]}, not {shown(value)}."
    if kind in _OWN:
        return kind, _OWN[kind].format(value=shown(value), **context)
    if kind == "string_pattern_mismatch" and isinstance(value, str) and not value.strip():
        return "missing", "Required, and blank."
    if kind in _TEXT_FAULTS:
        return "bad_text", f"Holds control characters or is not valid Unicode: {shown(value)}."
    return _explain_bound(kind, value, context)


_OWN = {
    "wrong_type": "Must be {expected}, not {value}.",
    "not_a_country": "{value} is not an ISO 3166-1 alpha-2 country code in upper case{hint}.",
    "not_a_currency": "{value} is not an ISO 4217 currency code in upper case{hint}.",
    "not_an_amount": '{value} is not an amount; write a decimal string such as "18.50", not negative, '
    "at most 15 digits and 4 decimals.",
    "not_a_time": '{value} is not a time; write RFC 3339 with an offset, such as "2026-11-20T08:15:00Z".',
    "not_a_date": '{value} is not a date; write YYYY-MM-DD, such as "2026-11-01".',
    "out_of_range": "{value} is not {span}.",
    "bad_text": "Holds control characters or is not valid Unicode: {value}.",
    "bad_name": "The name {value} must have 1 to {limit} characters and no control characters.",
}


def _explain_bound(kind: str, value: Any, context: dict[str, Any]) -> tuple[str, str]:
    if kind == "literal_error":
        return "not_allowed", f"{shown(value)} is not one of: {context['expected']}."
    if kind == "string_too_long":
        return "too_long", f"At most {context['max_length']} characters, please; this has {len(value)}: {shown(value)}."
    if kind == "string_too_short":
        return "missing", "Required, and blank."
    if kind == "too_long":
        # The validator stops counting the entries of an object at its limit.
        return "too_many", f"At most {context['max_length']} entries, please; this has {len(value)}."
    if kind == "too_short":
        return "too_few", f"At least {context['min_length']}, please; this has {context['actual_length']}."
    if kind == "greater_than_equal":
        return "out_of_range", f"{shown(value)} is too small; the least is {context['ge']:g}."
    if kind in ("less_than_equal", "int_parsing_size"):
        return "out_of_range", f"{shown(value)} is too big; the most is {context.get('le', 0):g}."
    if kind == "finite_number":
        return "not_finite", f"{shown(value)} is not a finite number; write null where it is not known."
    raise AssertionError(f"The validator knows an error that this table does not explain: {kind}")


def _required_names() -> frozenset[str]:
    return REQUIRED | {"amount", "currency", "type"}


def _unknown(location: tuple[int | str, ...]) -> str:
    name = str(location[-1])
    near = difflib.get_close_matches(name[:60], _known_fields(location[:-1]), n=1, cutoff=0.75)
    hint = f" Did you mean `{near[0]}`?" if near else " A site's own columns belong into `extra`."
    return f"There is no field of this name.{hint}"


def _known_fields(location: tuple[int | str, ...]) -> list[str]:
    names = [step for step in location if isinstance(step, str)]
    return list((_PARTS[names[-1]] if names and names[-1] in _PARTS else wire.Manifest).model_fields)
