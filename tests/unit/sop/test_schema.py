from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
import yaml

from sop.active import shipped_policy_path
from sop.reading.loader import examine_policy
from sop.reading.schema import policy_schema
from sop.vocabulary import Vocabulary


def as_json(text: str) -> Any:
    return json.loads(json.dumps(yaml.safe_load(text), default=str))


def test_the_schema_is_a_schema() -> None:
    schema = policy_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_shipped_policy_validates() -> None:
    data = as_json(shipped_policy_path().read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(policy_schema()).validate(data)


@pytest.mark.parametrize(
    "when",
    [
        "{origin_country: GB}",
        "{origin_country: [GB, XK]}",
        '{hs_code: ["93", "950300"], nature: gift}',
        "{xray: {at_least: 0.5, below: 0.9, assessment: [alarm, no_picture]}}",
        "{any: [{risk: {at_least: 0}}, {any: [{part: {barrel: {below: 1}}}]}]}",
        "{indicator: S10_INVALID, contradiction: [any], watchlist: any, finding_history: {at_least: 2}}",
    ],
)
def test_what_the_loader_accepts_the_schema_accepts(
    text_of: Callable[..., str], vocabulary: Vocabulary, when: str
) -> None:
    text = text_of(f"A scan {when}")
    assert examine_policy(text, vocabulary).errors == ()
    jsonschema.Draft202012Validator(policy_schema(vocabulary)).validate(as_json(text))


@pytest.mark.parametrize(
    "when",
    [
        "{origin_country: []}",
        "{origin_country: ZK}",
        '{hs_code: "9"}',
        "{hs_code: 93}",
        "{xray: 0.5}",
        "{xray: {at_least: 1.5}}",
        "{risk: {below: 0}}",
        "{finding_history: {at_least: 1.5}}",
        "{any: {}}",
        "{any: [{}]}",
        "{colour: red}",
        "{stage: [station, station]}",
        "{watchlist: 'a b'}",
    ],
)
def test_what_the_loader_refuses_the_schema_refuses(
    text_of: Callable[..., str], vocabulary: Vocabulary, when: str
) -> None:
    text = text_of(f"A scan {when}")
    assert examine_policy(text, vocabulary).errors
    assert not jsonschema.Draft202012Validator(policy_schema(vocabulary)).is_valid(as_json(text))
