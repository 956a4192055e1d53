"""The plots of a simulation's page; one without data is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor
from typing import Literal

from cli import sop_simulate_words as words
from cli.sop_simulate_svg import differences, pairs
from sop.simulation.groups import HOUR, GroupRow
from sop.simulation.simulate import Simulation
from sop.simulation.thresholds import Threshold
from sop.simulation.types import OPENED
from sop.types import LANES
from training.report_plots import captioned
from training.svg import Axis, lines

STEPS = tuple(part * 10.0**power for power in range(-5, 7) for part in (1, 2, 5))
GROUPS_DRAWN, RULES_DRAWN = 14, 12
KINDS_DRAWN = ("origin", "mail class", "channel", "station")
LONGEST = 20
SIDES = ("before", "after")
MEASURES: tuple[Literal["opened", "held"], ...] = ("opened", "held")


@dataclass(frozen=True, slots=True)
class DayAxis(Axis):
    """An axis of days, counted from the first one."""

    first: date = date.min

    def text(self, mark: float) -> str:
        """Return the day as written on the axis."""
        day = self.first + timedelta(days=int(mark))
        return f"{day.day} {day:%b}"


def plots(found: Simulation) -> str:
    """Return all plots."""
    drawn = [
        _lanes(found),
        _days(found),
        _rules(found),
        _hours(found.groups[HOUR]),
        *(_groups(kind, what, found.groups[kind]) for kind in KINDS_DRAWN if kind in found.groups for what in MEASURES),
    ]
    return f'<div class="plots">{"".join(drawn)}</div>'


def threshold_plot(row: Threshold) -> str:
    """Return the lane's share and the finds that stay, by the value of one threshold."""
    across = _axis(f"{row.signal} {words.BOUND_WORDS[row.bound]}", [one[0] for one in row.curve], percent=False)
    shares = [(value, share) for value, share, _ in row.curve]
    series = {"share of the screenings": shares, "asked for": [(one[0], row.wanted) for one in row.curve]}
    if row.finds_now:
        most = max(finds for *_, finds in row.curve) or 1
        top = max(share for _, share in shares)
        series["finds kept (whole height: all)"] = [(value, finds / most * top) for value, _, finds in row.curve]
    chart = lines(f"{row.rule}", across, _axis("", [share for _, share in shares] + [row.wanted, 0.0]), series)
    text = f"Now {row.now:g}" + (f"; {row.value:g} meets what is asked for." if row.value is not None else ".")
    return captioned(f"{row.rule}: {row.lane} {words.place(row.stage)}", chart, text)


def _lanes(found: Simulation) -> str:
    rows = [(row.lane, row.before.mean_a_day, row.after.mean_a_day) for row in found.lanes if row.lane != "release"]
    return captioned("Parcels a day by lane", pairs("Parcels a day", rows, words.a_day),
                      "Mean of all days; release is left out, as it dwarfs the others.")  # fmt: skip


def _days(found: Simulation) -> str:
    if len(found.days) < 2:
        return ""
    places = [LANES.index(lane) for lane in OPENED]
    before, after = (
        [float(sum(getattr(row, side)[at] for at in places)) for row in found.days] for side in ("before", "after")
    )
    last = len(found.days) - 1
    limit = next((row.per_day for row in found.capacity if row.lane == "examine"), None)
    series = {"before": _numbered(before), "after": _numbered(after)}
    if limit is not None:
        series["capacity of examine"] = [(0.0, float(limit)), (float(last), float(limit))]
    step = max(1, ceil(last / 5))
    across = DayAxis("day", 0, last, list(range(0, last + 1, step)), first=found.days[0].day)
    up = _axis("parcels opened", [0.0, *before, *after, float(limit or 0)], percent=False)
    chart = lines("Parcels opened by day", across, up, series)
    return captioned("Parcels that officers open, day by day", chart, "Detain and examine together. The first and the "
                      "last day may be partial.")  # fmt: skip


def _rules(found: Simulation) -> str:
    rows = [row for row in found.rules if row.difference][:RULES_DRAWN]
    if not rows:
        return ""
    drawn = [(_short(row.rule), float(row.before), float(row.after)) for row in rows]
    return captioned("Rules that change most", pairs("Screenings by rule", drawn, "{:,.0f}".format),
                      "Screenings that each rule decides.")  # fmt: skip


def _hours(rows: Sequence[GroupRow]) -> str:
    if len(rows) < 2:
        return ""
    before, after = ([(float(row.name), getattr(row.opened, side).value) for row in rows] for side in SIDES)
    whiskers = [(float(row.name), row.opened.before.low or 0.0, row.opened.before.high or 0.0) for row in rows]
    across = Axis("hour of day", 0, 23, (0, 6, 12, 18, 23), percent=False)
    up = _axis("share opened", [0.0, *(high for *_, high in whiskers), *(share for _, share in after)])
    chart = lines("Share opened by hour", across, up, {"before": before, "after": after}, dots=True, whiskers=whiskers)
    return captioned("Share opened by hour of day", chart, "Bars: 95 % interval of the share before.")


def _groups(kind: str, what: Literal["opened", "held"], rows: Sequence[GroupRow]) -> str:
    known = [(row, getattr(row, what)) for row in rows if not row.small][:GROUPS_DRAWN]
    if len(known) < 2 or not any(effect.difference.value for _, effect in known):
        return ""
    drawn = [
        (f"{_short(row.name)}{' ◆' if effect.stands_out else ''}", effect.difference.value,
         effect.difference.low or 0.0, effect.difference.high or 0.0)
        for row, effect in known
    ]  # fmt: skip
    chart = differences(f"Change by {kind}", drawn, f"percentage points more or fewer {what}", words.points)
    return captioned(f"Share {what}, after less before, by {kind}", chart, "With 95 % intervals; ◆ changes otherwise "
                      "than the others beyond chance. Small groups are in the tables only.")  # fmt: skip


def _axis(label: str, values: Sequence[float], percent: bool = True) -> Axis:
    """Return an axis with round marks that holds all values."""
    low, high = min(values), max(values)
    step = next((one for one in STEPS if (high - low) / one <= 6), STEPS[-1])
    first, last = floor(low / step), max(ceil(high / step), floor(low / step) + 1)
    marks = [round(step * at, 6) for at in range(first, last + 1)]
    return Axis(label, marks[0], marks[-1], marks, percent=percent)


def _numbered(values: Sequence[float]) -> list[tuple[float, float]]:
    return [(float(at), value) for at, value in enumerate(values)]


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
