"""Small charts as inline SVG: no plotting library, sharp on a phone and on paper.

The drawing is 420 units wide, so that its 12-unit letters are still read when a phone shows it at 360 pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import log10

WIDTH, HEIGHT = 420, 290
LEFT, RIGHT, TOP, BOTTOM = 56, 20, 10, 44
# Okabe and Ito's colours, told apart by colour-blind readers; dashes tell the lines apart on a grey printout.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#6f6f6f")
DASHES = ("", "7 4", "2 3", "9 3 2 3", "4 4")
ROW, GUTTER, BAR_END = 21, 158, 52
Points = Sequence[tuple[float, float]]
Ranges = Sequence[tuple[float, float, float]]


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
        return f"{mark * 100:g} %" if self.percent else f"{mark:,.5g}" if abs(mark) < 1e5 else f"{mark:,.0f}"


def lines(
    title: str,
    x: Axis,
    y: Axis,
    series: Mapping[str, Points],
    dots: bool = False,
    diagonal: bool = False,
    whiskers: Ranges = (),
    band: Ranges = (),
) -> str:
    """Draw lines over two axes with a legend below.

    Args:
        title: For readers who cannot see the picture.
        x: The axis across.
        y: The axis upwards.
        series: Points by name, at most five series.
        dots: Whether to mark each point.
        diagonal: Whether to draw the line of agreement.
        whiskers: Intervals as (x, low, high), in the colour of the first series.
        band: The same as one pale area behind the lines.
    """
    across, down = _scales(x, y)
    body = [_frame(x, y, across, down)]
    if band:
        edge = [(at, high) for at, _, high in band] + [(at, low) for at, low, _ in reversed(band)]
        corners = " ".join(f"{across(at):.1f},{down(value):.1f}" for at, value in edge)
        body.append(f'<polygon points="{corners}" fill="{COLOURS[0]}" fill-opacity="0.16"/>')
    if diagonal:
        low, high = max(x.low, y.low), min(x.high, y.high)
        body.append(_line(across(low), down(low), across(high), down(high), 'stroke="#8a8a8a" stroke-dasharray="4 4"'))
    body += [_whisker(across(at), down(low), down(high)) for at, low, high in whiskers]
    for place, points in enumerate(series.values()):
        at = " ".join(f"{across(a):.1f},{down(b):.1f}" for a, b in points)
        style = f'stroke="{COLOURS[place % 5]}" stroke-dasharray="{DASHES[place % 5]}"'
        body.append(f'<polyline points="{at}" fill="none" stroke-width="2" {style}/>')
        if dots:
            body += [
                f'<circle cx="{across(a):.1f}" cy="{down(b):.1f}" r="4" fill="{COLOURS[place % 5]}"/>'
                for a, b in points
            ]
    return figure(title, body, HEIGHT) + _legend(list(series))


def bars(
    title: str,
    values: Mapping[str, float],
    unit: str,
    write: Callable[[float], str] = "{:.3f}".format,
    ranges: Mapping[str, tuple[float, float]] | None = None,
) -> str:
    """Draw horizontal bars, one a name, with their value.

    Args:
        title: For readers who cannot see the picture.
        values: Value by name, none below 0.
        unit: What is drawn.
        write: How a value is written.
        ranges: An interval to mark on a bar, by name.
    """
    ranges = ranges or {}
    highest = max([*values.values(), *(high for _, high in ranges.values())], default=1.0) or 1.0
    scale = (WIDTH - GUTTER - BAR_END) / highest
    body = []
    for place, (name, value) in enumerate(values.items()):
        top, end = TOP + place * ROW, GUTTER + value * scale
        body.append(f'<text x="{GUTTER - 7}" y="{top + 14}" text-anchor="end">{escape(name)}</text>')
        body.append(
            f'<rect x="{GUTTER}" y="{top + 3}" width="{value * scale:.1f}" height="{ROW - 7}" fill="{COLOURS[0]}"/>'
        )
        if name in ranges:
            low, high = (GUTTER + one * scale for one in ranges[name])
            body.append(_line(low, top + 10, high, top + 10, f'stroke="{COLOURS[1]}" stroke-width="3"'))
            end = max(end, high)
        body.append(f'<text x="{end + 6:.1f}" y="{top + 14}">{escape(write(value))}</text>')
    height = TOP + ROW * len(values) + 26
    body.append(f'<text x="{WIDTH / 2}" y="{height - 8}" text-anchor="middle" class="axis">{escape(unit)}</text>')
    return figure(title, body, height)


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
        f'<text transform="translate(12 {(TOP + floor) / 2}) rotate(-90)" text-anchor="middle" class="axis">'
        f"{escape(y.label)}</text>"
    )
    return "".join(parts)


def _whisker(at: float, low: float, high: float) -> str:
    style = f'stroke="{COLOURS[0]}" stroke-width="1.3"'
    ends = (_line(at - 4, end, at + 4, end, style) for end in (low, high))
    return _line(at, low, at, high, style) + "".join(ends)


def _line(x1: float, y1: float, x2: float, y2: float, style: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" {style}/>'


def figure(title: str, body: Sequence[str], height: float) -> str:
    """Return a drawing of the usual width; `title` is for readers who cannot see it."""
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
