"""Mapping files: how the columns of an analyst's own table become manifests (contract section 4)."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from features.errors import InputError, Problem
from training.cell_forms import EPOCHS, Forms, date_format_works
from training.mapping_types import FLAG, TOP_KEYS, Column, Label, TableMapping, column_of, label_text

MAX_CHARACTERS = 1_000_000


def load_mapping(path: Path) -> TableMapping:
    """Read a mapping file.

    Raises:
        InputError: It cannot be read, or is no mapping; all problems are named.
    """
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(MAX_CHARACTERS + 1)
        if len(text) > MAX_CHARACTERS:
            raise InputError(
                f"{path}: longer than any mapping ({MAX_CHARACTERS:,} characters); is it the table itself?"
            )
        raw, lines = yaml.load(text, Loader=_Loader), _lines(text)
    except OSError as error:
        raise InputError(f"{path}: the mapping cannot be read ({error.strerror}).") from error
    except RecursionError as error:
        raise InputError(f"{path}: nested deeper than any mapping.") from error
    # The library also lets through the errors of values it makes: a 30th of February, a list as a name.
    except (ValueError, TypeError, AttributeError, yaml.YAMLError) as error:
        raise InputError(f"{path}: not YAML: {' '.join(str(error).split())}.") from error
    return parse_mapping(raw, path.name, lines)


def parse_mapping(raw: Any, name: str, lines: Mapping[str, int] | None = None) -> TableMapping:
    """Check a mapping that was read from YAML; `lines` says where each key stands (`block.key`), if known.

    Raises:
        InputError: With one problem for everything that is wrong.
    """
    problems: list[Problem] = []
    mapping = _Reader(name, problems, lines or {}).read(raw)
    if problems or mapping is None:
        raise InputError(f"{name}: the mapping cannot be used.", problems)
    return mapping


def identity_mapping(header: Sequence[str], name: str) -> TableMapping:
    """Return the mapping for a table whose columns are named by manifest paths, for example `items.0.hs_code`.

    The columns `label` and `group` may stand beside them.

    Raises:
        InputError: A column is named neither way; a mapping file is needed.
    """
    problems: list[Problem] = []
    reader = _Reader(name, problems, {})
    columns = [reader.column(one, one, "") for one in header if one not in {"label", "group"}]
    if problems:
        raise InputError(f"{name}: columns are not named by manifest paths; give a mapping (--mapping).", problems)
    return TableMapping(
        name=name,
        columns=tuple(column for column in columns if column),
        label=Label("label", frozenset({"1"})) if "label" in header else None,
        groups=("group",) if "group" in header else (),
    )


class _Loader(yaml.SafeLoader):
    """Refuses duplicate keys, of which YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value]
        if repeated := {key for key in keys if keys.count(key) > 1}:
            place = f"line {node.start_mark.line + 1}"
            raise yaml.YAMLError(f"key {sorted(repeated)[0]!r} stands twice in the block that begins on {place}")
        return super().construct_mapping(node, deep)


