"""JSON Schemas of the files of a procedure, for editors that complete and check while one types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args

from sop.casework.cases import cases_shape
from sop.reading.codes import country_schema
from sop.reading.conditions import when_shape
from sop.reading.editor import CHANGE_SNIPPETS, RULE_SNIPPETS
from sop.reading.language import policy_shape
from sop.reading.list_file import ListFile
from sop.reading.override_file import override_shape
from sop.reading.shapes import Shape
from sop.vocabulary import Vocabulary, default_vocabulary

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SchemaKind = Literal["policy", "list", "override", "cases"]
SCHEMA_KINDS: tuple[SchemaKind, ...] = get_args(SchemaKind)
TITLES: Mapping[SchemaKind, str] = {
    "policy": "Parcel screening procedure",
    "list": "Named list of a parcel screening procedure",
    "override": "Override of a parcel screening procedure for some stations or a channel",
    "cases": "Cases of a parcel screening procedure",
}
SHAPES: Mapping[SchemaKind, Callable[[Vocabulary], Shape[Any]]] = {
    "policy": policy_shape,
    "list": lambda _: ListFile(),
    "override": override_shape,
    "cases": cases_shape,
}


def schema_of(kind: SchemaKind, vocabulary: Vocabulary | None = None) -> dict[str, Any]:
    """Return the schema of a kind of file, Draft 2020-12, made from the declaration that the loader reads by.

    It knows all that a schema can express; duplicate keys, quoting traps, the order of thresholds, repeated rule ids
    and whatever depends on another file only `sop check` sees.
    """
    known = vocabulary or default_vocabulary()
    schema = {
        "$schema": DIALECT,
        "title": TITLES[kind],
        **SHAPES[kind](known).schema(),
        "$defs": {"when": when_shape(known).schema(), "country": country_schema()},
    }
    for name, snippets in (("rules", RULE_SNIPPETS), ("add", RULE_SNIPPETS), ("change", CHANGE_SNIPPETS)):
        if name in schema.get("properties", {}):
            schema["properties"][name]["items"]["defaultSnippets"] = snippets
    return schema


def policy_schema(vocabulary: Vocabulary | None = None) -> dict[str, Any]:
    """Return the schema of `policy.yaml`."""
    return schema_of("policy", vocabulary)
