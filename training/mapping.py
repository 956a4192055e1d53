"""Mapping files: how the columns of an analyst's own table become manifests (contract section 4)."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from features.errors import InputError, Problem

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
TOP_KEYS = frozenset(
    {"id", "declared_at", "screened_at", "label", "fields", "extra", "constants", "ignore", "groups", "findings"}
)


@dataclass(frozen=True, slots=True)
class Column:
    """One manifest path filled from a column; numbers are multiplied by `factor`."""

    path: str
    name: str
    kind: str
    factor: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """A read mapping.

    Attributes:
        name: The file's name, for messages.
        columns: Manifest paths and their columns.
        constants: Manifest paths with the same value in every row, and what they hold.
        label: The column of the truth and the values that mean illicit; None where the table has no labels.
        screened_at: The column that says when the parcel was screened; None: when it was declared.
        groups: Columns that are equal in near-duplicates; empty: every row is a group of its own.
        categorical: The site's own columns taken as codes.
        numeric: The site's own columns taken as numbers.
        ignore: Columns left out by name.
        finding_days: Days after which a label counts as a known finding of the past; None: never.
    """

    name: str
    columns: tuple[Column, ...]
    constants: tuple[tuple[str, str, Any], ...] = ()
    label: tuple[str, frozenset[str]] | None = None
    screened_at: str | None = None
    groups: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()
    numeric: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    finding_days: float | None = None

    def named(self) -> frozenset[str]:
        """Return all columns that the mapping names in any role."""
        single = [self.label[0] if self.label else None, self.screened_at]
        many = (*(column.name for column in self.columns), *self.groups, *self.categorical, *self.numeric, *self.ignore)
        return frozenset([*many, *(name for name in single if name)])


def load_mapping(path: Path) -> Mapping:
    """Read a mapping file.

    Raises:
        InputError: It cannot be read, or is no mapping; all problems are named.
    """
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except OSError as error:
        raise InputError(f"{path}: the mapping cannot be read ({error.strerror}).") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"{path}: not YAML: {' '.join(str(error).split())}.") from error
    return parse_mapping(raw, path.name)


def parse_mapping(raw: Any, name: str) -> Mapping:
    """Check a mapping that was read from YAML.

    Raises:
        InputError: With one problem for everything that is wrong.
    """
    problems: list[Problem] = []
    mapping = _Reader(name, problems).read(raw)
    if problems or mapping is None:
        raise InputError(f"{name}: the mapping cannot be used.", problems)
    return mapping


def identity_mapping(header: Sequence[str], name: str) -> Mapping:
    """Return the mapping for a table whose columns are named by manifest paths, for example `items.0.hs_code`.

    The columns `label` and `group` may stand beside them.

    Raises:
        InputError: A column is named neither way; a mapping file is needed.
    """
    problems: list[Problem] = []
    reader = _Reader(name, problems)
    columns = [reader.column(one, one) for one in header if one not in {"label", "group"}]
    if problems:
        raise InputError(f"{name}: columns are not named by manifest paths; give a mapping (--mapping).", problems)
    return Mapping(
        name=name,
        columns=tuple(column for column in columns if column),
        label=("label", frozenset({"1"})) if "label" in header else None,
        groups=("group",) if "group" in header else (),
    )


def check_header(mapping: Mapping, header: Sequence[str]) -> None:
    """Check that table and mapping name the same columns.

    Raises:
        InputError: A column of the table is named nowhere in the mapping, or the reverse; all are listed.
    """
    wanted, there = mapping.named(), set(header)
    problems = [
        Problem(one, "column_forgotten", "Not in the mapping; map it, take it as extra, or list it under ignore.")
        for one in header
        if one not in wanted
    ]
    # A table to be scored has no labels yet, and nobody misses a column that is ignored.
    optional = {*mapping.ignore, *mapping.groups, *((mapping.label[0],) if mapping.label else ())}
    problems += [
        Problem(one, "column_missing", "Named by the mapping, but the table has no such column.")
        for one in sorted(wanted - there - optional)
    ]
    if problems:
        raise InputError(f"{mapping.name}: table and mapping do not fit.", problems)


class _Loader(yaml.SafeLoader):
    """Refuses duplicate keys, of which YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value]
        if repeated := {key for key in keys if keys.count(key) > 1}:
            place = f"line {node.start_mark.line + 1}"
            raise yaml.YAMLError(f"key {sorted(repeated)[0]!r} stands twice in the block that begins on {place}")
        return super().construct_mapping(node, deep)


