"""The figures of a card as tables for people."""

from __future__ import annotations

import textwrap
from typing import Any

MODEL = "risk model"
COLUMNS = {
    "auc": "AUC", "ap": "AP", "precision@0.01": "P@1%", "recall@0.01": "R@1%", "recall@0.05": "R@5%", "ece": "ECE",
}  # fmt: skip
CHIEF = (
    "unseen_groups_later_time", "unseen_entities_later_time", "unseen_groups_later_time_empty_store", "unseen_groups",
    "by_row",
)  # fmt: skip
"""The slices that people ask for, the hardest first; all others are in `--all`."""
NAME, CELL = 34, 7
LEGEND = ("P@1% precision, R@1% recall when 1 % of the parcels are inspected;", "ECE calibration error.")


def risk_table(figures: dict[str, Any]) -> list[str]:
    """Lay out each slice of parcels: the model with its 95 % interval, then what it must beat."""
    parts = {name: part for name, part in figures.items() if isinstance(part, dict) and part.get("models")}
    chief = {name: parts[name] for name in CHIEF if name in parts} or parts
    lines: list[str] = []
    for name, part in chief.items():
        lines += [_slice_title(name, part), *_slice(part["models"]), ""]
    if others := [name.replace("_", " ") for name in parts if name not in chief]:
        lines += textwrap.wrap(f"Also measured: {', '.join(others)}.", 80, initial_indent="  ", subsequent_indent="  ")
    return [*lines, *[f"  {one}" for one in LEGEND], ""] if lines else []


def _slice_title(name: str, part: dict[str, Any]) -> str:
    sizes = [f"{part[key]:,} {word}" for key, word in (("rows", "parcels"), ("illicit", "illicit")) if key in part]
    return f"  {name.replace('_', ' ')}" + (f": {', '.join(sizes)}" if sizes else "")


def _slice(models: dict[str, Any]) -> list[str]:
    lines = [" " * (NAME + 4) + "".join(f"{title:>{CELL}}" for title in COLUMNS.values())]
    for name, figures in models.items():
        lines.append(_row(name, figures, 0))
        if name == MODEL:
            lines += [_row("  95 % interval from", figures, 1), _row("  to", figures, 2)]
    return lines


def _row(name: str, figures: dict[str, Any], place: int) -> str:
    cells = [_cell(figures.get(key), place) for key in COLUMNS]
    return f"    {name[:NAME]:{NAME}}" + "".join(f"{cell:>{CELL}}" for cell in cells).rstrip()


def _cell(figure: Any, place: int) -> str:
    if not isinstance(figure, list) or len(figure) != 3 or not isinstance(figure[place], int | float):
        return "–"
    return short(figure[place])


def short(value: float) -> str:
    """Return a share with three decimals, without the 0 in front."""
    return f"{value:.3f}".replace("0.", ".", 1) if 0 <= value < 1 else f"{value:.3f}"


def xray_table(figures: dict[str, Any]) -> list[str]:
    """Lay out a detector's figures, with what a detector without eyes would get beside them."""
    lines = []
    if pictures := figures.get("pictures"):
        benign, boxes = figures.get("benign_pictures", 0), figures.get("boxes", 0)
        lines.append(f"  {pictures:,} unseen pictures, {benign:,} without a part; {boxes:,} parts boxed")
        lines.append(f"    {'':{NAME}}{'':8}{'95 % interval':>17}{'by chance':>12}")
    rows = [
        ("AP50, any part", figures.get("any_part", {}), "ap50", "ap50_of_random_boxes"),
        ("area under the ROC curve", figures.get("roc_area", {}), "value", "by_lot"),
    ]
    for one in figures.get("recall_at_false_alarms", []):
        rows.append((f"recall at {one.get('false_alarms', 0):.0%} false alarms", one, "recall", "by_lot"))
    lines += [_xray_row(title, part, key, chance) for title, part, key, chance in rows if part.get(key) is not None]
    lines += _at_threshold(figures.get("at_threshold") or {})
    return [*lines, *_parts(figures.get("parts") or {}), ""] if lines else []


def _xray_row(title: str, part: dict[str, Any], key: str, chance: str) -> str:
    low, high = part.get("interval") or (None, None)
    span = "" if low is None or high is None else f"{short(low)} to {short(high)}"
    by_chance = "" if part.get(chance) is None else short(part[chance])
    return f"    {title:{NAME}}{short(part[key]):>8}{span:>17}{by_chance:>12}"


def _at_threshold(found: dict[str, Any]) -> list[str]:
    if found.get("recall") is None or found.get("false_alarms") is None:
        return []
    recall, alarms = short(found["recall"]), short(found["false_alarms"])
    return [f"    at the threshold in the card: recall {recall}, false alarms {alarms}"]


def _parts(parts: dict[str, Any]) -> list[str]:
    if not parts:
        return []
    lines = ["", f"    {'by part':{NAME}}{'boxes':>8}{'AP50':>8}  found under any name"]
    for name, one in parts.items():
        ap, seen = one.get("ap50"), one.get("found_under_any_name")
        cells = ["–" if value is None else short(value) for value in (ap, seen)]
        lines.append(f"    {name:{NAME}}{one.get('boxes', 0):>8,}{cells[0]:>8}{cells[1]:>8}")
    return lines


def figure_lines(figures: dict[str, Any], indent: str) -> list[str]:
    """Lay out nested figures whatever they are; a list of three is a value with its interval."""
    lines: list[str] = []
    for name, value in figures.items():
        if isinstance(value, dict):
            lines += [f"{indent}{name}", *figure_lines(value, indent + "  ")]
        elif isinstance(value, list) and len(value) == 3 and None not in value:
            lines.append(f"{indent}{name:20} {value[0]} ({value[1]} to {value[2]})")
        else:
            lines.append(f"{indent}{name:20} {value}")
    return lines
