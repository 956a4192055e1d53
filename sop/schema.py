"""JSON Schema of policy files, for editors that complete and check while one types."""

from __future__ import annotations

from typing import Any

from sop.codes import COUNTRY_SCHEMA
from sop.conditions import when_shape
from sop.language import policy_shape
from sop.vocabulary import Vocabulary, default_vocabulary

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def policy_schema(vocabulary: Vocabulary | None = None) -> dict[str, Any]:
    """Return the schema, Draft 2020-12, made from the declaration that the loader reads by.

    It knows all that a schema can express; duplicate keys, quoting traps, the order of thresholds and repeated rule
    ids only `sop check` sees.
    """
    known = vocabulary or default_vocabulary()
    return {
        "$schema": DIALECT,
        "title": "Parcel screening procedure",
        **policy_shape(known).schema(),
        "$defs": {"when": when_shape(known).schema(), "country": dict(COUNTRY_SCHEMA)},
    }
