from __future__ import annotations

import numpy as np
import pytest

from training.phantom.clutter import HELD_OUT, TRAIN
from training.phantom.clutter_hosts import HOSTS
from training.phantom.dice import Dice
from training.phantom.layout import pose_of
from training.phantom.materials import INDEX
from training.phantom.projector import Geometry, project
from training.phantom.solids import Array, Shape, turn

CLUTTER = {name: maker for family in TRAIN.values() for name, maker in family.items()} | HELD_OUT
HALF = np.array((90.0, 55.0, 18.0))
PIXELS = 200


def cast(shape: Shape, rotation: Array) -> tuple[float, float]:
    """Return the shadow's share of the picture and what it absorbs over what its solids should absorb."""
    low, high = shape.bounds(rotation)
    pixel = float((high - low).max()) * 1.15 / PIXELS
    geometry = Geometry(PIXELS, PIXELS, pixel, PIXELS / 2 * pixel, 1e7)
    middle = np.array((PIXELS / 2 * pixel, PIXELS / 2 * pixel, 1000.0)) - (low + high) / 2
    shadow = project(shape, rotation, middle, geometry)
    assert shadow is not None
    own = shadow.attenuation()
    return float((own > 0.004).sum()) / PIXELS**2, float(own.sum()) * pixel**2 / shape.optical_mass()


@pytest.mark.parametrize("name", sorted(CLUTTER))
def test_harmless_things_absorb_what_their_matter_absorbs(name: str) -> None:
    # A hollow that reaches beyond its matter would be cut off at nothing and make the shadow too heavy.
    for seed in range(3):
        dice = Dice(np.random.default_rng(seed))
        share, mass = cast(CLUTTER[name](dice), pose_of(dice, free=True))
        assert share > 0.003
        assert mass == pytest.approx(1, abs=0.08)


@pytest.mark.parametrize("name", sorted(CLUTTER))
def test_harmless_things_vary_and_fit_into_a_parcel(name: str) -> None:
    sizes = []
    for seed in range(8):
        low, high = CLUTTER[name](Dice(np.random.default_rng(seed))).bounds()
        sizes.append(np.sort(high - low))
    assert 15 < np.median(sizes, axis=0)[2] < 500
    assert max(size[2] for size in sizes) < 650
    shapes = [CLUTTER[name](Dice(np.random.default_rng(seed))).optical_mass() for seed in range(8)]
    assert len({round(mass, 3) for mass in shapes}) > 3


@pytest.mark.parametrize("name", sorted(HOSTS))
def test_a_host_surrounds_its_cavity_and_leaves_it_empty(name: str) -> None:
    filled = Shape().box((-HALF[0], HALF[0]), (-HALF[1], HALF[1]), (-HALF[2], HALF[2]), "lead")
    for seed in range(3):
        host = HOSTS[name](Dice(np.random.default_rng(seed)), HALF)
        low, high = host.bounds()
        assert (low[:2] <= -HALF[:2]).all()
        assert (high[:2] >= HALF[:2]).all()
        assert (high - low).max() < 420
        _, mass = cast(host, turn("z", 20) @ turn("x", 30))
        assert mass == pytest.approx(1, abs=0.08)
        assert host.optical_mass() < 0.5 * filled.optical_mass()  # a part inside still shows


def test_no_kind_is_both_for_training_and_held_out() -> None:
    train = {name for family in TRAIN.values() for name in family}
    assert sum(len(family) for family in TRAIN.values()) == len(train)
    assert not train & set(HELD_OUT)
    assert not set(HOSTS) & (train | set(HELD_OUT))
    assert len(train) >= 90
    assert len(HELD_OUT) >= 12


def test_toy_guns_are_of_plastic_but_for_screws_and_springs() -> None:
    shape = TRAIN["gripped"]["toy_gun"](Dice(np.random.default_rng(3)))
    steel = Shape([solid for solid in shape.solids if solid.material == INDEX["steel"]])
    assert 0 < steel.optical_mass() < 0.35 * shape.optical_mass()
