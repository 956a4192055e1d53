from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from training.phantom.clutter import HELD_OUT, TRAIN, Maker
from training.phantom.containers import ContainerKind
from training.phantom.dice import Dice
from training.phantom.layout import DENSITIES, KINDS, Density, Wish, compose, pose_of
from training.phantom.parts import PART_MAKERS
from training.phantom.projector import Geometry, project
from training.phantom.scene import make_scene
from training.phantom.solids import Shape, rounded, shrink, turn

GEOMETRY = Geometry(96, 96, 4.0, 190.0, 1500.0)
seeds = st.integers(0, 2**31 - 1)
MAKERS: dict[str, Maker] = {
    **PART_MAKERS, **HELD_OUT, **{name: maker for family in TRAIN.values() for name, maker in family.items()},
}  # fmt: skip


@given(name=st.sampled_from(sorted(MAKERS)), seed=seeds)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_shadow_weighs_what_its_solids_weigh(name: str, seed: int) -> None:
    # Where hollows reach beyond matter the sum goes below nothing and is cut off there: the shadow is then too heavy.
    dice = Dice(np.random.default_rng(seed))
    shape = MAKERS[name](dice)
    pose = pose_of(dice, free=True)
    low, high = shape.bounds(pose)
    pixel = float((high - low).max()) * 1.1 / 240
    geometry = Geometry(240, 240, pixel, 120 * pixel, 1e7)
    shadow = project(shape, pose, np.array((120 * pixel, 120 * pixel, 1000)) - (low + high) / 2, geometry)
    assert shadow is not None
    assert all(np.isfinite(plane).all() for plane in shadow.thickness.values())
    assert np.isclose(float(shadow.attenuation().sum()) * pixel**2, shape.optical_mass(), rtol=0.1)


@given(
    outer=st.floats(5, 40), wall=st.floats(0.1, 0.9), length=st.floats(5, 120), angle=st.floats(0, 180),
    tilt=st.floats(-80, 80),
)  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_a_hollow_never_absorbs_more_than_the_full_body(
    outer: float, wall: float, length: float, angle: float, tilt: float
) -> None:
    pose = turn("z", angle) @ turn("y", tilt)
    hollow = project(Shape().tube(outer, outer * wall, 0, length, "steel"), pose, (190, 190, 200), GEOMETRY)
    full = project(Shape().rod(outer, 0, length, "steel"), pose, (190, 190, 200), GEOMETRY)
    if hollow is None or full is None:
        return
    assert (hollow.attenuation() <= full.attenuation() + 1e-3).all()


@given(seed=seeds)
@settings(max_examples=100, deadline=None)
def test_poses_are_rotations(seed: int) -> None:
    dice = Dice(np.random.default_rng(seed))
    pose = pose_of(dice, free=dice.chance(0.5))
    assert np.allclose(pose @ pose.T, np.eye(3), atol=1e-9)
    assert np.isclose(np.linalg.det(pose), 1)


@given(x=st.floats(5, 200), y=st.floats(5, 200), wall=st.floats(0.2, 3))
def test_a_shrunken_outline_stays_inside(x: float, y: float, wall: float) -> None:
    outline = rounded((-x, x), (-y, y), 3)
    assert (np.abs(shrink(outline, wall)) <= np.abs(outline) + 1e-9).all()


@given(seed=st.integers(0, 10**6), held_out=st.booleans())
@settings(max_examples=15, deadline=None)
def test_any_seed_makes_a_scan_with_boxes_inside(seed: int, held_out: bool) -> None:
    scene = make_scene(seed, size=80, held_out=held_out)
    for annotation in scene.annotations:
        x, y, width, height = annotation.box
        assert 0 <= x < x + width <= 80
        assert 0 <= y < y + height <= 80


@given(
    seed=seeds, side=st.floats(150, 1000), density=st.sampled_from(DENSITIES), kind=st.sampled_from(KINDS),
    armed=st.booleans(), held_out=st.booleans(),
)  # fmt: skip
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_wish_is_granted(
    seed: int, side: float, density: Density, kind: ContainerKind, armed: bool, held_out: bool
) -> None:
    wish = Wish(firearm=armed, density=density, container=kind, shield=armed)
    layout = compose(Dice(np.random.default_rng(seed)), (side, side), wish, held_out=held_out)
    assert layout.container.kind == kind
    assert any(item.part is not None for item in layout.placed) == armed
    assert (layout.shield is not None) == armed
    for item in layout.placed:
        assert np.isfinite(item.position).all()
        assert np.allclose(item.rotation @ item.rotation.T, np.eye(3), atol=1e-6)
