"""The detector's evaluation as one self-contained page: what a director needs first, then tables, plots, pictures."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from training.report import STYLE
from training.xray.judge import Answer
from training.xray.measure_peers import BY_LOT, RULE
from training.xray.report_plots import plots
from training.xray.report_sheet import SHEET_STYLE, sheets
from training.xray.report_tables import (
    assessment_table,
    benign_table,
    box_tables,
    difference_table,
    main_table,
    number,
    parts_table,
    percent,
    threshold_table,
    trait_tables,
    views_section,
)

TERMS = (
    "AP50: area under precision over recall, where a found box counts from an overlap (IoU) of 0.5 with a true one; "
    "AP30: the same from an overlap of 0.3; far above AP50 where a set draws its boxes more widely or closely than the "
    "detector. AP50-95: mean over overlaps from 0.5 to 0.95. Recall at a false-alarm rate: share of the pictures with "
    "a part that alarm when so many of the benign ones do. Found at 1 false box: share of true boxes found where one "
    "false box a picture is accepted. Area under ROC: chance that a picture with a part scores above a benign one."
)


def render(metrics: dict[str, Any], answers: Sequence[Answer]) -> str:
    """Return the page for what `evaluate xray` measured.

    Args:
        metrics: Content of metrics.json.
        answers: What the product said about each picture, for the sheets; those that the metrics leave out as well.
    """
    title = f"How good is the X-ray detector? {metrics['model']} on {metrics['annotations']}"
    parts = [
        f"<h1>{escape(title)}</h1>",
        *(f'<p class="warning">{escape(text)}</p>' for text in metrics["warnings"]),
        _summary(metrics),
        f"<h2>Beside what it must beat</h2>{main_table(metrics)}{_beside_words(metrics)}",
        f"<h3>Differences on the same pictures</h3>{difference_table(metrics)}",
        f'<p class="quiet">{TERMS} In small print: {escape(metrics["intervals"])}.</p>',
        f"<h2>Plots</h2>{plots(metrics)}",
        f"<h2>Parts</h2>{parts_table(metrics['figures'])}",
        f"<h2>Which boxes are found</h2>{box_tables(metrics['boxes'])}",
        f"<h2>What each threshold finds and costs</h2>{threshold_table(metrics)}",
        f"<h2>Traits of the pictures</h2>{benign_table(metrics['benign_by_background'])}{trait_tables(metrics['by'])}",
        views_section(metrics["views"]),
        f"<h2>What the officer is told</h2>{assessment_table(metrics)}",
        sheets(metrics, answers),
        _about(metrics),
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}{SHEET_STYLE}</style></head>"
        f"<body>{''.join(parts)}</body></html>\n"
    )


def _summary(metrics: dict[str, Any]) -> str:
    figures, beside = metrics["figures"], metrics["beside"]["figures"]
    any_part, at = figures["any_part"], figures["at_threshold"]
    recall = next(one for one in figures["recall_at_false_alarms"] if one["false_alarms"] == 0.05)
    rule = beside[RULE]["recall@0.05"][0] if RULE in beside else None
    tiles = [
        _tile(percent(recall["recall"]), "of the pictures with a part alarm when 5 % of the others do",
              _span(recall["interval"]), main=True),
        _tile(number(any_part["ap50"]), "AP50, any part", _span(any_part["interval"], number)),
        _tile(percent(rule), "of them by the rule 'largest dense metal'", "the same 5 % of the others"),
        _tile("5.0 %", "of them by alarming by lot", "the same 5 % of the others"),
    ]  # fmt: skip
    data = metrics["data"]
    return (
        f'<p class="lead">At the threshold in use ({at["threshold"]:.4f}) the detector alarms on '
        f"<b>{percent(at['recall'])}</b> of the pictures with a part and on <b>{percent(at['false_alarms'])}</b> of "
        f'the others.</p><div class="tiles">{"".join(tiles)}</div>'
        f'<p class="quiet">{figures["pictures"]:,} pictures of {data["bags"]:,} bags, {figures["benign_pictures"]:,} '
        f"pictures without a part, {figures['boxes']:,} boxes to be found.{_left_out(data)}</p>"
    )


def _left_out(data: dict[str, Any]) -> str:
    words = f" {escape(data['chosen'])}" if data["chosen"] else ""
    if data["benign_where"]:
        where = ", ".join(f"{name} is {value}" for name, value in data["benign_where"].items())
        words += f" Benign pictures count only where {escape(where)}; {data['benign_left_out']:,} others are left out."
    return words


def _beside_words(metrics: dict[str, Any]) -> str:
    lenient = metrics["figures"]["any_part"]["ap50_components_inside_neither"]
    words = (
        "The rule takes each connected region of dense metal for a part, the larger the surer; it has learnt nothing. "
        f"'{BY_LOT}': boxes of the set's own sizes anywhere (mean of ten draws), and alarms drawn by lot."
    )
    if lenient["ap50"] != metrics["figures"]["any_part"]["ap50"]:
        words += (
            f" Where a set boxes whole firearms alone, a slide found inside one is a false box above. Were such a box "
            f"neither hit nor false, AP50 would be <b>{number(lenient['ap50'])}</b> "
            f"({_span(lenient['interval'], number)})."
        )
    return f"<p>{words}</p>"


def _tile(value: str, what: str, small: str, main: bool = False) -> str:
    mark = " main" if main else ""
    return f'<div class="tile{mark}"><b>{value}</b><span>{escape(what)}</span><small>{escape(small)}</small></div>'


def _span(interval: Sequence[float | None], write: Any = percent) -> str:
    return "" if interval[0] is None or interval[1] is None else f"{write(interval[0])} to {write(interval[1])}"


def _about(metrics: dict[str, Any]) -> str:
    data = metrics["data"]
    facts = {
        "Model": metrics["model"],
        "Scanner": metrics["scanner"] or "none named: judged by the bundle's own threshold",
        "Annotations": f"{metrics['annotations']}, SHA-256 {data['annotations_sha256']}",
        "Pictures": f"SHA-256 of their list {data['images_sha256']}",
        "Both together": f"SHA-256 {data['sha256']}",
        "Unreadable": f"{metrics['unreadable']:,}: a miss where a part is in it, a false alarm where none is",
        "Shielded": f"{metrics['shielded']:,}",
        "Intervals": metrics["intervals"],
        "Command": metrics["command"],
    }
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in facts.items())
    return f"<h2>How this was measured</h2><dl>{rows}</dl>"
