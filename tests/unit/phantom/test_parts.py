"""Every part maker over many seeds: finite, of a plausible size, neither glass nor a black slab, never twice alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from models.results import PARTS, Part
from training.phantom.dice import Dice
from training.phantom.parts import PART_MAKERS
from training.phantom.projector import Geometry, Shadow, project
from training.phantom.solids import Array, Shape, turn

SEEDS = range(20)
SIDE = 150
OUTLINE = 0.08  # what a mask of an annotation counts as the part

# Longest side in mm that a real one has, generously; then the median attenuation side-on over all seeds.
SIZES: dict[Part, tuple[float, float]] = {
    "barrel": (60, 680), "slide": (105, 225), "frame": (90, 280), "magazine": (65, 260), "trigger_group": (40, 140),
    "bolt": (65, 420), "cylinder": (26, 120), "suppressor": (90, 290), "pistol": (110, 480), "revolver": (110, 420),
    "long_gun": (250, 1300), "ammunition": (18, 420),
}  # fmt: skip
DARKNESS: dict[Part, tuple[float, float]] = {
    "barrel": (1.5, 6), "slide": (1, 4.5), "frame": (0.15, 4), "magazine": (0.1, 4), "trigger_group": (0.2, 4),
    "bolt": (1.5, 6), "cylinder": (0.7, 16), "suppressor": (0.15, 6), "pistol": (0.8, 5), "revolver": (0.8, 6),
    "long_gun": (0.2, 4), "ammunition": (0.5, 25),
}  # fmt: skip


@dataclass(frozen=True)
class Look:
    """One made part: its shape, the size of its box in mm, and what a picture from its side shows."""

    shape: Shape
    size: Array
    shadow: Shadow


def seen(shape: Shape, degrees: float = 0.0, side: int = SIDE) -> tuple[Shadow, float]:
    """Return the shadow of the part turned about its long axis, filling the picture, and the pixel pitch in mm."""
    pose = turn("x", degrees)
    low, high = shape.bounds(pose)
    pixel = float((high - low).max()) * 1.1 / side
    middle = np.array((side / 2 * pixel, side / 2 * pixel, 900.0)) - (low + high) / 2
    shadow = project(shape, pose, middle, Geometry(side, side, pixel, side / 2 * pixel, 1e6))
    assert shadow is not None
    return shadow, pixel


@cache
def looks(part: Part) -> tuple[Look, ...]:
    found = []
    for seed in SEEDS:
        shape = PART_MAKERS[part](Dice(np.random.default_rng(seed)))
        low, high = shape.bounds()
        found.append(Look(shape, high - low, seen(shape)[0]))
    return tuple(found)


every_part = pytest.mark.parametrize("part", sorted(PART_MAKERS))


def test_every_part_that_answers_name_can_be_drawn_but_the_fallback() -> None:
    assert set(PART_MAKERS) == set(PARTS) - {"firearm_like"}


@every_part
def test_is_finite_and_of_a_plausible_size(part: Part) -> None:
    for look in looks(part):
        assert all(np.isfinite(solid.data).all() and np.isfinite(solid.offset).all() for solid in look.shape.solids)
        assert all(solid.high >= solid.low for solid in look.shape.solids)
        assert SIZES[part][0] <= float(look.size.max()) <= SIZES[part][1]
        assert float(look.size.min()) > 3


@every_part
def test_attenuates_as_a_real_one_side_on(part: Part) -> None:
    medians = []
    for look in looks(part):
        own = look.shadow.attenuation()
        assert float(own.min()) >= 0
        assert (own > OUTLINE).sum() > 0.002 * SIDE**2
        medians.append(float(np.median(own[own > OUTLINE])))
    low, high = DARKNESS[part]
    assert low <= float(np.median(medians)) <= high


@every_part
def test_shows_inner_detail_instead_of_one_slab(part: Part) -> None:
    """Inside the outline the attenuation differs from place to place, so there is something to recognise."""
    spreads = []
    for look in looks(part):
        own = look.shadow.attenuation()
        low, middle, high = np.percentile(own[own > OUTLINE], (10, 50, 90))
        spreads.append((high - low) / middle)
    assert float(np.median(spreads)) > 0.5


@every_part
def test_never_twice_alike_but_the_same_from_the_same_seed(part: Part) -> None:
    first, again = looks(part)[0].shape, PART_MAKERS[part](Dice(np.random.default_rng(SEEDS[0])))
    assert len(first.solids) == len(again.solids)
    assert all(np.array_equal(a.data, b.data) for a, b in zip(first.solids, again.solids, strict=True))
    sizes = np.stack([look.size for look in looks(part)])
    aspects = sizes.max(axis=1) / sizes.min(axis=1)
    assert float(aspects.std() / aspects.mean()) > 0.06
    assert sizes[:, 0].max() > 1.25 * sizes[:, 0].min()


@every_part
@pytest.mark.parametrize("degrees", [0, 65])
def test_hollows_lie_in_matter_so_that_the_shadow_weighs_what_the_solids_weigh(part: Part, degrees: float) -> None:
    for look in looks(part)[:2]:
        shadow, pixel = seen(look.shape, degrees, side=360)
        weight = float(shadow.attenuation().sum()) * pixel**2
        assert weight == pytest.approx(look.shape.optical_mass(), rel=0.06)


@every_part
def test_solids_are_few_enough_to_make_scenes_by_the_thousand(part: Part) -> None:
    counts = [len(look.shape.solids) for look in looks(part)]
    assert float(np.median(counts)) <= 60
    assert max(counts) <= 300