class _Reader:
    """Reads the blocks; `lines` says where each key stands, as `block.key`."""

    def __init__(self, name: str, problems: list[Problem], lines: Mapping[str, int]) -> None:
        self.name = name
        self.problems = problems
        self.lines = lines

    def read(self, raw: Any) -> TableMapping | None:
        if not isinstance(raw, dict):
            self.problem("", "mapping_form", "A mapping is a block of keys such as `fields:`.")
            return None
        for key in sorted(set(map(str, raw)) - TOP_KEYS):
            self.problem(key, "key_unknown", f"No such key; allowed are {', '.join(sorted(TOP_KEYS))}.")
        fields = {"item_id": raw.get("id"), "declared_at": raw.get("declared_at"), **self.block(raw, "fields")}
        extra = self.block(raw, "extra")
        if unknown := sorted(set(extra) - {"categorical", "numeric"}):
            self.problem("extra", "key_unknown", f"Only categorical and numeric, not {', '.join(unknown)}.")
        columns = [self.column(path, column, "fields") for path, column in fields.items() if column is not None]
        constants = tuple(self.constants(self.block(raw, "constants")))
        self.filled_twice([column for column in columns if column], constants)
        return TableMapping(
            name=self.name,
            columns=tuple(column for column in columns if column),
            constants=constants,
            label=self.label(raw.get("label")),
            screened_at=raw.get("screened_at"),
            groups=self.names(raw, "groups"),
            categorical=self.names(extra, "categorical"),
            numeric=self.names(extra, "numeric"),
            ignore=self.names(raw, "ignore"),
            finding_days=self.finding_days(self.block(raw, "findings")),
            forms=self.forms(raw),
        )

    def column(self, path: str, column: Any, block: str) -> Column | None:
        if not isinstance(column, str):
            self.problem(path, "column_form", f"Must name one column, not {column!r}.", block)
            return None
        found = column_of(path, column)
        if found is None:
            message = "No such place in a manifest; see the field table in docs/manifest.md."
            self.problem(path, "path_unknown", message, block)
        return found

    def filled_twice(self, columns: Sequence[Column], constants: Sequence[tuple[str, str, Any]]) -> None:
        """Report paths with two sources, of which one would silently win (gross_weight_g beside gross_weight_kg)."""
        paths = [column.path for column in columns] + [path for path, _, _ in constants]
        for path in sorted({path for path in paths if paths.count(path) > 1}):
            self.problem(path, "path_twice", "Filled from two columns or constants; keep one.", "fields")

    def constants(self, block: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
        for path, value in block.items():
            column = self.column(path, "a constant", "constants")
            if column is None:
                continue
            if isinstance(value, bool) and column.kind != FLAG:
                self.problem(
                    path, "constant_form", 'YAML reads this as true or false; put it in quotes ("NO").', "constants"
                )
            yield column.path, column.kind, value if isinstance(value, bool) else str(value)

    def label(self, raw: Any) -> Label | None:
        if raw is None:
            return None
        block = raw if isinstance(raw, dict) else {}
        positive, negative = block.get("positive"), block.get("negative")
        lists = isinstance(positive, list) and (negative is None or isinstance(negative, list))
        if not isinstance(block.get("column"), str) or not lists or set(block) - {"column", "positive", "negative"}:
            message = "Write label: {column: NAME, positive: [VALUES]}, if you like with negative: [VALUES]."
            self.problem("label", "label_form", message)
            return None
        illicit, harmless = (frozenset(map(label_text, values or ())) for values in (positive, negative))
        if both := illicit & harmless:
            self.problem("label", "label_form", f"Stand under positive and negative: {', '.join(sorted(both))}.")
        return Label(block["column"], illicit, harmless if negative is not None else None)

    def forms(self, raw: dict[str, Any]) -> Forms:
        form, decimal, missing = raw.get("date_format"), raw.get("decimal", "."), raw.get("missing") or []
        if form is not None and not date_format_works(form):
            known = ", ".join(EPOCHS)
            self.problem("date_format", "date_form", f'Write a pattern such as "%d.%m.%Y", or one of {known}.')
        if decimal not in {".", ","}:
            self.problem("decimal", "decimal_form", 'The decimal sign is "." or ",".')
        if not isinstance(missing, list) or not all(isinstance(one, str | int | float) for one in missing):
            self.problem("missing", "list_form", 'Must be a list of cells that say nothing, such as ["-", "ZZ"].')
            missing = []
        return Forms(form, decimal, frozenset(str(one) for one in missing))

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

    def problem(self, path: str, code: str, message: str, block: str = "") -> None:
        line = self.lines.get(f"{block}.{path}") or self.lines.get(path)
        place = self.name if line is None else f"{self.name}:{line}"
        self.problems.append(Problem(f"{place}: {path}" if path else place, code, message))


def _lines(text: str) -> dict[str, int]:
    """Return the line of every key of the first two levels, as `key` and `block.key`."""
    root = yaml.compose(text, Loader=_Loader)
    lines: dict[str, int] = {}
    for key, value in root.value if isinstance(root, yaml.MappingNode) else ():
        lines[key.value] = key.start_mark.line + 1
        for inner, _ in value.value if isinstance(value, yaml.MappingNode) else ():
            lines[f"{key.value}.{inner.value}"] = inner.start_mark.line + 1
    return lines
