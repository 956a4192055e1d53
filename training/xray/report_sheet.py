"""Sheets of the worst misses and false alarms: small pictures with what is there and what was found."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

import cv2
import numpy as np

from features.xray_header import UnreadablePicture
from features.xray_read import PictureLimits, read_picture
from models.geometry import iou
from training.xray.judge import Answer
from training.xray.measure_traits import keep

SHEET, TILE, SHOWN = 12, 320, 3
QUALITY = 80
# Blue, green, red, as OpenCV wants them: Okabe and Ito's bluish green and vermilion.
TRUE_COLOUR, FOUND_COLOUR = (115, 158, 0), (0, 94, 213)
SHEET_STYLE = (
    ".sheet{display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));gap:12px}"
    ".sheet img{width:100%;border:1px solid #ccc}.sheet figure{break-inside:avoid}"
    ".sheet figcaption{font-weight:400;font-size:.8rem;overflow-wrap:anywhere}"
)


def sheets(metrics: Mapping[str, Any], answers: Sequence[Answer]) -> str:
    """Return the sheets, one picture a bag, so that twelve scans of one bag do not fill a page."""
    kept = keep([one.labelled for one in answers], metrics["data"]["benign_where"])
    mine = [one for one, stays in zip(answers, kept, strict=True) if stays]
    armed = [one for one in mine if not one.judged.benign]
    benign = [one for one in mine if one.judged.benign]
    misses = _one_a_bag(sorted(armed, key=lambda one: one.judged.score))
    beside = _one_a_bag(sorted((one for one in armed if not _covered(one)), key=lambda one: -one.judged.score))
    false = _one_a_bag(sorted(benign, key=lambda one: -one.judged.score))
    return (
        f"<h2>Worst misses</h2><p>Pictures with a part that score lowest.</p>{_sheet(misses)}"
        f"<h2>High score, box off the mark</h2><p>Pictures with a part that score high, although none of the {SHOWN} "
        f"strongest regions overlaps a true box by half: the alarm has another reason, or the set draws its boxes more "
        f"widely or closely than the detector.</p>{_sheet(beside)}"
        f"<h2>Worst false alarms</h2><p>Benign pictures that score highest.</p>{_sheet(false)}"
        f"<p>Green: what is there. Vermilion: the {SHOWN} strongest regions found, with name and score.</p>"
    )


def _covered(answer: Answer) -> bool:
    one = answer.judged
    wanted = one.truth[~one.ignore]
    order = np.argsort(-one.scores, kind="stable")[:SHOWN]
    return bool(len(order) and len(wanted) and iou(one.boxes[order], wanted).max() >= 0.5)


def _one_a_bag(answers: Iterable[Answer]) -> list[Answer]:
    found: dict[str, Answer] = {}
    for one in answers:
        found.setdefault(one.judged.group, one)
        if len(found) == SHEET:
            break
    return list(found.values())


def _sheet(answers: Sequence[Answer]) -> str:
    if not answers:
        return "<p>None.</p>"
    tiles = []
    for one in answers:
        text = escape(_told(one))
        tiles.append(f'<figure><img alt="{text}" src="{_tile(one)}"><figcaption>{text}</figcaption></figure>')
    return f'<div class="sheet">{"".join(tiles)}</div>'


def _told(answer: Answer) -> str:
    result = answer.result
    if result.ability == "unreadable":
        return f"{answer.judged.name}: {result.problems[0].message}"
    there = sorted({name or "firearm" for name in answer.judged.names})
    words = f"{answer.judged.name}: score {answer.judged.score:.3f}, {result.assessment}"
    return words + (f"; holds {', '.join(there).replace('_', ' ')}" if there else "")


def _tile(answer: Answer) -> str:
    """Return a small picture with true and found boxes as a data address."""
    page = _page(answer)
    factor = TILE / max(page.shape[:2])
    small = np.asarray(cv2.resize(page, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA))
    one = answer.judged
    strongest = np.argsort(-one.scores, kind="stable")[:SHOWN][::-1]
    for place in strongest:
        _frame(small, one.boxes[place] * factor, FOUND_COLOUR)
    for box in one.truth[~one.ignore]:
        _frame(small, box * factor, TRUE_COLOUR)
    # Words last, the strongest region's above all: no frame may run through them.
    for place in strongest:
        name = one.parts[place].replace("_", " ")
        _write(small, f"{name} {one.scores[place]:.2f}", one.boxes[place] * factor)
    data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()
    return "data:image/jpeg;base64," + base64.b64encode(data).decode("ascii")


def _page(answer: Answer) -> Any:
    try:
        page = read_picture(answer.labelled.path.read_bytes(), PictureLimits()).pages[0]
    except UnreadablePicture:
        return np.full((TILE // 2, TILE, 3), 220, np.uint8)
    if page.dtype == np.uint16:
        page = np.asarray(page.astype(np.float32) * (255.0 / max(int(page.max()), 1)), np.uint8)
    return np.asarray(cv2.cvtColor(page, cv2.COLOR_GRAY2BGR)) if page.ndim == 2 else page


def _frame(page: Any, box: Any, colour: tuple[int, int, int]) -> None:
    x0, y0, x1, y1 = (round(float(value)) for value in box)
    for thick, tone in ((4, (255, 255, 255)), (2, colour)):
        cv2.rectangle(page, (x0, y0), (x1, y1), tone, thick, cv2.LINE_AA)


def _write(page: Any, text: str, box: Any) -> None:
    """Write above the box, on white, inside the picture."""
    (wide, high), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 0.4, 1)
    x = int(np.clip(box[0], 0, max(0, page.shape[1] - wide - 2)))
    y = int(max(box[1] - 3, high + 3))
    cv2.rectangle(page, (x, y - high - 2), (x + wide + 2, y + 3), (255, 255, 255), cv2.FILLED)
    cv2.putText(page, text, (x + 1, y), cv2.FONT_HERSHEY_SIMPLEX, 0.4, FOUND_COLOUR, 1, cv2.LINE_AA)
