from __future__ import annotations

import numpy as np
import pytest

from models.results import PARTS
from training.phantom.clutter import HELD_OUT, TRAIN
from training.phantom.dice import Dice
from training.phantom.parts import PART_MAKERS
from training.phantom.projector import Geometry, project
from training.phantom.solids import Shape, turn

CLUTTER = {name: maker for family in TRAIN.values() for name, maker in family.items()} | HELD_OUT


def shadow_share(shape: Shape) -> float:
    low, high = shape.bounds()
    pixel = float(max(high - low)) * 1.4 / 120
    geometry = Geometry(120, 120, pixel, 60 * pixel, 1e6)
    middle = np.array((60 * pixel, 60 * pixel, 800.0)) - (low + high) / 2
    shadow = project(shape, turn("z", 0), middle, geometry)
    assert shadow is not None
    assert all(float(plane.min()) >= 0 for plane in shadow.thickness.values())
    return float((shadow.attenuation() > 0.01).sum()) / 120**2


def test_every_part_that_answers_name_can_be_drawn_but_the_fallback() -> None:
    assert set(PART_MAKERS) == set(PARTS) - {"firearm_like"}


@pytest.mark.parametrize("name", sorted(PART_MAKERS))
def test_parts_vary_and_are_of_a_plausible_size(name: str) -> None:
    lengths = []
    for seed in range(12):
        shape = PART_MAKERS[name](Dice(np.random.default_rng(seed)))  # type: ignore[index]
        low, high = shape.bounds()
        lengths.append(float((high - low).max()))
        assert shadow_share(shape) > 0.005
    assert min(lengths) > 18
    assert max(lengths) < 1200
    assert max(lengths) > 1.15 * min(lengths)


@pytest.mark.parametrize("name", sorted(CLUTTER))
def test_harmless_things_can_be_drawn(name: str) -> None:
    for seed in range(4):
        shape = CLUTTER[name](Dice(np.random.default_rng(seed)))
        assert shadow_share(shape) > 0.0005
        assert shape.optical_mass() > 0


def test_no_kind_is_both_for_training_and_held_out() -> None:
    train = {name for family in TRAIN.values() for name in family}
    assert not train & set(HELD_OUT)
    assert len(train) >= 50
    assert len(HELD_OUT) >= 10


def test_toy_guns_are_of_plastic_but_for_screws_and_springs() -> None:
    shape = TRAIN["gripped"]["toy_gun"](Dice(np.random.default_rng(3)))
    steel = Shape([solid for solid in shape.solids if solid.material == _steel()])
    assert steel.optical_mass() < 0.35 * shape.optical_mass()


def _steel() -> int:
    from training.phantom.materials import INDEX

    return INDEX["steel"]
