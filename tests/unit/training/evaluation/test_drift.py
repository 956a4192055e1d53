from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from training.drift import drift, psi
from training.frame import Frame


def test_psi_is_the_sum_over_ranges_and_nothing_for_equals() -> None:
    early, late = np.array([500.0, 500.0]), np.array([800.0, 200.0])
    p, q = np.array([500.5, 500.5]) / 1001, np.array([800.5, 200.5]) / 1001
    assert psi(early, late) == pytest.approx(sum((q - p) * np.log(q / p)))
    assert psi(early, 2 * early) == pytest.approx(0, abs=1e-6)
    assert psi(np.array([[1.0, 9.0], [5.0, 5.0]]), np.array([[9.0, 1.0], [5.0, 5.0]])).shape == (2,)


def test_what_moved_comes_first_and_what_did_not_lies_in_its_chance_range(frame: Frame) -> None:
    found = drift(frame, (), 0)
    by_name = {one["feature"]: one for one in found}
    # Later parcels are up to twice as heavy; headings are the same all the time.
    weight, heading = by_name["gross_weight_log"], by_name["hs_heading"]
    assert weight["psi"] > weight["null"][1]
    assert weight["mean"][1] > weight["mean"][0]
    assert heading["psi"] <= heading["null"][1]
    assert heading["mean"] is None
    assert [one["psi"] for one in found] == sorted((one["psi"] for one in found), reverse=True)
    assert "missing_nature" not in by_name, "what never varies cannot drift"
    for one in found:
        assert one["meaning"].endswith(".")
        assert 0 <= one["null"][0] <= one["null"][1]


def test_missing_shares_are_of_each_half(frame: Frame) -> None:
    base = frame.base.copy()
    weight = 5
    from features.spec import FEATURE_SPEC

    weight = FEATURE_SPEC.base_names.index("gross_weight_log")
    base[frame.times > np.median(frame.times), weight] = np.nan
    (found,) = [one for one in drift(replace(frame, base=base), (), 0) if one["feature"] == "gross_weight_log"]
    assert found["missing"] == [0.0, 1.0]
    assert found["mean"][1] is None


def test_near_duplicates_that_come_in_bursts_widen_the_chance_range(frame: Frame) -> None:
    rows = replace(frame, groups=np.arange(len(frame), dtype=np.int32))
    late = frame.times > np.median(frame.times)
    bursts = replace(frame, groups=(2 * frame.groups + late).astype(np.int32))
    by_burst, by_row = ({one["feature"]: one for one in drift(part, (), 0)} for part in (bursts, rows))
    assert by_burst["origin"]["null"][1] > 1.5 * by_row["origin"]["null"][1]


def test_a_steady_feature_lies_in_its_chance_range_about_as_often_as_promised(frame: Frame) -> None:
    rng, inside = np.random.default_rng(0), 0
    for seed in range(20):
        shuffled = replace(frame, times=rng.permutation(frame.times))
        found = next(one for one in drift(shuffled, (), seed) if one["feature"] == "origin")
        inside += found["psi"] <= found["null"][1]
    assert inside >= 16


def test_without_times_there_are_no_halves(frame: Frame) -> None:
    assert drift(replace(frame, times=np.full(len(frame), np.nan)), (), 0) == []
    assert drift(replace(frame, times=np.zeros(len(frame))), (), 0) == []
