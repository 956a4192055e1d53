"""From one row of a table to the JSON object of a manifest, by a mapping."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from features.errors import Problem
from training.mapping import AMOUNT, CODE, DATE, FLAG, INTEGER, LIST, NUMBER, TIME, Column, Mapping

TRUE, FALSE = frozenset({"1", "true", "yes", "y"}), frozenset({"0", "false", "no", "n"})
DEFAULT_CURRENCY = "USD"
AMOUNT_DECIMALS = Decimal("0.0001")


def blank(value: Any) -> bool:
    """Return whether a cell says nothing."""
    return value is None or (isinstance(value, str) and not value.strip()) or value != value  # NaN


def raw_manifest(row: dict[str, Any], mapping: Mapping) -> tuple[dict[str, Any], list[Problem]]:
    """Build the manifest's JSON object from a row, and list the cells that could not be read (left out)."""
    problems: list[Problem] = []
    manifest: dict[str, Any] = {}
    cells = [(column, row.get(column.name)) for column in mapping.columns]
    cells += [(Column(path, "constant", kind), value) for path, kind, value in mapping.constants]
    for column, cell in cells:
        if blank(cell):
            continue
        try:
            _place(manifest, column.path.split("."), convert(cell, column.kind, column.factor))
        except (ValueError, InvalidOperation, OverflowError):
            problems.append(Problem(column.path, f"not_{column.kind}", f"{str(cell)[:40]!r} in column {column.name!r}"))
    manifest["extra"] = {name: plain(row.get(name)) for name in (*mapping.categorical, *mapping.numeric)}
    _fill_currencies(manifest)
    return _listed(manifest), problems


def convert(cell: Any, kind: str, factor: float = 1.0) -> Any:
    """Convert one cell to the JSON type of a manifest's leaf.

    Raises:
        ValueError: The cell does not hold such a thing.
    """
    text = str(cell).strip()
    if kind == NUMBER:
        return float(text) * factor
    if kind == INTEGER:
        return _whole(text)
    if kind == AMOUNT:
        return format(Decimal(text).quantize(AMOUNT_DECIMALS).normalize(), "f")
    if kind == CODE:
        return text.upper()
    if kind == LIST:
        return [piece.strip() for piece in re.split(r"[;|,]", text) if piece.strip()]
    return _dated(cell, text, kind)


def _dated(cell: Any, text: str, kind: str) -> Any:
    if kind == FLAG:
        if text.lower() not in TRUE | FALSE:
            raise ValueError(text)
        return text.lower() in TRUE
    if kind == DATE:
        return (cell if isinstance(cell, date) else date.fromisoformat(text[:10])).isoformat()[:10]
    return moment(cell).isoformat() if kind == TIME else text


def moment(cell: Any) -> datetime:
    """Read a time; a bare date is midnight, and a time without an offset is UTC.

    Raises:
        ValueError: The cell is neither.
    """
    if isinstance(cell, datetime):
        read = cell
    elif isinstance(cell, date):
        read = datetime(cell.year, cell.month, cell.day)
    else:
        read = datetime.fromisoformat(str(cell).strip())
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def plain(cell: Any) -> str | int | float | bool | None:
    """Return a cell as a site's own value in `Manifest.extra`; a number written as text stays text."""
    if blank(cell):
        return None
    return cell if isinstance(cell, str | int | float | bool) else str(cell)


def number(cell: Any) -> float | None:
    """Return a site's own numeric cell; None where it is blank.

    Raises:
        ValueError: It is no number.
    """
    return None if blank(cell) else float(str(cell).strip())


def _whole(text: str) -> int:
    value = float(text)
    if not value.is_integer():
        raise ValueError(text)
    return int(value)


def _place(target: dict[str, Any], path: list[str], value: Any) -> None:
    for step in path[:-1]:
        target = target.setdefault(step, {})
    target[path[-1]] = value


def _fill_currencies(manifest: dict[str, Any]) -> None:
    """Read amounts without a currency as US dollars; `training.data` warns that it was done."""
    money = [manifest.get("postage"), *(item.get("value") for item in manifest.get("items", {}).values())]
    for one in money:
        if isinstance(one, dict) and "amount" in one:
            one.setdefault("currency", DEFAULT_CURRENCY)
        elif isinstance(one, dict):
            one.clear()


def _listed(node: Any) -> Any:
    """Turn blocks whose keys are positions into lists, and drop money without an amount."""
    if not isinstance(node, dict):
        return [_listed(one) for one in node] if isinstance(node, list) else node
    if node and all(key.isdigit() for key in node):
        return [_listed(node[key]) for key in sorted(node, key=int)]
    return {key: _listed(value) for key, value in node.items() if value != {} or key == "extra"}
