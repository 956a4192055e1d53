"""The intervals against published values, and against what they promise."""

from __future__ import annotations

import numpy as np
import pytest

from sop.simulation.intervals import Estimate, count_of, difference_of, paired_difference, share_of, weighted_count


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    # Newcombe, Statistics in Medicine 17 (1998) 857, table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_a_share_has_wilsons_interval(count: int, total: int, low: float, high: float) -> None:
    found = share_of(count, total)
    assert (found.value, found.low, found.high) == pytest.approx((count / total, low, high), abs=1e-4)


@pytest.mark.parametrize(("count", "low", "high"), [(0, 0.0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.390)])
def test_a_count_has_the_exact_poisson_interval(count: int, low: float, high: float) -> None:
    found = count_of(count)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-3)


def test_a_weighted_count_is_the_count_in_another_unit_where_weights_are_equal() -> None:
    found, count = weighted_count(30.0, 300.0, 10.0), count_of(3).scaled(10.0)
    assert (found.value, found.low, found.high) == pytest.approx((count.value, count.low, count.high))


def test_nothing_has_no_interval() -> None:
    assert share_of(0, 0) == paired_difference(0, 0, 0, 0) == Estimate(0.0, None, None)
    assert difference_of(share_of(1, 2), share_of(0, 0)) == Estimate(0.5, None, None)


def test_a_paired_difference_turns_with_its_sides() -> None:
    one, other = paired_difference(7, 2, 30, 61), paired_difference(2, 7, 30, 61)
    assert one.value == pytest.approx(0.05)
    assert one.low is not None
    assert one.high is not None
    assert (-one.high, -one.low) == pytest.approx((other.low, other.high))
    assert one.low < 0.05 < one.high


def test_a_paired_difference_holds_what_is_true_as_often_as_it_says() -> None:
    rng = np.random.default_rng(3)
    truth, drawn = 0.03 - 0.08, rng.multinomial(80, (0.03, 0.08, 0.2, 0.69), size=2000)
    found = [paired_difference(*row) for row in drawn.tolist()]
    held = [(one.low or 0.0) <= truth <= (one.high or 0.0) for one in found]
    assert 0.93 <= np.mean(held) <= 0.99


def test_an_independent_difference_is_wider_than_either_side_alone() -> None:
    found = difference_of(count_of(4), count_of(1))
    assert found.value == 3.0
    assert found.low is not None
    assert found.high is not None
    assert found.low == pytest.approx(3 - ((4 - 1.0899) ** 2 + (5.5716 - 1) ** 2) ** 0.5, abs=1e-3)
