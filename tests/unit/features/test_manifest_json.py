"""JSON that two programs could read differently is refused before anything is made of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from features.errors import MOST_PROBLEMS
from features.manifest_schema import JSON_CODES, NotJson, load_json, parse_manifest_json

LEAST: dict[str, Any] = {
    "item_id": "RR473124829GB",
    "channel": "postal",
    "origin_country": "GB",
    "destination_country": "MX",
    "items": [{"description": "steel tube set"}],
}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xff\xfe", "invalid_utf8"),
        ("", "invalid_json"),
        ("{", "invalid_json"),
        ('{"a": 1} x', "invalid_json"),
        ('{"a": 1, "a": 2}', "duplicate_key"),
        ('{"items": [{"a": {"b": 1, "b": 1}}]}', "duplicate_key"),
        ('{"a": NaN}', "not_finite"),
        ('{"a": -Infinity}', "not_finite"),
        ('{"a": 1e999}', "not_finite"),
        ('{"a": %s}' % ("9" * 5000), "number_too_long"),
        ('{"a": 0.%s}' % ("9" * 5000), "number_too_long"),
        ("[" * 100_000, "too_deep"),
        ("[" * 33 + "]" * 33, "too_deep"),
        ('{"a": "\\ud800"}', "bad_text"),
        ('{"\\udfff": 1}', "bad_text"),
    ],
)
def test_json_that_programs_read_differently_is_refused(data: bytes | str, code: str) -> None:
    with pytest.raises(NotJson) as caught:
        parse_manifest_json(data)
    assert {problem.code for problem in caught.value.problems} == {code}
    assert code in JSON_CODES


def test_brackets_inside_text_are_not_depth() -> None:
    raw = {**LEAST, "items": [{"description": '[{"' * 40}]}
    assert parse_manifest_json(json.dumps(raw)).items[0].description == '[{"' * 40


def test_a_byte_order_mark_and_a_surrogate_pair_are_read() -> None:
    data = b"\xef\xbb\xbf" + json.dumps({**LEAST, "items": [{"description": "\U0001f9e6 socks"}]}).encode()
    assert parse_manifest_json(data).items[0].description == "\U0001f9e6 socks"


def test_problems_of_the_json_are_counted_likewise() -> None:
    with pytest.raises(NotJson) as caught:
        load_json(b"[" + b"NaN," * 9_000 + b"1]")
    assert len(caught.value.problems) == MOST_PROBLEMS + 1
