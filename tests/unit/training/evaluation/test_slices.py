from __future__ import annotations

import numpy as np

from models.coded import code
from training.bootstrap import Figure, Replicates
from training.curves import curve, reliability_diagram, rounded, spread
from training.frame import Frame
from training.slices import by_origin_class_channel_month, measure_slices, two_sides

RNG = np.random.default_rng(1)


def test_slices_are_measured_on_their_own_rows_and_small_ones_counted(frame: Frame) -> None:
    chances = RNG.random(len(frame))
    marks = np.arange(len(frame)) < 1000
    few = code("rare" if place < 30 else "usual" for place in range(len(frame)))
    kinds = {"half": two_sides(marks, "first", "rest"), "few": few, "same": code("x" for _ in chances)}
    found = measure_slices(chances, frame.labels, frame.groups, kinds, 0)
    assert found["half"]["shown"]["first"]["rows"] == 1000
    assert found["half"]["shown"]["rest"]["illicit"] == int(frame.labels[1000:].sum())
    assert list(found["few"]["shown"]) == ["usual"]
    assert (found["few"]["not_shown"], found["few"]["rows_not_shown"]) == (1, 30)
    assert "same" not in found, "a slice of all parcels says nothing of its own"
    value, low, high = found["half"]["shown"]["first"]["figures"]["auc"]
    assert low < value < high


def test_every_table_is_cut_by_origin_class_channel_and_month(frame: Frame) -> None:
    kinds = by_origin_class_channel_month(frame)
    assert set(kinds["channel"].texts()) == {"courier", "postal"}
    assert set(kinds["mail class"].texts()) == {"letter", "parcel"}
    assert kinds["month"].texts()[0] == "2026-01"
    found = measure_slices(RNG.random(len(frame)), frame.labels, frame.groups, kinds, 0)
    months = list(found["month"]["shown"])
    assert months == sorted(months)
    assert set(found["origin"]["shown"]) == {"CN", "US", "DE", "BR"}


def test_curves_end_at_all_and_agree_with_the_base_rate(frame: Frame) -> None:
    found = curve(RNG.random(len(frame)), frame.labels)
    assert found["share"][-1] == found["recall"][-1] == 1.0
    assert abs(found["precision"][-1] - frame.labels.mean()) < 1e-5
    assert all(0 <= one <= 1 for one in found["precision"])


def test_the_reliability_diagram_s_intervals_hold_the_truth(frame: Frame) -> None:
    truth = np.full(len(frame), frame.labels.mean())
    found = reliability_diagram(truth + RNG.random(len(frame)) * 1e-9, frame.labels, Replicates(frame.groups, 0, 200))
    assert sum(found["rows"]) == len(frame)
    inside = [low <= frame.labels.mean() <= high for low, high in zip(found["low"], found["high"], strict=True)]
    assert sum(inside) >= 8


def test_spread_and_rounding() -> None:
    found = spread([{"auc": 0.6}, {"auc": 0.7}])["auc"]
    assert found == {"mean": 0.65, "sd": 0.07071, "least": 0.6, "greatest": 0.7}
    assert rounded({"auc": Figure(0.123456789, float("nan"), 1.0)}) == {"auc": [0.12346, None, 1.0]}
