from __future__ import annotations

import numpy as np
import pytest

from models.results import PARTS
from training.phantom.dice import Dice
from training.phantom.parts import PART_MAKERS
from training.phantom.projector import Geometry, project
from training.phantom.solids import Shape, turn


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
