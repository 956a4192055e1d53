"""The tables of the detector's report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

COLUMNS = {
    "ap50": "AP50", "ap30": "AP30", "ap50_95": "AP50-95", "hits_at_1": "found at 1 false box",
    "roc_area": "area under ROC",
    "recall@0.01": "recall at 1 % false alarms", "recall@0.05": "at 5 %", "recall@0.1": "at 10 %",
}  # fmt: skip
Figure = Sequence[float | None]


def number(value: float | None) -> str:
    """Write a figure with three decimals."""
    return "–" if value is None else f"{value:.3f}"


def percent(value: float | None) -> str:
    """Write a share in percent."""
    return "–" if value is None else f"{value * 100:.1f} %"


def main_table(metrics: Mapping[str, Any]) -> str:
    """Lay out each detector and anchor, the judged one first."""
    rows = [[escape(name), *_figures(found)] for name, found in metrics["beside"]["figures"].items()]
    return _table(["", *COLUMNS.values()], rows, main=True)


def difference_table(metrics: Mapping[str, Any]) -> str:
    """Lay out the judged detector's figures less those of each other one; bold where zero is outside the interval."""
    rows = []
    for name, found in metrics["beside"]["differences"].items():
        cells = [_difference(found.get(key)) for key in COLUMNS]
        rows.append([f"{escape(metrics['model'])} less {escape(name)}", *cells])
    return _table(["", *COLUMNS.values()], rows)


def _figures(found: Mapping[str, Figure]) -> list[str]:
    return [_with_span(found.get(key), percent if key.startswith(("recall", "hits")) else number) for key in COLUMNS]


def _with_span(figure: Figure | None, write: Callable[[float | None], str] = number) -> str:
    if figure is None:
        return "–"
    value, low, high = figure
    return write(value) + ("" if low is None or high is None else f"<small>{write(low)} to {write(high)}</small>")


def _difference(figure: Figure | None) -> str:
    if figure is None or None in figure:
        return "–"
    value, low, high = (float(one or 0.0) for one in figure)
    told = f"{value:+.3f}"
    return f"{f'<b>{told}</b>' if low > 0 or high < 0 else told}<small>{low:+.3f} to {high:+.3f}</small>"


def parts_table(figures: Mapping[str, Any]) -> str:
    """Lay out each part that the set names."""
    if not figures["parts"]:
        return "<p>The set names no parts: its boxes are whole firearms of unknown kind.</p>"
    rows = [
        [
            escape(name.replace("_", " ")), f"{one['boxes']:,}", _with_span((one["ap50"], *one["interval"])),
            percent(one["found_under_any_name"]), _called(one["called"]),
        ]
        for name, one in figures["parts"].items()
    ]  # fmt: skip
    head = ["part", "boxes", "AP50 by its name", "found under any name", "called, where found"]
    return _table(head, rows, words=(4,))


def _called(told: Mapping[str, int]) -> str:
    return escape(", ".join(f"{name.replace('_', ' ')} {count}" for name, count in told.items())) or "–"


def box_tables(boxes: Mapping[str, Any]) -> str:
    """Lay out which share of the boxes is found, by size and by how much of the part shows."""
    head = ["", "boxes", "found at 0.1 false boxes a picture", "at 1", "at the threshold in use"]
    told = []
    for kind, strata in boxes.items():
        rows = [
            [
                escape(name), f"{one['boxes']:,}", _with_span(one["hits_at_0.1"], percent),
                _with_span(one["hits_at_1"], percent), percent(one["hits_at_threshold"]),
            ]
            for name, one in strata.items()
        ]  # fmt: skip
        told.append(f"<h3>By {escape(kind)}</h3>{_table(head, rows)}")
    return "".join(told) or "<p>All boxes are alike in size, and the set does not say how much of them shows.</p>"


