"""The detector's evaluation as one self-contained page: figures, plots, and the worst misses and false alarms."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from typing import Any

import cv2
import numpy as np

from features.xray_header import UnreadablePicture
from features.xray_read import PictureLimits, read_picture
from training.report import STYLE
from training.svg import Axis, bars, lines
from training.xray.judge import Answer

SHEET, TILE = 12, 320
TRUE_COLOUR, FOUND_COLOUR = (0, 158, 115), (0, 94, 213)
SHEET_STYLE = (
    ".sheet{display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));gap:12px}"
    ".sheet img{width:100%;border:1px solid #ccc}.sheet figcaption{font-weight:400;font-size:.8rem}"
)


def render(metrics: dict[str, Any], answers: Sequence[Answer]) -> str:
    """Return the page for what `evaluate xray` measured."""
    title = f"X-ray detector {metrics['model']}"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}{SHEET_STYLE}</style></head><body>"
        f"<h1>{escape(title)}</h1>{_lead(metrics)}<h2>Figures</h2>{_main_table(metrics)}"
        f"<p>AP50: area under precision over recall where a box counts from half an overlap (IoU 0.5). Recall at a "
        f"false-alarm rate: share of pictures with a part that alarm when so many of the benign ones do. In small "
        f"print: 95 % interval, bootstrap by bag. By lot: what drawing at random would give.</p>"
        f"{_tables(metrics)}<h2>Plots</h2><div class='plots'>{_plots(metrics)}</div>"
        f"<h2>Worst misses</h2>{_sheet(_misses(answers))}<h2>Worst false alarms</h2>{_sheet(_false_alarms(answers))}"
        f"<p>Green: what is there. Vermilion: the strongest regions found, with their score.</p>"
        f"{_about(metrics)}</body></html>\n"
    )


def _lead(metrics: dict[str, Any]) -> str:
    at = metrics["figures"]["at_threshold"]
    return (
        f'<p class="lead">At the threshold in use ({at["threshold"]:.4f}) the detector alarms on '
        f"<b>{_percent(at['recall'])}</b> of the pictures with a part and on <b>{_percent(at['false_alarms'])}</b> of "
        f"the others.</p>"
    )


def _main_table(metrics: dict[str, Any]) -> str:
    figures = metrics["figures"]
    rows = [
        ("AP50, any part", figures["any_part"]["ap50"], figures["any_part"]["interval"],
         figures["any_part"]["ap50_of_random_boxes"]),
        ("AP50-95, any part", figures["any_part"]["ap50_95"], None, None),
        ("Area under ROC, pictures", figures["roc_area"]["value"], figures["roc_area"]["interval"], 0.5),
        *((f"Recall at {one['false_alarms']:.0%} false alarms", one["recall"], one["interval"], one["by_lot"])
          for one in figures["recall_at_false_alarms"]),
    ]  # fmt: skip
    body = "".join(
        f"<tr><td>{escape(name)}</td><td>{_number(value)}{_small(interval)}</td><td>{_number(lot)}</td></tr>"
        for name, value, interval, lot in rows
    )
    return f"<table><thead><tr><th></th><th>detector</th><th>by lot</th></tr></thead><tbody>{body}</tbody></table>"


def _tables(metrics: dict[str, Any]) -> str:
    parts = metrics["figures"]["parts"]
    body = "".join(
        f"<tr><td>{escape(name)}</td><td>{one['boxes']}</td><td>{_number(one['ap50'])}</td>"
        f"<td>{_number(one['found_under_any_name'])}</td></tr>"
        for name, one in parts.items()
    )
    head = "<tr><th>part</th><th>boxes</th><th>AP50 by name</th><th>found under any name</th></tr>"
    table = f"<h2>Parts</h2><table><thead>{head}</thead><tbody>{body}</tbody></table>" if parts else ""
    for trait, groups in metrics["by"].items():
        body = "".join(
            f"<tr><td>{escape(name)}</td><td>{one['pictures']}</td><td>{_number(one['ap50'])}</td>"
            f"<td>{_number(one['recall'])}</td><td>{_number(one['false_alarms'])}</td></tr>"
            for name, one in groups.items()
        )
        head = "<tr><th></th><th>pictures</th><th>AP50</th><th>recall</th><th>false alarms</th></tr>"
        table += f"<h2>By {escape(trait)}</h2><table><thead>{head}</thead><tbody>{body}</tbody></table>"
    return table


def _plots(metrics: dict[str, Any]) -> str:
    figures = metrics["figures"]
    most = max([point[0] for point in figures["froc"]] or [1.0])
    marks = [mark for mark in (0, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50) if mark <= most]
    share = Axis("share of parts found", 0, 1, (0, 0.25, 0.5, 0.75, 1))
    false = Axis("false regions a picture", 0, most or 1.0, marks[-5:], percent=False)
    plots = [_figure("FROC", lines("FROC", false, share, {"detector": [tuple(p) for p in figures["froc"]]}))]
    named = {name: one["ap50"] for name, one in figures["parts"].items() if one["ap50"] is not None}
    if named:
        plots.append(_figure("AP50 by part", bars("AP50 by part", named, "AP50, by name")))
    return "".join(plots)


def _figure(title: str, picture: str) -> str:
    return f"<figure><figcaption>{escape(title)}</figcaption>{picture}</figure>"


def _misses(answers: Sequence[Answer]) -> list[Answer]:
    return sorted((one for one in answers if not one.judged.benign), key=lambda one: one.judged.score)[:SHEET]


def _false_alarms(answers: Sequence[Answer]) -> list[Answer]:
    return sorted((one for one in answers if one.judged.benign), key=lambda one: -one.judged.score)[:SHEET]


def _sheet(answers: Sequence[Answer]) -> str:
    tiles = []
    for one in answers:
        why = one.result.problems[0].message if one.result.ability == "unreadable" else f"score {one.judged.score:.3f}"
        text = escape(f"{one.judged.name}: {why}")
        tiles.append(f'<figure><img alt="{text}" src="{_tile(one)}"><figcaption>{text}</figcaption></figure>')
    return f'<div class="sheet">{"".join(tiles)}</div>'


def _tile(answer: Answer) -> str:
    """Return a small picture with true and found boxes as a data address."""
    try:
        page = read_picture(answer.labelled.path.read_bytes(), PictureLimits()).pages[0]
    except UnreadablePicture:
        page = np.full((TILE // 2, TILE, 3), 220, np.uint8)
    if page.dtype == np.uint16:
        page = np.asarray(page.astype(np.float32) * (255.0 / max(int(page.max()), 1)), np.uint8)
    if page.ndim == 2:
        page = np.asarray(cv2.cvtColor(page, cv2.COLOR_GRAY2BGR))
    factor = TILE / max(page.shape[:2])
    small = np.asarray(cv2.resize(page, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA))
    for box in answer.judged.truth:
        _frame(small, box * factor, TRUE_COLOUR)
    for box, score in list(zip(answer.judged.boxes, answer.judged.scores, strict=True))[:3]:
        _frame(small, box * factor, FOUND_COLOUR)
        at = (int(box[0] * factor) + 2, max(10, int(box[1] * factor) - 3))
        cv2.putText(small, f"{score:.2f}", at, cv2.FONT_HERSHEY_SIMPLEX, 0.4, FOUND_COLOUR, 1, cv2.LINE_AA)
    data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()
    return "data:image/jpeg;base64," + base64.b64encode(data).decode("ascii")


def _frame(page: Any, box: Any, colour: tuple[int, int, int]) -> None:
    x0, y0, x1, y1 = (round(float(value)) for value in box)
    for thick, tone in ((4, (255, 255, 255)), (2, colour)):
        cv2.rectangle(page, (x0, y0), (x1, y1), tone, thick, cv2.LINE_AA)


def _about(metrics: dict[str, Any]) -> str:
    rows = {
        "pictures": metrics["figures"]["pictures"],
        "of them without a firearm part": metrics["figures"]["benign_pictures"],
        "unreadable": metrics["unreadable"],
        "shielded": metrics["shielded"],
        "annotations": metrics["annotations"],
        "command": metrics["command"],
    }
    told = "".join(f"<dt>{escape(str(name))}</dt><dd>{escape(str(value))}</dd>" for name, value in rows.items())
    return f"<h2>About</h2><dl>{told}</dl>"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _small(interval: Sequence[float | None] | None) -> str:
    if interval is None or interval[0] is None or interval[1] is None:
        return ""
    return f"<small>{interval[0]:.3f} to {interval[1]:.3f}</small>"
