"""Small charts as inline SVG: no plotting library, sharp on a phone and on paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import log10

WIDTH, HEIGHT = 560, 340
LEFT, RIGHT, TOP, BOTTOM = 58, 26, 12, 46
# Okabe and Ito's colours, told apart by colour-blind readers; dashes tell the lines apart on a grey printout.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#7f7f7f")
DASHES = ("", "7 4", "2 3", "9 3 2 3", "4 4")
Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: its label, its range, the marks to write, and whether it is logarithmic."""

    label: str
    low: float
    high: float
    marks: Sequence[float]
    log: bool = False
    percent: bool = True

    def place(self, value: float) -> float:
        """Return where a value lies, 0 to 1."""
        low, high, at = (log10(one) if self.log else one for one in (self.low, self.high, max(value, self.low)))
        return min(max((at - low) / (high - low), 0.0), 1.0)

    def text(self, mark: float) -> str:
        """Return a mark as written."""
        return f"{mark * 100:g} %" if self.percent else f"{mark:g}"


def lines(
    title: str, x: Axis, y: Axis, series: Mapping[str, Points], dots: bool = False, diagonal: bool = False
) -> str:
    """Draw lines (or, for the first series, dots) over two axes with a legend below."""
    across, down = _scales(x, y)
    body = [_frame(x, y, across, down)]
    if diagonal:
        ends = (across(x.low), down(y.low), across(x.high), down(y.high))
        body.append(
            '<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="#999" stroke-dasharray="4 4"/>'.format(*ends)
        )
    for place, points in enumerate(series.values()):
        at = " ".join(f"{across(a):.1f},{down(b):.1f}" for a, b in points)
        style = f'stroke="{COLOURS[place % 5]}" stroke-dasharray="{DASHES[place % 5]}"'
        body.append(f'<polyline points="{at}" fill="none" stroke-width="2" {style}/>')
        if dots:
            body += [
                f'<circle cx="{across(a):.1f}" cy="{down(b):.1f}" r="4" fill="{COLOURS[place % 5]}"/>'
                for a, b in points
            ]
    return _figure(title, body, HEIGHT) + _legend(list(series))


def bars(title: str, values: Mapping[str, float], unit: str) -> str:
    """Draw horizontal bars, one a name, with their value."""
    row, gutter = 22, 190
    highest = max(values.values(), default=1.0) or 1.0
    body = []
    for place, (name, value) in enumerate(values.items()):
        top, width = TOP + place * row, (WIDTH - gutter - 70) * value / highest
        body.append(f'<text x="{gutter - 8}" y="{top + 15}" text-anchor="end">{escape(name)}</text>')
        body.append(f'<rect x="{gutter}" y="{top + 3}" width="{width:.1f}" height="{row - 7}" fill="{COLOURS[0]}"/>')
        body.append(f'<text x="{gutter + width + 6:.1f}" y="{top + 15}">{value:.3f}</text>')
    height = TOP + row * len(values) + 28
    body.append(f'<text x="{gutter}" y="{height - 8}" class="axis">{escape(unit)}</text>')
    return _figure(title, body, height)


def _scales(x: Axis, y: Axis) -> tuple[Callable[[float], float], Callable[[float], float]]:
    return (
        lambda value: LEFT + x.place(value) * (WIDTH - LEFT - RIGHT),
        lambda value: HEIGHT - BOTTOM - y.place(value) * (HEIGHT - TOP - BOTTOM),
    )


def _frame(x: Axis, y: Axis, across: Callable[[float], float], down: Callable[[float], float]) -> str:
    floor = HEIGHT - BOTTOM
    parts = [
        f'<rect x="{LEFT}" y="{TOP}" width="{WIDTH - LEFT - RIGHT}" height="{floor - TOP}" fill="none" stroke="#777"/>'
    ]
    for mark in x.marks:
        at = across(mark)
        parts.append(f'<line x1="{at:.1f}" y1="{TOP}" x2="{at:.1f}" y2="{floor}" class="grid"/>')
        parts.append(f'<text x="{at:.1f}" y="{floor + 16}" text-anchor="middle">{x.text(mark)}</text>')
    for mark in y.marks:
        at = down(mark)
        parts.append(f'<line x1="{LEFT}" y1="{at:.1f}" x2="{WIDTH - RIGHT}" y2="{at:.1f}" class="grid"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{y.text(mark)}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle" class="axis">{escape(x.label)}</text>')
    parts.append(
        f'<text transform="translate(13 {(TOP + floor) / 2}) rotate(-90)" text-anchor="middle" class="axis">'
        f"{escape(y.label)}</text>"
    )
    return "".join(parts)


def _figure(title: str, body: Sequence[str], height: float) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}">{"".join(body)}</svg>'


def _legend(names: Sequence[str]) -> str:
    if len(names) < 2:
        return ""
    keys = []
    for place, name in enumerate(names):
        style = f'stroke="{COLOURS[place % 5]}" stroke-dasharray="{DASHES[place % 5]}" stroke-width="3"'
        swatch = f'<svg viewBox="0 0 30 10" class="swatch"><line x1="0" y1="5" x2="30" y2="5" {style}/></svg>'
        keys.append(f'<span class="key">{swatch}{escape(name)}</span>')
    return f'<p class="legend">{"".join(keys)}</p>'
