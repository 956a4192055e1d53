"""A strict JSON reader: what two programs could read differently is refused, with the reason.

Python's own reader takes NaN, keeps the last of two equal keys, and stops deep documents with a RecursionError. A
manifest that means one thing here and another to the caller must not be screened.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from features.errors import InputError, Problem, listed

MAX_DEPTH = 32
MAX_NUMBER_LENGTH = 40
MAX_INTEGER_DIGITS = 18
# Strings are skipped whole (an unterminated one to the end), so that brackets inside text do not count.
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SURROGATE = re.compile("[\ud800-\udfff]")


class NotJson(InputError):
    """The bytes are not JSON that every reader understands in the same way."""


def load_json(data: bytes | str) -> Any:
    """Read one JSON document.

    Args:
        data: UTF-8 bytes (a byte order mark is skipped) or text.

    Raises:
        NotJson: With one of the problem codes `invalid_utf8`, `invalid_json`, `duplicate_key`, `not_finite`,
            `number_too_long` (over 18 digits for a whole number), `too_deep` (over 32 levels), `bad_text` (half a
            surrogate pair).
    """
    text = _decode(data)
    try:
        value = _PLAIN.decode(text)
    except (_Odd, ValueError, RecursionError):
        return _load_telling(text, isinstance(data, str))
    if _may_be_deep(text) and _is_deep(value):
        return _load_telling(text, isinstance(data, str))
    if "\\u" in text or isinstance(data, str):
        problems = _lone_surrogates(value)
        if problems:
            raise _not_json(*problems)
    return value


def _load_telling(text: str, had_text: bool) -> Any:
    """Read a document that is not as it should be, and say all that is wrong with it."""
    _check_depth(text)
    reader = _Reader()
    try:
        value = json.loads(
            text,
            object_pairs_hook=reader.pairs,
            parse_constant=reader.constant,
            parse_int=reader.integer,
            parse_float=reader.real,
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        raise _not_json(Problem("", "invalid_json", f"Not JSON at {place}: {error.msg}.")) from error
    if "\\u" in text or had_text:
        reader.problems.extend(_lone_surrogates(value))
    if reader.problems:
        raise _not_json(*reader.problems)
    return value


def _decode(data: bytes | str) -> str:
    if isinstance(data, str):
        return data.removeprefix("\ufeff")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"Byte {error.start} is not UTF-8; write the document in UTF-8."
        raise _not_json(Problem("", "invalid_utf8", message)) from error


def _may_be_deep(text: str) -> bool:
    # Few brackets cannot be nested deep, wherever they stand; most documents are told from their number alone.
    return text.count("{") + text.count("[") > MAX_DEPTH


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        holding = [part for part in level if isinstance(part, dict | list)]
        level = [one for part in holding for one in (part.values() if isinstance(part, dict) else part)]
    return bool(holding)


def _check_depth(text: str) -> None:
    if not _may_be_deep(text):
        return
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        first = match.group()[0]
        depth += 1 if first in "[{" else -1 if first in "]}" else 0
        if depth > MAX_DEPTH:
            raise _not_json(Problem("", "too_deep", f"Nested over {MAX_DEPTH} levels deep; flatten the document."))


class _Odd(Exception):
    """Something in a document is not as it should be."""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise _Odd
    return result


def _integer(digits: str) -> int:
    if len(digits) > MAX_INTEGER_DIGITS:
        raise _Odd
    return int(digits)


def _real(digits: str) -> float:
    if len(digits) > MAX_NUMBER_LENGTH:
        raise _Odd
    value = float(digits)
    if math.isinf(value):
        raise _Odd
    return value


def _constant(name: str) -> None:
    raise _Odd


_PLAIN = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_constant, parse_int=_integer, parse_float=_real)
"""Reads what is as it should be, which nearly all documents are, and stops at anything else without a word."""


class _Reader:
    """Hooks for `json.loads` that collect what is wrong instead of stopping at the first."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) < len(pairs):
            self._tell_duplicates(pairs)
        return result

    def _tell_duplicates(self, pairs: list[tuple[str, Any]]) -> None:
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                message = f"The name {printable(name)!r} stands twice in one object; keep one."
                self.problems.append(Problem(printable(name), "duplicate_key", message))
            seen.add(name)

    def constant(self, name: str) -> None:
        self.problems.append(Problem("", "not_finite", f"{name} is not a JSON number; leave it out or write null."))

    def integer(self, digits: str) -> int:
        if len(digits.lstrip("-")) > MAX_INTEGER_DIGITS:
            self.problems.append(_number_too_long(digits))
            return 0
        return int(digits)

    def real(self, digits: str) -> float:
        if len(digits) > MAX_NUMBER_LENGTH:
            self.problems.append(_number_too_long(digits))
            return 0.0
        value = float(digits)
        if math.isinf(value):
            self.problems.append(Problem("", "not_finite", f"The number {digits} is beyond every range."))
        return value


def printable(text: str, limit: int = 60) -> str:
    """Return text shortened to `limit` characters and safe to encode as UTF-8, for use in messages and paths."""
    safe = _CONTROL.sub("\ufffd", text[: limit + 1]).encode("utf-8", "replace").decode("utf-8")
    return safe if len(safe) <= limit else safe[: limit - 1] + "…"


def _number_too_long(digits: str) -> Problem:
    return Problem("", "number_too_long", f"The number {printable(digits, 24)} has too many digits; shorten it.")


def _lone_surrogates(value: Any) -> list[Problem]:
    problems: list[Problem] = []
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            waiting.extend(part)
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
        elif isinstance(part, str) and _SURROGATE.search(part):
            message = f"The text {printable(part)!r} holds half a surrogate pair; mend the sender's encoding."
            problems.append(Problem("", "bad_text", message))
    return problems


def _not_json(*problems: Problem) -> NotJson:
    found = listed(problems, len(problems))
    return NotJson("This is not JSON that every reader understands in the same way.", found)
