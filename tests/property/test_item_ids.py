"""One rule for item_id: what a manifest may carry can be asked for again, and what cannot be asked for is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from features.errors import InputError
from features.manifest_schema import manifest_json_schema, parse_manifest
from service.schemas import ItemReference, ListParameters

LEAST: dict[str, Any] = {
    "channel": "courier",
    "origin_country": "GB",
    "destination_country": "MX",
    "items": [{"description": "cotton shirts"}],
}
SCHEMA = jsonschema.Draft202012Validator(manifest_json_schema())
CONTROLS = [chr(code) for code in (*range(0x20), 0x7F)]
pieces = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)


def manifest(item_id: str) -> None:
    parse_manifest({**LEAST, "item_id": item_id})


def document(kind: str) -> None:
    parse_manifest({**LEAST, "item_id": "C1", "documents": [{"type": kind}]})


def reference(item_id: str) -> None:
    ItemReference.model_validate({"item_id": item_id})


def listed(item_id: str) -> None:
    ListParameters.model_validate({"item_id": item_id})


def schema(item_id: str) -> None:
    SCHEMA.validate({**LEAST, "item_id": item_id})


READERS = [manifest, document, reference, listed, schema]


def takes(read: Callable[[str], None], text: str) -> bool:
    try:
        read(text)
    except (InputError, ValidationError, jsonschema.ValidationError):
        return False
    return True


@pytest.mark.parametrize("read", READERS)
@given(before=pieces, control=st.sampled_from(CONTROLS), after=pieces)
@settings(max_examples=100, deadline=None)
def test_one_control_character_is_refused_everywhere(
    read: Callable[[str], None], before: str, control: str, after: str
) -> None:
    assert not takes(read, before + control + after)


@given(text=st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=70))
@settings(max_examples=150, deadline=None)
def test_manifest_reference_and_list_take_the_same(text: str) -> None:
    fits = len(text) <= 64 and bool(text.strip())
    assert {takes(read, text) for read in (manifest, reference, listed)} == {fits}