def threshold_table(metrics: Mapping[str, Any]) -> str:
    """Lay out what alarming from each score on finds and costs."""
    head = ["alarm from score", "pictures with a part that alarm", "benign that alarm", "benign alarms in 1,000",
            "boxes found", "false boxes a picture"]  # fmt: skip
    rows = [
        [
            f"{one['score']:.4f}" + (f"<small>{escape(one['name'])}</small>" if one["name"] else ""),
            _with_span((one["recall"], *one["recall_interval"]), percent),
            _with_span((one["false_alarms"], *one["false_alarms_interval"]), percent),
            "–" if one["false_alarms"] is None else f"{one['false_alarms'] * 1000:.0f}",
            percent(one["boxes_found"]), number(one["false_boxes_per_picture"]),
        ]
        for one in metrics["thresholds"]
    ]  # fmt: skip
    words = (
        "Scores named after a share of the benign were read off these very pictures: a threshold for use is set by "
        "<code>calibrate xray</code> on a scanner's own benign pictures."
    )
    return f"{_table(head, rows)}<p>{words}</p>"


def benign_table(table: Mapping[str, Any]) -> str:
    """Lay out recall where only benign pictures on one background may cause false alarms."""
    if not table:
        return ""
    head = ["benign pictures on", "benign", "AP50", "recall at 1 % false alarms", "at 5 %", "at 10 %"]
    rows = [
        [escape(name), f"{one['benign_pictures']:,}", _with_span(one["ap50"]),
         *(_with_span(one[key], percent) for key in ("recall@0.01", "recall@0.05", "recall@0.1"))]
        for name, one in table.items()
    ]  # fmt: skip
    words = "All pictures with a part, beside the benign pictures of one background at a time."
    return f"<h3>False alarms by background</h3><p>{words}</p>{_table(head, rows)}"


def trait_tables(by: Mapping[str, Any]) -> str:
    """Lay out the figures of pictures with each value of each trait."""
    head = ["", "pictures", "benign", "AP50", "with a part that alarm", "benign that alarm"]
    told = []
    for trait, groups in by.items():
        rows = [
            [
                escape(name), f"{one['pictures']:,}", f"{one['benign_pictures']:,}",
                _with_span((one["ap50"], *one["interval"])),
                _with_span((one["recall"], *one["recall_interval"]), percent),
                _with_span((one["false_alarms"], *one["false_alarms_interval"]), percent),
            ]
            for name, one in groups.items()
        ]  # fmt: skip
        told.append(f"<h3>By {escape(trait.replace('_', ' '))}, at the threshold in use</h3>{_table(head, rows)}")
    return "".join(told)


def views_section(views: Mapping[str, Any] | None) -> str:
    """Lay out parcels judged by one view and by all; nothing where the set has one view a parcel."""
    if views is None:
        return ""
    head = ["parcels judged by", "area under ROC", "recall at 1 % false alarms", "at 5 %", "at 10 %"]
    rows = [
        [escape(name), _with_span(one["roc_area"]),
         *(_with_span(one[key], percent) for key in ("recall@0.01", "recall@0.05", "recall@0.1"))]
        for name, one in views["by"].items()
    ]  # fmt: skip
    words = f"{views['parcels']:,} parcels seen in several views, {views['benign_parcels']:,} of them without a part."
    return f"<h2>One view or several</h2><p>{words}</p>{_table(head, rows)}"


def assessment_table(metrics: Mapping[str, Any]) -> str:
    """Lay out how pictures with and without a part were assessed."""
    kinds = {"with a part": "assessments_with_part", "without": "assessments_benign"}
    names = ("alarm", "unknown", "clear")
    rows = [
        [title, *(f"{metrics[key].get(name, 0):,}" for name in names), percent(_share(metrics[key], "clear"))]
        for title, key in kinds.items()
    ]
    return _table(["pictures", *names, "share called clear"], rows)


def _share(counts: Mapping[str, int], name: str) -> float | None:
    total = sum(counts.values())
    return counts.get(name, 0) / total if total else None


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], main: bool = False, words: Sequence[int] = ()) -> str:
    """Lay out cells that are HTML already; the first row of a main table is marked, and columns of words turn left."""
    kind = [' class="words"' if place in words else "" for place in range(len(head))]
    top = "".join(f"<th{mark}>{escape(cell)}</th>" for mark, cell in zip(kind, head, strict=True))
    body = []
    for place, row in enumerate(rows):
        cells = "".join(f"<td{mark}>{cell}</td>" for mark, cell in zip(kind, row, strict=True))
        mark = ' class="main"' if main and place == 0 else ""
        body.append(f"<tr{mark}>{cells}</tr>")
    return f'<div class="scroll"><table><thead><tr>{top}</tr></thead><tbody>{"".join(body)}</tbody></table></div>'
