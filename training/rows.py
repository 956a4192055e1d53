"""From one row of a table to the JSON object of a manifest, by a mapping."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from features.errors import Problem
from training.cell_forms import EPOCHS, FORMS, Forms
from training.mapping_types import (
    AMOUNT,
    CODE,
    DATE,
    FLAG,
    INTEGER,
    LIST,
    NUMBER,
    TIME,
    Column,
    TableMapping,
)  # fmt: skip

TRUE, FALSE = frozenset({"1", "true", "yes", "y"}), frozenset({"0", "false", "no", "n"})
DEFAULT_CURRENCY = "USD"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AMOUNT_DECIMALS = Decimal("0.0001")
_EXPECTED = {
    NUMBER: "expected a number; a decimal comma is declared as decimal in the mapping",
    INTEGER: "expected a whole number",
    AMOUNT: "expected an amount of money of at most 15 digits, without a currency sign",
    FLAG: "expected yes or no, true or false, 1 or 0",
}


def says_nothing(value: Any, forms: Forms = FORMS) -> bool:
    """Return whether a cell says nothing: blank, NaN, or a word declared as `missing`."""
    if isinstance(value, str):
        return not value.strip() or value.strip() in forms.missing
    return value is None or value != value or str(value) in forms.missing


def raw_manifest(row: dict[str, Any], mapping: TableMapping) -> tuple[dict[str, Any], list[Problem]]:
    """Build the manifest's JSON object from a row, and list the cells that could not be read (left out)."""
    problems: list[Problem] = []
    manifest: dict[str, Any] = {}
    cells = [(column, row.get(column.name), mapping.forms) for column in mapping.columns]
    cells += [(Column(path, "constant", kind), value, FORMS) for path, kind, value in mapping.constants]
    for column, cell, forms in cells:
        if says_nothing(cell, forms):
            continue
        try:
            _place(manifest, column.path.split("."), convert(cell, column.kind, column.factor, forms))
        except (ValueError, InvalidOperation, OverflowError):
            message = f"{str(cell)[:40]!r} in column {column.name!r}"
            expected = forms.hint() if column.kind in {TIME, DATE} else _EXPECTED[column.kind]
            problems.append(Problem(column.path, f"not_{column.kind}", f"{message}; {expected}"))
    own = (*mapping.categorical, *mapping.numeric)
    manifest["extra"] = {name: plain(row.get(name), mapping.forms) for name in own}
    _fill_currencies(manifest)
    return _listed(manifest), problems


def convert(cell: Any, kind: str, factor: float = 1.0, forms: Forms = FORMS) -> Any:
    """Convert one cell to the JSON type of a manifest's leaf.

    Raises:
        ValueError: The cell does not hold such a thing.
    """
    text = str(cell).strip()
    if kind == NUMBER:
        return float(forms.plain_number(text)) * factor
    if kind == INTEGER:
        return _whole(forms.plain_number(text))
    if kind == AMOUNT:
        return format(Decimal(forms.plain_number(text)).quantize(AMOUNT_DECIMALS).normalize(), "f")
    if kind == CODE:
        return text.upper()
    if kind == LIST:
        return [piece.strip() for piece in re.split(r"[;|,]", text) if piece.strip()]
    return _dated(cell, text, kind, forms)


def _dated(cell: Any, text: str, kind: str, forms: Forms) -> Any:
    if kind == FLAG:
        if text.lower() not in TRUE | FALSE:
            raise ValueError(text)
        return text.lower() in TRUE
    if kind in {DATE, TIME}:
        read = moment(cell, forms)
        return read.date().isoformat() if kind == DATE else read.isoformat()
    return text


def moment(cell: Any, forms: Forms = FORMS) -> datetime:
    """Read a time; a bare date is midnight, and a time without an offset is UTC.

    Raises:
        ValueError: The cell holds no time in the declared form.
    """
    if isinstance(cell, datetime):
        read = cell
    elif isinstance(cell, date):
        read = datetime(cell.year, cell.month, cell.day)
    else:
        read = _written(str(cell).strip(), forms.date_format)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _written(text: str, form: str | None) -> datetime:
    if form in EPOCHS:
        try:
            return EPOCH + timedelta(seconds=float(text) / EPOCHS[form])
        except OverflowError as error:
            raise ValueError(text) from error
    return datetime.strptime(text, form) if form else datetime.fromisoformat(text)


def plain(cell: Any, forms: Forms = FORMS) -> str | int | float | bool | None:
    """Return a cell as a site's own value in `Manifest.extra`; a number written as text stays text."""
    if says_nothing(cell, forms):
        return None
    return cell if isinstance(cell, str | int | float | bool) else str(cell)


def number(cell: Any, forms: Forms = FORMS) -> float | None:
    """Return a site's own numeric cell; None where it is blank.

    Raises:
        ValueError: It is no number.
    """
    return None if says_nothing(cell, forms) else float(forms.plain_number(str(cell).strip()))


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
