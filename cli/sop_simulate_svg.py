"""Two charts that the evaluation has no need of: bars before and after, and differences with intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from training.svg import COLOURS, WIDTH, figure

GUTTER, END, TOP, ROW, BAR = 128, 62, 8, 40, 14
LINE, MIDDLE = 22, 0.62
Pair = tuple[str, float, float]
Difference = tuple[str, float, float, float]
"""Name, difference, and the ends of its interval."""


def pairs(title: str, rows: Sequence[Pair], write: Callable[[float], str]) -> str:
    """Draw two bars a row, before above after, each with its value.

    Args:
        title: For readers who cannot see the picture.
        rows: Name, value before and value after, none below 0.
        write: How a value is written.
    """
    highest = max((max(one, two) for _, one, two in rows), default=1.0) or 1.0
    scale = (WIDTH - GUTTER - END) / highest
    body = []
    for place, (name, before, after) in enumerate(rows):
        top = TOP + place * ROW
        body.append(f'<text x="{GUTTER - 7}" y="{top + 20}" text-anchor="end">{escape(name)}</text>')
        for down, value, kind in ((2, before, "before"), (2 + BAR, after, "after")):
            body.append(_bar(top + down, value * scale, kind, write(value)))
    return figure(title, body, TOP + ROW * len(rows) + 4) + _legend()


def differences(title: str, rows: Sequence[Difference], unit: str, write: Callable[[float], str]) -> str:
    """Draw one dot a row with its interval, on a scale with 0 marked.

    Args:
        title: For readers who cannot see the picture.
        rows: The differences.
        unit: What is drawn.
        write: How a difference is written.
    """
    low = min([0.0, *(one[2] for one in rows)])
    high = max([0.0, *(one[3] for one in rows)])
    scale = (WIDTH - GUTTER - END) / ((high - low) or 1.0)

    def across(value: float) -> float:
        return GUTTER + (value - low) * scale

    height = TOP + LINE * len(rows)
    body = [f'<line x1="{across(0):.1f}" y1="{TOP - 4}" x2="{across(0):.1f}" y2="{height}" class="zero"/>']
    for place, (name, value, least, most) in enumerate(rows):
        middle = TOP + place * LINE + LINE / 2
        body.append(f'<text x="{GUTTER - 7}" y="{middle + 4}" text-anchor="end">{escape(name)}</text>')
        body.append(_stroke(across(least), across(most), middle))
        body.append(f'<circle cx="{across(value):.1f}" cy="{middle}" r="4" fill="{COLOURS[0]}"/>')
        body.append(f'<text x="{WIDTH - END + 6}" y="{middle + 4}">{escape(write(value))}</text>')
    body.append(f'<text x="{across(0):.1f}" y="{height + 15}" text-anchor="middle">0</text>')
    centre = (GUTTER + WIDTH - END) / 2
    body.append(f'<text x="{centre}" y="{height + 32}" text-anchor="middle" class="axis">{escape(unit)}</text>')
    return figure(title, body, height + 40)


def _bar(top: float, width: float, kind: str, text: str) -> str:
    return (
        f'<rect x="{GUTTER}" y="{top}" width="{width:.1f}" height="{BAR - 2}" class="{kind}"/>'
        f'<text x="{GUTTER + width + 5:.1f}" y="{top + BAR - 4}">{escape(text)}</text>'
    )


def _stroke(start: float, end: float, at: float) -> str:
    return (
        f'<line x1="{start:.1f}" y1="{at}" x2="{end:.1f}" y2="{at}" stroke="{COLOURS[0]}" stroke-width="2.4" '
        'stroke-opacity="0.55"/>'
    )


def _legend() -> str:
    keys = (
        f'<span class="key"><svg viewBox="0 0 30 10" class="swatch"><rect width="30" height="10" class="{kind}"/></svg>'
        f"{kind}</span>"
        for kind in ("before", "after")
    )
    return f'<p class="legend">{"".join(keys)}</p>'
