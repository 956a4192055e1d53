"""From JSON to a `Manifest` and back: strict types, every bound checked, all problems at once.

The wire form (`wire.py`) states every field with its bound; `problems.py` holds the one table of problem codes.
Nothing is converted silently: the text "5" is no number, true is no 1, and money is a decimal string because a
binary fraction cannot hold it. Two things are indicators and not errors, because they say something about the sender:
an invalid S10 identifier and a malformed HS code.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import chain
from operator import attrgetter
from typing import Any

from pydantic import ValidationError

from features.errors import InputError, Problem, listed
from features.manifest import Document, Item, Manifest, Marketplace, Money, Party
from features.manifest_schema import wire
from features.manifest_schema.problems import JSON_CODES, PROBLEM_CODES, translate
from features.strict_json import NotJson, load_json

__all__ = [
    "JSON_CODES",
    "PROBLEM_CODES",
    "NotJson",
    "load_json",
    "manifest_json_schema",
    "manifest_to_dict",
    "parse_manifest",
    "parse_manifest_json",
    "time_text",
]


def parse_manifest_json(data: bytes | str) -> Manifest:
    """Read one manifest from JSON.

    Raises:
        NotJson: The document is not strict JSON (see `features.strict_json`).
        InputError: It is JSON but not a manifest; `problems` lists all that is wrong.
    """
    return parse_manifest(load_json(data))


def parse_manifest(raw: Any) -> Manifest:
    """Check a JSON value (dict, list, str, int, float, bool, None) and return the manifest.

    Blank text counts as missing; text is otherwise kept as declared.

    Raises:
        InputError: Not a manifest; `problems` lists all that is wrong, each with a path such as `items[0].hs_code`
            and a code of PROBLEM_CODES.
    """
    problems: Iterator[Problem] = iter(())
    count, parsed = sum(1 for _ in _items_without_contents(raw)), None
    try:
        parsed = wire.Manifest.model_validate(raw)
    except ValidationError as error:
        problems, count = translate(error.errors(include_url=False)), count + error.error_count()
    if count or parsed is None:
        told = f"{count} problem{'s' if count > 1 else ''}"
        found = listed(chain(problems, _items_without_contents(raw)), count)
        raise InputError(f"The manifest cannot be read as one: {told}.", found)
    return _manifest(parsed)


def manifest_json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of what `parse_manifest` takes, with its parts under `$defs`."""
    return wire.Manifest.model_json_schema(mode="validation")


def manifest_to_dict(manifest: Manifest) -> dict[str, Any]:
    """Return the manifest in JSON types: money as decimal strings, times in RFC 3339, missing fields as null.

    `parse_manifest(manifest_to_dict(m)) == m` for every manifest that `parse_manifest` returned.
    """
    return _part(manifest)


def _items_without_contents(raw: Any) -> Iterator[Problem]:
    # Checked apart from the validator, which would hide this behind any other problem of the same line.
    items = raw.get("items") if isinstance(raw, dict) else None
    for index, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict) and wire.blank(item.get("description")) and wire.blank(item.get("hs_code")):
            yield Problem(f"items[{index}]", "missing", "An article line needs a `description` or an `hs_code`.")


def _manifest(raw: wire.Manifest) -> Manifest:
    values = raw.values()
    values["items"] = tuple([_item(item) for item in raw.items])
    values["postage"] = _money(raw.postage)
    values["sender"], values["recipient"] = _party(raw.sender), _party(raw.recipient)
    for name in ("transit_countries", "dimensions_mm"):
        if values[name] is not None:
            values[name] = tuple(values[name])
    if raw.documents is not None:
        values["documents"] = tuple(Document(**one.values()) for one in raw.documents)
    if raw.marketplace is not None:
        values["marketplace"] = Marketplace(**raw.marketplace.values())
    return Manifest(**values)


def _item(raw: wire.Item) -> Item:
    values = raw.values()
    values["value"] = _money(raw.value)
    return Item(**values)


def _money(raw: wire.Money | None) -> Money | None:
    return None if raw is None else Money(amount=raw.amount, currency=raw.currency)


def _party(raw: wire.Party | None) -> Party | None:
    if raw is None:
        return None
    values = raw.values()
    if raw.address is not None:
        values["address"] = tuple([line for line in raw.address if not wire.blank(line)])
    return Party(**values)


def _read(part: type) -> tuple[tuple[str, ...], attrgetter[tuple[Any, ...]]]:
    names = tuple(field.name for field in dataclasses.fields(part))
    return names, attrgetter(*names)


# The names of a part's fields, and what reads them all: asked for once, because they are read for every parcel.
_FIELDS = {part: _read(part) for part in (Manifest, Party, Item, Money, Document, Marketplace)}
_AS_THEY_ARE = frozenset({str, float, int, bool, type(None)})


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if kind in _FIELDS:
        return _part(value)
    if kind is tuple:
        return [_plain(part) for part in value]
    if kind is Decimal:
        return format(value, "f")
    if isinstance(value, date):
        return time_text(value)
    return dict(value) if isinstance(value, dict) else value


def _part(part: Any) -> dict[str, Any]:
    names, read = _FIELDS[type(part)]
    return {
        name: value if type(value) in _AS_THEY_ARE else _plain(value)
        for name, value in zip(names, read(part), strict=True)
    }


def time_text(value: date) -> str:
    """Return a day or a moment as RFC 3339 has it."""
    text = value.isoformat()
    if isinstance(value, datetime) and value.utcoffset() == timedelta(0):
        return text.replace("+00:00", "Z")
    return text
