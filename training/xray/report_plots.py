"""The plots of the detector's report, as inline SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from training.svg import Axis, bars, lines

SHARE = Axis("", 0, 1, (0, 0.25, 0.5, 0.75, 1))
MOST_LINES = 5


def plots(metrics: Mapping[str, Any]) -> str:
    """Return the plots side by side."""
    drawn = [_froc(metrics), _cost(metrics["thresholds"])]
    if metrics["reliability"] is not None:
        drawn.append(_reliability(metrics["reliability"]))
    if parts := _parts(metrics["figures"]["parts"]):
        drawn.append(parts)
    return f'<div class="plots">{"".join(drawn)}</div>'


def _froc(metrics: Mapping[str, Any]) -> str:
    band = [
        (one["false_per_picture"], one["interval"][0], one["interval"][1])
        for one in metrics["figures"]["froc_band"]
        if None not in one["interval"]
    ]
    most = max([point[0] for point in metrics["figures"]["froc"]] or [1.0])
    across = Axis("false boxes a picture", 0.01, max(1.0, most), _marks(max(1.0, most)), log=True, percent=False)
    curves = dict(list(metrics["beside"]["froc"].items())[:MOST_LINES])
    series = {name: [(f, h) for f, h in curve if f >= 0.01] for name, curve in curves.items()}
    drawn = lines("FROC", across, _named("share of true boxes found"), series,
                  band=[one for one in band if one[0] <= most])  # fmt: skip
    return _figure("FROC: true boxes found against false boxes", drawn,
                   "The pale area is the 95 % interval of the judged detector, by bag.")  # fmt: skip


def _marks(most: float) -> list[float]:
    return [mark for mark in (0.01, 0.1, 1, 10) if mark <= most]


def _cost(rows: Sequence[Mapping[str, Any]]) -> str:
    series = {
        title: [(one["score"], one[key]) for one in rows if one[key] is not None]
        for title, key in (("pictures with a part", "recall"), ("benign pictures", "false_alarms"))
    }
    across = Axis("alarm from score", 0, 1, (0, 0.25, 0.5, 0.75, 1), percent=False)
    band = [(one["score"], *one["recall_interval"]) for one in rows if None not in one["recall_interval"]]
    drawn = lines("Share that alarms", across, _named("share that alarms"), series, dots=True, band=band)
    return _figure("What a threshold finds and costs", drawn, "Each point is a row of the table of thresholds.")


def _reliability(found: Mapping[str, Any]) -> str:
    bins = [one for one in found["bins"] if one["observed"] is not None]
    points = [(one["told"], one["observed"]) for one in bins]
    whiskers = [(one["told"], *one["interval"]) for one in bins if None not in one["interval"]]
    axis = Axis("score told", 0, 1, (0, 0.25, 0.5, 0.75, 1), percent=False)
    drawn = lines("Reliability", axis, _named("share with a part, at even odds"), {"detector": points}, dots=True,
                  diagonal=True, whiskers=whiskers)  # fmt: skip
    words = (
        f"On the line the score means what it says. Expected calibration error {found['expected_error']:.3f}, Brier "
        f"score {found['brier']:.3f}; always one half gets {found['brier_of_one_half']:.2f}."
    )
    return _figure("Reliability of the picture's score", drawn, words)


def _parts(parts: Mapping[str, Any]) -> str:
    named = {name: one["ap50"] for name, one in parts.items() if one["ap50"] is not None}
    ranges = {name: tuple(parts[name]["interval"]) for name in named if None not in parts[name]["interval"]}
    if not named:
        return ""
    return _figure("AP50 by part", bars("AP50 by part", named, "AP50, by its name", ranges=ranges), "95 % by bag.")


def _named(label: str) -> Axis:
    return Axis(label, SHARE.low, SHARE.high, SHARE.marks)


def _figure(title: str, picture: str, words: str) -> str:
    return f"<figure><figcaption>{escape(title)}</figcaption>{picture}<p>{escape(words)}</p></figure>"
