"""A scanner that stays as it is gives no warning at the stated rate; one that changes gives one soon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scanner_profiles import benign_set, parcel, profile
from xray_pictures import png

from features.xray_statistics import TRAITS
from models.scanner_drift import LEAST, NEWEST, WINDOW, Statistics, distance, drift, limit, sentence
from models.scanner_profile import Reference, ScannerProfile
from models.xray import read_and_check

VALUES = st.lists(st.floats(-5, 5), min_size=1, max_size=60)


def statistics(seed: int, **look: object) -> Statistics:
    return asdict(read_and_check(png(parcel(seed, **look))).statistics())  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def mine() -> ScannerProfile:
    return profile(benign_set(100))


@pytest.fixture(scope="module")
def usual() -> list[Statistics]:
    return [statistics(seed) for seed in range(1000, 1300)]


def first_warning(mine: ScannerProfile, usual: list[Statistics], new: Callable[[int], Statistics]) -> int | None:
    """How many pictures after the change the first warning comes; None within 150."""
    recent = list(usual[-WINDOW:])
    assert drift(mine, recent) == ()
    for count in range(1, 151):
        recent.append(new(5000 + count))
        if drift(mine, recent):
            return count
    return None


def test_pictures_like_those_of_the_profile_give_no_warning(mine: ScannerProfile, usual: list[Statistics]) -> None:
    assert all(drift(mine, usual[: end + 1]) == () for end in range(len(usual)))


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"gain": 1.8}, "attenuation"),
        ({"gain": 0.55}, "attenuation"),
        ({"palette": "deep_blue"}, "metal_hue"),
        ({"palette": "grey_air"}, "air"),
        ({"palette": None}, "colour"),
    ],
)
def test_another_gain_or_palette_is_told_within_eighty_pictures(
    mine: ScannerProfile, usual: list[Statistics], change: dict[str, object], name: str
) -> None:
    count = first_warning(mine, usual, lambda seed: statistics(seed, **change))
    assert count is not None
    assert LEAST < count <= 80
    moved = drift(mine, [statistics(seed, **change) for seed in range(9000, 9060)])
    assert name in [one.name for one in moved]
    assert all(one.distance >= one.limit for one in moved)
    text = sentence(mine, moved)
    assert "belt-3" in text
    assert TRAITS[moved[0].name].words in text


def test_a_smaller_change_is_told_by_the_longer_window(mine: ScannerProfile, usual: list[Statistics]) -> None:
    slight = [statistics(seed, gain=1.47) for seed in range(6000, 6300)]
    assert drift(mine, slight[:NEWEST]) == ()
    assert "attenuation" in [one.name for one in drift(mine, slight)]
    assert drift(mine, [*slight, *usual[:NEWEST]]) == ()  # mended


def test_nothing_is_said_before_there_are_pictures_enough(mine: ScannerProfile) -> None:
    new = [statistics(seed, palette=None) for seed in range(LEAST)]
    assert drift(mine, new[:-1]) == ()
    assert drift(mine, new * 2) != ()


def test_only_the_newest_pictures_count(mine: ScannerProfile, usual: list[Statistics]) -> None:
    changed = [statistics(seed, palette=None) for seed in range(60)]
    assert drift(mine, changed) != ()
    assert drift(mine, [*changed, *usual[:NEWEST]]) == ()


def test_a_statistic_that_pictures_lack_is_left_out(mine: ScannerProfile, usual: list[Statistics]) -> None:
    assert drift(mine, [{**one, "metal_hue": None} for one in usual[:WINDOW]]) == ()


def test_the_rate_of_false_warnings_is_as_stated() -> None:
    # 40 runs of 2,000 pictures: the bound allows each a false warning by this statistic with a chance of 0.02 %.
    rng = np.random.default_rng(5)
    for _ in range(40):
        before = np.sort(rng.random(100))
        run = rng.random(2000)
        for window in (NEWEST, WINDOW):
            far = [distance(run[end - window : end], before, 0.0) for end in range(window, 2001, 20)]
            assert max(far) < limit(100, window)


def test_the_limit_is_the_inequality_solved_for_the_distance() -> None:
    comparisons, chance = 2 * 10_000 * len(TRAITS), 0.01
    bound = np.e * np.exp(-2 * limit(150, 100) ** 2 * 150 * 100 / 250)
    assert bound * comparisons == pytest.approx(chance)
    assert limit(1000, 100) < limit(150, 100) < limit(150, 30)


@given(VALUES, VALUES, st.floats(0, 1))
def test_the_distance_is_one_and_shrinks_with_the_tolerance(a: list[float], b: list[float], tolerance: float) -> None:
    first, second = np.array(a), np.array(b)
    assert distance(first, first, tolerance) == 0.0
    assert distance(first, second, tolerance) == distance(second, first, tolerance)
    assert 0.0 <= distance(first, second, tolerance) <= distance(first, second, 0.0) <= 1.0
    assert distance(first, first + tolerance * 0.99, tolerance) == 0.0
    assert distance(np.zeros(3), np.ones(3), 0.5) == 1.0


def test_a_statistic_this_version_does_not_know_is_left_out(mine: ScannerProfile) -> None:
    odd = replace(mine, reference={"humidity": Reference(100, (0.0, 1.0))})
    assert drift(odd, [{"humidity": 7.0}] * 60) == ()
