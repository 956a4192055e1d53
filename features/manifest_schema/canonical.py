"""A manifest as the canonical JSON that goes on record: sorted names, no spaces, what is missing as null.

The same text as an encoder makes of `manifest_to_dict`, for less: the names of a part, their order and
their quotes are the same for every parcel.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from json.encoder import encode_basestring
from operator import attrgetter
from typing import Any

from features.manifest import Document, Item, Manifest, Marketplace, Money, Party
from features.manifest_schema import time_text

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def manifest_text(manifest: Manifest) -> str:
    """Return the canonical JSON of `manifest_to_dict(manifest)`."""
    return _WRITERS[Manifest](manifest)


def _part(kind: type) -> Callable[[Any], str]:
    """Return what writes one kind of part."""
    names = sorted(field.name for field in dataclasses.fields(kind))
    heads, read = [(f'"{name}":', f'"{name}":null') for name in names], attrgetter(*names)

    def write(part: Any) -> str:
        fields = [
            missing if value is None else head + _WRITERS[type(value)](value)
            for (head, missing), value in zip(heads, read(part), strict=True)
        ]
        return "{" + ",".join(fields) + "}"

    return write


def _list(values: tuple[Any, ...]) -> str:
    return "[" + ",".join([_WRITERS[type(value)](value) for value in values]) + "]"


def _extra(values: Mapping[str, Any]) -> str:
    return _ENCODER.encode(values) if values else "{}"


_WRITERS: dict[type, Callable[[Any], str]] = {
    **{kind: _part(kind) for kind in (Manifest, Party, Item, Money, Document, Marketplace)},
    str: encode_basestring,
    bool: lambda value: "true" if value else "false",
    int: repr,
    float: repr,
    tuple: _list,
    dict: _extra,
    Decimal: lambda value: f'"{value:f}"',
    date: lambda value: f'"{time_text(value)}"',
    datetime: lambda value: f'"{time_text(value)}"',
}
