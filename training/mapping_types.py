"""What a mapping file says, once read: which column of an analyst's table is which place of a manifest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from features.errors import InputError, Problem
from training.cell_forms import FORMS, Forms

TEXT, NUMBER, INTEGER, AMOUNT, FLAG, DATE, TIME, LIST, CODE = (
    "text", "number", "integer", "amount", "flag", "date", "time", "list", "code",
)  # fmt: skip
_PARTY = {
    "name": TEXT, "company": TEXT, "address": LIST, "city": TEXT, "postcode": TEXT, "country": CODE, "phone": TEXT,
    "email": TEXT, "tax_id": TEXT, "account_id": TEXT, "account_opened": DATE, "known_consignor": FLAG,
}  # fmt: skip
_MONEY = {"amount": AMOUNT, "currency": CODE}
_ITEM = {
    "description": TEXT, "quantity": INTEGER, "net_weight_g": NUMBER, "hs_code": TEXT, "origin_country": CODE,
    **{f"value.{name}": kind for name, kind in _MONEY.items()},
}  # fmt: skip
# Every manifest path that a column may fill, `N` standing for a position, and what it holds.
LEAVES: dict[str, str] = {
    "item_id": TEXT, "channel": TEXT, "mail_class": TEXT, "direction": TEXT, "declared_at": TIME,
    "origin_country": CODE, "destination_country": CODE, "transit_countries": LIST, "carrier_id": TEXT,
    "nature": TEXT, "gross_weight_g": NUMBER, "dimensions_mm.N": NUMBER,
    **{f"postage.{name}": kind for name, kind in _MONEY.items()},
    **{f"{role}.{name}": kind for role in ("sender", "recipient") for name, kind in _PARTY.items()},
    **{f"items.N.{name}": kind for name, kind in _ITEM.items()},
    "documents.N.type": TEXT, "documents.N.reference": TEXT,
    **{f"marketplace.{name}": TEXT for name in ("platform", "seller_id", "listing_id")},
}  # fmt: skip
# Unit suffix: (suffix of the manifest's own path, factor).
UNITS: dict[str, tuple[str, float]] = {
    "_kg": ("_g", 1000.0), "_t": ("_g", 1_000_000.0), "_lb": ("_g", 453.59237), "_oz": ("_g", 28.349523125),
    "_cm": ("_mm", 10.0), "_m": ("_mm", 1000.0), "_in": ("_mm", 25.4),
}  # fmt: skip
# YAML reads these words as true and false where they stand without quotes; a table may hold them as text.
TRUTHS = {"true": "1", "yes": "1", "on": "1", "false": "0", "no": "0", "off": "0"}
TOP_KEYS = frozenset(
    {"id", "declared_at", "screened_at", "label", "fields", "extra", "constants", "ignore", "groups", "findings"}
    | {"date_format", "decimal", "missing"}
)


@dataclass(frozen=True, slots=True)
class Column:
    """One manifest path filled from a column; numbers are multiplied by `factor`."""

    path: str
    name: str
    kind: str
    factor: float = 1.0


@dataclass(frozen=True, slots=True)
class Label:
    """The column of the truth.

    Attributes:
        column: Its name.
        positive: Values that mean illicit.
        negative: Values that mean harmless; None: all others do.
    """

    column: str
    positive: frozenset[str]
    negative: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMapping:
    """A read mapping.

    Attributes:
        name: The file's name, for messages.
        columns: Manifest paths and their columns.
        constants: Manifest paths with the same value in every row, and what they hold.
        label: The column of the truth; None where the table has no labels.
        screened_at: The column that says when the parcel was screened; None: when it was declared.
        groups: Columns that are equal in near-duplicates; empty: every row is a group of its own.
        categorical: The site's own columns taken as codes.
        numeric: The site's own columns taken as numbers.
        ignore: Columns left out by name.
        finding_days: Days after which a label counts as a known finding of the past; None: never.
        forms: How cells are written.
    """

    name: str
    columns: tuple[Column, ...]
    constants: tuple[tuple[str, str, Any], ...] = ()
    label: Label | None = None
    screened_at: str | None = None
    groups: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()
    numeric: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    finding_days: float | None = None
    forms: Forms = FORMS

    def named(self) -> frozenset[str]:
        """Return all columns that the mapping names in any role."""
        single = [self.label.column if self.label else None, self.screened_at]
        many = (*(column.name for column in self.columns), *self.groups, *self.categorical, *self.numeric, *self.ignore)
        return frozenset([*many, *(name for name in single if name)])


def check_header(mapping: TableMapping, header: Sequence[str], where: str = "") -> None:
    """Check that table and mapping name the same columns; `where` says where in the table, if not in its header.

    Raises:
        InputError: A column of the table is named nowhere in the mapping, or the reverse; all are listed.
    """
    wanted, there = mapping.named(), set(header)
    problems = [
        Problem(one, "column_forgotten", "Not in the mapping; map it, take it as extra, or list it under ignore.")
        for one in header
        if one not in wanted
    ]
    # A table to be scored has no labels and needs no groups, and nobody misses a column that is ignored; what fills the
    # manifest must be there whatever else it serves for.
    optional = {*mapping.ignore, *mapping.groups, *((mapping.label.column,) if mapping.label else ())}
    optional -= {*(column.name for column in mapping.columns), *mapping.categorical, *mapping.numeric}
    problems += [
        Problem(one, "column_missing", "Named by the mapping, but the table has no such column.")
        for one in sorted(wanted - there - optional)
    ]
    if problems:
        raise InputError(f"{mapping.name}: table and mapping do not fit{where}.", problems)


def column_of(path: str, column: str) -> Column | None:
    """Return the column that fills a manifest path, its unit suffix converted; None where there is no such path."""
    for own, factor in _readings(path):
        kind = LEAVES.get(re.sub(r"\.\d+(?=\.|$)", ".N", own))
        if kind is not None:
            return Column(own, column, kind, factor)
    return None


def label_text(value: Any) -> str:
    """Return a label as text, so that 1, 1.0, "1", true and yes agree whatever file format or YAML made of them."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).strip()
    return TRUTHS.get(text.lower(), text)


def _readings(path: str) -> Iterator[tuple[str, float]]:
    """Yield the path as it stands, then with its unit suffix converted (also before a position: dimensions_cm.0)."""
    yield path, 1.0
    for suffix, (own, factor) in UNITS.items():
        changed = re.sub(rf"{suffix}(?=\.\d+$|$)", own, path)
        if changed != path:
            yield changed, factor
