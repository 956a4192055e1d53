"""The schemas of all files accept what the loader accepts, and what editors offer is itself valid."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
import yaml
from sop_files import HEAD, HEADINGS, ORIGINS

from sop.active import cases_path, shipped_policy_path
from sop.reading import schema
from sop.reading.schema import SCHEMA_KINDS, SchemaKind
from sop.vocabulary import Vocabulary

OVERRIDE = HEAD + (
    "owner: Leeds\nchange: [{id: A, lane: examine, when: {risk: {at_least: 0.5}}}]\nremove: [B, C]\n"
    "add: [{id: X, title: T, when: {origin_country: {codes: [GB], list: origins}}, lane: scan, after: A}]\n"
    "missing_evidence: {risk_unavailable: {lane: scan, reference: R}}\nrandom_selection: {rate: 0.5, lane: scan}\n"
    "workload: {scan: {at_most_share: 0.1}}\ndefault_lane: scan\naccept: {random_rate_zero: x}\n"
)
REFUSED: dict[str, tuple[SchemaKind, str]] = {
    "a country in a list of headings": ("list", HEADINGS.replace("'93'", "SE")),
    "a heading in a list of countries": ("list", ORIGINS.replace("SE", "'9301'")),
    "a list without a source": ("list", ORIGINS.replace("source: Decision 14\n", "")),
    "an entry without its code": ("list", ORIGINS.replace('code: "NO", ', "")),
    "an override of something else": ("override", OVERRIDE.replace("../policy.yaml", "policy.yaml")),
    "an override for everybody": ("override", re.sub("applies_to: .*\n", "applies_to: {}\n", OVERRIDE)),
    "a change without a rule": ("override", OVERRIDE.replace("{id: A, lane", "{lane")),
    "an added rule without a lane": ("override", OVERRIDE.replace("lane: scan, after", "after")),
    "rules in an override": ("override", OVERRIDE + "rules: []\n"),
}


FOLDERS: dict[str, SchemaKind] = {"lists": "list", "overrides": "override"}


@cache
def schema_of(kind: SchemaKind) -> dict[str, Any]:
    return schema.schema_of(kind)


def as_json(text: str) -> Any:
    return json.loads(json.dumps(yaml.safe_load(text), default=str))


@pytest.mark.parametrize("kind", SCHEMA_KINDS)
def test_each_is_a_schema_in_the_draft_it_names_and_in_the_one_that_editors_know(kind: SchemaKind) -> None:
    whole = schema_of(kind)
    jsonschema.Draft202012Validator.check_schema(whole)
    jsonschema.Draft7Validator.check_schema(whole)


@pytest.mark.parametrize("draft", [jsonschema.Draft202012Validator, jsonschema.Draft7Validator])
@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("policy", shipped_policy_path().read_text(encoding="utf-8")),
        ("cases", cases_path(shipped_policy_path()).read_text(encoding="utf-8")),
        ("list", ORIGINS),
        ("list", HEADINGS),
        ("override", OVERRIDE),
    ],
    ids=["policy", "cases", "countries", "headings", "override"],
)
def test_what_the_loader_accepts(kind: SchemaKind, text: str, draft: Any) -> None:
    draft(schema_of(kind)).validate(as_json(text))


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_loader_refuses(name: str) -> None:
    kind, text = REFUSED[name]
    assert not jsonschema.Draft202012Validator(schema_of(kind)).is_valid(as_json(text))


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for key, value in schema.items():
            if key not in ("examples", "defaultSnippets"):
                yield from nodes(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from nodes(item)


@pytest.mark.parametrize("kind", SCHEMA_KINDS)
def test_the_examples_that_editors_show_are_valid(kind: SchemaKind) -> None:
    whole = schema_of(kind)
    shown = [node for node in nodes(whole) if "examples" in node]
    assert len(shown) > 5
    for node in shown:
        own = jsonschema.Draft202012Validator({**node, "$defs": whole["$defs"]})
        for example in node["examples"]:
            own.validate(example)


@pytest.mark.parametrize("kind", ["policy", "list", "override"])
def test_the_blocks_that_editors_insert_are_valid(kind: SchemaKind) -> None:
    whole = schema_of(kind)
    snippets = [(node, one) for node in nodes(whole) for one in node.get("defaultSnippets", ())]
    assert snippets
    for node, snippet in snippets:
        own = jsonschema.Draft202012Validator({**node, "$defs": whole["$defs"]})
        own.validate(as_json(json.dumps(filled(snippet["body"]))))


def filled(body: Any) -> Any:
    """A snippet as an editor inserts it: the first choice, or the text that stands in a place to fill."""
    if isinstance(body, dict):
        return {filled(key): filled(value) for key, value in body.items()}
    if not isinstance(body, str):
        return body
    text = re.sub(r"\$\{\d+\|(\w+)[^}]*\}", r"\1", re.sub(r"\$\{\d+:([^}]*)\}", r"\1", body))
    # A caret says: insert without quotes.
    return float(text[1:]) if text.startswith("^") else text


def test_every_key_says_what_it_means_with_an_example() -> None:
    for kind in get_args(SchemaKind):
        if kind != "cases":
            for node in nodes(schema_of(kind)):
                for name, value in node.get("properties", {}).items():
                    assert len(value.get("description", "")) > 8 or value.get("const"), (kind, name)


def test_indicators_are_explained_while_one_types(vocabulary: Vocabulary) -> None:
    (indicators,) = {
        json.dumps(node): node
        for node in nodes(schema.schema_of("policy", vocabulary))
        if "S10_INVALID" in node.get("enum", ())
    }.values()
    assert dict(zip(indicators["enum"], indicators["enumDescriptions"], strict=True)) == vocabulary.indicators


def test_names_of_lists_are_free_and_their_form_is_checked(text_of: Callable[..., str], vocabulary: Vocabulary) -> None:
    validator = jsonschema.Draft202012Validator(schema.schema_of("policy", vocabulary))
    assert validator.is_valid(as_json(text_of("A scan {origin_country: {list: [origins, more]}}")))
    assert not validator.is_valid(as_json(text_of("A scan {origin_country: {list: 'a b'}}")))
    assert not validator.is_valid(as_json(text_of("A scan {origin_country: {}}")))


FIXTURES = sorted((Path(__file__).parent / "broken").glob("*/*/*.yaml"))


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: f"{path.parts[-3]}/{path.name}")
def test_lists_and_overrides_of_procedures_that_are_only_hardly_meant(path: Path) -> None:
    kind: SchemaKind = "cases" if path.name.endswith(".cases.yaml") else FOLDERS[path.parent.name]
    jsonschema.Draft202012Validator(schema_of(kind)).validate(as_json(path.read_text(encoding="utf-8")))


def test_there_are_such_lists_and_overrides() -> None:
    assert {path.parent.name for path in FIXTURES} == set(FOLDERS)
