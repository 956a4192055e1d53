"""The plots of the evaluation's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import ceil, floor
from typing import Any

from training.peers import ENCODED, LOGISTIC, PROFILE, RANDOM
from training.pooled import MODEL
from training.report_tables import percent
from training.svg import Axis, bars, lines

DRAWN = (MODEL, ENCODED, LOGISTIC, PROFILE, RANDOM)
"""More lines than five cannot be told apart; the tables hold all models."""
LEAST_SHARE = 0.001
TENTHS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
ROUND_STEPS = tuple(part * 10.0**power for power in range(-5, 1) for part in (1, 2, 5))
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
GROUPS_SHOWN, DRIFT_SHOWN = 12, 12
LEAST_SHOWN = 0.005
LONGEST_NAME = 22
POWERS_FROM = 20.0
"""Probabilities that span more than this factor are drawn on a scale of powers."""


def plots(metrics: Mapping[str, Any], measured: Mapping[str, Any]) -> str:
    """Return all plots of the leading protocol, those without data left out."""
    found = [
        _gains(measured["curves"]),
        _precision(measured["curves"], measured["base_rate"]),
        _lift(measured["curves"], measured["base_rate"]),
        _reliable(measured["reliability"]),
        _importance(metrics["importance"]),
        _drift(metrics["drift"]),
        *(_learned(metrics["learning_curve"], key, name) for key, name in (("auc", "AUC"), ("ap", "AP"))),
    ]
    return f'<div class="plots">{"".join(found)}</div>'


def _gains(curves: Mapping[str, Any]) -> str:
    share = Axis("share of the traffic inspected", LEAST_SHARE, 1.0, (0.001, 0.01, 0.1, 1.0), log=True)
    found = {name: _pairs(curves[name], "share", "recall") for name in DRAWN}
    chart = lines("Recall by share inspected", share, Axis("illicit parcels found", 0.0, 1.0, TENTHS), found)
    return captioned("How much is found for how much work", chart, "Higher is better. The scale across is in powers.")


def _precision(curves: Mapping[str, Any], rate: float) -> str:
    found = {name: _pairs(curves[name], "recall", "precision") for name in DRAWN}
    marks = _marks(0.0, max(precision for points in found.values() for _, precision in points))
    across, up = Axis("recall", 0.0, 1.0, TENTHS), Axis("precision", 0.0, marks[-1], marks)
    chart = lines("Precision by recall", across, up, found)
    return captioned("Precision and recall", chart, f"Inspecting by lot gives a precision of {percent(rate)}.")


def _lift(curves: Mapping[str, Any], rate: float) -> str:
    share = Axis("share of the traffic inspected", LEAST_SHARE, 1.0, (0.001, 0.01, 0.1, 1.0), log=True)
    found = {name: [(at, one / rate) for at, one in _pairs(curves[name], "share", "precision")] for name in DRAWN}
    top = max(lift for points in found.values() for _, lift in points)
    step = next((one for one in STEPS if top / one <= 6), STEPS[-1])
    marks = [float(step * place) for place in range(int(top / step) + 2)]
    return captioned(
        "Lift over random inspection",
        lines("Lift", share, Axis("times as many finds", 0.0, marks[-1], marks, percent=False), found),
        "How many times more illicit parcels are found than by lot, for the same work.",
    )


def _reliable(found: Mapping[str, list[float]]) -> str:
    seen = [one for key in ("predicted", "observed", "low", "high") for one in found[key] if one > 0]
    x, y = (_chances(name, seen) for name in ("predicted probability", "share found illicit"))
    points = list(zip(found["predicted"], found["observed"], strict=True))
    whiskers = list(zip(found["predicted"], found["low"], found["high"], strict=True))
    chart = lines("Reliability", x, y, {MODEL: points}, dots=True, diagonal=True, whiskers=whiskers)
    text = "Ten equal bins with 95 % intervals; on the dashed line, what is predicted is what is found."
    return captioned("Are the probabilities to be believed?", chart, text)


def _chances(name: str, seen: Sequence[float]) -> Axis:
    """Return an axis of probabilities, in powers where they span more than a few: rare parcels have tiny ones."""
    low, high = max(min(seen, default=0.01), 1e-6), max(seen, default=1.0)
    if high / low < POWERS_FROM:
        marks = _marks(0.0, high)
        return Axis(name, 0.0, marks[-1], marks)
    powers = [10.0**power for power in range(-7, 1) if low / 10 < 10.0**power < high * 10]
    return Axis(
        name, low / 1.5, min(high * 1.5, 1.0), [one for one in powers if low / 1.5 <= one <= high * 1.5], log=True
    )


def _importance(groups: Mapping[str, float]) -> str:
    shown = {_words(name): value for name, value in list(groups.items())[:GROUPS_SHOWN] if value >= LEAST_SHOWN}
    if not shown:
        return ""
    chart = bars("Importance", shown, "mean absolute share in the score, log-odds", "{:.2f}".format)
    return captioned("What the scores rest on", chart, "The groups of reasons that officers see, the strongest first.")


def _drift(features: Sequence[Mapping[str, Any]]) -> str:
    shown = features[:DRIFT_SHOWN]
    if not shown:
        return ""
    values = {_words(one["feature"]): one["psi"] for one in shown}
    ranges = {_words(one["feature"]): tuple(one["null"]) for one in shown}
    chart = bars("Drift", values, "population stability index, earlier to later half", "{:.2f}".format, ranges)
    text = "Below 0.1 steady, above 0.25 changed, by custom. The orange stroke is what chance alone would give."
    return captioned("What moved between the halves", chart, text)


def _learned(points: Sequence[Mapping[str, Any]], key: str, name: str) -> str:
    if len(points) < 2:
        return ""
    rows = [one["rows_trained_on"] for one in points]
    found = [one["figures"][key] for one in points]
    low, high = min(one[1] for one in found), max(one[2] for one in found)
    marks = _marks(low, high)
    y = Axis(name, min(marks[0], low), max(marks[-1], high), marks, percent=False)
    x = Axis("parcels trained on", rows[0] / 1.2, rows[-1] * 1.2, rows, log=True, percent=False)
    chart = lines(
        f"Learning curve, {name}", x, y, {MODEL: [(row, one[0]) for row, one in zip(rows, found, strict=True)]},
        dots=True, whiskers=[(row, one[1], one[2]) for row, one in zip(rows, found, strict=True)],
    )  # fmt: skip
    text = "Where the line still rises, more labelled parcels would help."
    return captioned(f"Would more parcels help? ({name})", chart, text)


def _marks(low: float, high: float) -> list[float]:
    """Return round marks from below the lowest value to above the highest, at most eight."""
    step = next(one for one in ROUND_STEPS if (high - low) / one <= 6)
    return [round(step * place, 6) for place in range(floor(low / step), ceil(high / step) + 1)]


def _pairs(curve: Mapping[str, list[float]], across: str, up: str) -> list[tuple[float, float]]:
    rows = zip(curve["share"], curve[across], curve[up], strict=True)
    return [(a, b) for share, a, b in rows if share >= LEAST_SHARE]


def _words(name: str) -> str:
    text = name.replace("_", " ").lower()
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…"


def captioned(caption: str, chart: str, text: str) -> str:
    """Return a chart with a caption above and a sentence below."""
    return f"<figure><figcaption>{escape(caption)}</figcaption>{chart}<p>{escape(text)}</p></figure>"