class _Reader:
    def __init__(self, name: str, problems: list[Problem]) -> None:
        self.name = name
        self.problems = problems

    def read(self, raw: Any) -> Mapping | None:
        if not isinstance(raw, dict):
            self.problem("", "mapping_form", "A mapping is a block of keys such as `fields:`.")
            return None
        for key in sorted(set(map(str, raw)) - TOP_KEYS):
            self.problem(key, "key_unknown", f"No such key; allowed are {', '.join(sorted(TOP_KEYS))}.")
        fields = {"item_id": raw.get("id"), "declared_at": raw.get("declared_at"), **self.block(raw, "fields")}
        extra = self.block(raw, "extra")
        if unknown := sorted(set(extra) - {"categorical", "numeric"}):
            self.problem("extra", "key_unknown", f"Only categorical and numeric, not {', '.join(unknown)}.")
        columns = [self.column(path, column) for path, column in fields.items() if column is not None]
        return Mapping(
            name=self.name,
            columns=tuple(column for column in columns if column),
            constants=tuple(self.constants(self.block(raw, "constants"))),
            label=self.label(raw.get("label")),
            screened_at=raw.get("screened_at"),
            groups=self.names(raw, "groups"),
            categorical=self.names(extra, "categorical"),
            numeric=self.names(extra, "numeric"),
            ignore=self.names(raw, "ignore"),
            finding_days=self.finding_days(self.block(raw, "findings")),
        )

    def column(self, path: str, column: Any) -> Column | None:
        if not isinstance(column, str):
            self.problem(path, "column_form", f"Must name one column, not {column!r}.")
            return None
        for own, factor in _readings(path):
            kind = LEAVES.get(re.sub(r"\.\d+(?=\.|$)", ".N", own))
            if kind is not None:
                return Column(own, column, kind, factor)
        self.problem(path, "path_unknown", "No such place in a manifest; see the field table in docs/manifest.md.")
        return None

    def constants(self, block: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
        for path, value in block.items():
            column = self.column(path, "a constant")
            if column is None:
                continue
            if isinstance(value, bool) and column.kind != FLAG:
                self.problem(path, "constant_form", 'YAML reads this as true or false; put it in quotes ("NO").')
            yield column.path, column.kind, value if isinstance(value, bool) else str(value)

    def label(self, raw: Any) -> tuple[str, frozenset[str]] | None:
        if raw is None:
            return None
        if isinstance(raw, dict) and isinstance(raw.get("column"), str) and isinstance(raw.get("positive"), list):
            return raw["column"], frozenset(label_text(value) for value in raw["positive"])
        self.problem("label", "label_form", "Write label: {column: NAME, positive: [VALUES]}.")
        return None

    def finding_days(self, block: dict[str, Any]) -> float | None:
        days = block.get("known_after_days")
        if block and not isinstance(days, int | float):
            self.problem("findings", "findings_form", "Write findings: {known_after_days: NUMBER}.")
            return None
        return None if days is None else float(days)

    def block(self, raw: dict[str, Any], key: str) -> dict[str, Any]:
        value = raw.get(key) or {}
        if isinstance(value, dict):
            return {str(name): one for name, one in value.items()}
        self.problem(key, "block_form", "Must be a block of `name: value` lines.")
        return {}

    def names(self, raw: dict[str, Any], key: str) -> tuple[str, ...]:
        value = raw.get(key) or []
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(value)
        self.problem(key, "list_form", "Must be a list of column names.")
        return ()

    def problem(self, path: str, code: str, message: str) -> None:
        self.problems.append(Problem(f"{self.name}: {path}" if path else self.name, code, message))


def label_text(value: Any) -> str:
    """Return a label as text, so that 1, 1.0 and "1" agree whatever the file format made of them."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _readings(path: str) -> Iterable[tuple[str, float]]:
    """Yield the path as it stands, then with its unit suffix converted (also before a position: dimensions_cm.0)."""
    yield path, 1.0
    for suffix, (own, factor) in UNITS.items():
        changed = re.sub(rf"{suffix}(?=\.\d+$|$)", own, path)
        if changed != path:
            yield changed, factor
