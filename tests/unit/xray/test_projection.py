"""Threat image projection: what is measured on a scanner's pictures, and what a projection changes."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from features.xray_image import XrayImage
from training.phantom.materials import attenuation_curves
from training.xray.tip import MATCHED, NAIVE, Projection, project_part
from training.xray.tip_edges import edge_shape, explain, sharpened
from training.xray.tip_grain import GRAIN_LEVELS, site_grain
from training.xray.tip_look import METAL_SHARES, STEEL_ATTENUATION, STEEL_MM, Look, measure_look

Plane = NDArray[np.float32]
LOOK = Look(
    blur=0.8,
    sharpen=0.6,
    grain=(0.01, 0.012, 0.02, 0.05, 0.08),
    coarse=0.5,
    metal=tuple(0.6 * level for level in STEEL_ATTENUATION),
    deepest=6.2,
    metal_material=0.85,
    colour_grain=0.03,
)


def plates(blur: float, sharpen: float, noise: float, seed: int = 0) -> Plane:
    """Square plates on a thick ground, as a scanner with this blur, sharpening and noise shows them."""
    rng = np.random.default_rng(seed)
    plane = np.full((480, 480), 0.5, np.float32)
    for row in range(40, 440, 100):
        for column in range(40, 440, 100):
            plane[row : row + 50, column : column + 50] += rng.uniform(0.8, 2.0)
    plane = np.asarray(cv2.GaussianBlur(plane, (0, 0), blur), np.float32) if blur else plane
    shown = sharpened(plane, sharpen)
    return np.asarray(shown + noise * rng.standard_normal(plane.shape, np.float32), np.float32)


def bag(seed: int = 0, *, coloured: bool = True) -> XrayImage:
    """A carton of cloth with two metal bars in the middle of air."""
    rng = np.random.default_rng(seed)
    attenuation = np.zeros((360, 420), np.float32)
    attenuation[30:330, 30:390] = 0.35 + 0.02 * rng.standard_normal((300, 360))
    attenuation[60:80, 60:200] += 2.2
    attenuation[260:300, 300:330] += 3.0
    material = np.full_like(attenuation, 0.5)
    if coloured:
        material[30:330, 30:390] = 0.1 + 0.02 * rng.standard_normal((300, 360))
        material[attenuation > 1.5] = 0.95
    return XrayImage(np.maximum(attenuation, 0), np.clip(material, 0, 1).astype(np.float32), "colour")


def projected(image: XrayImage, seed: int, **options: object) -> Projection:
    found = project_part(image, LOOK, np.random.default_rng(seed), pixel_mm=1.6, **options)  # type: ignore[arg-type]
    assert found is not None
    return found


@pytest.mark.parametrize(("blur", "sharpen"), [(0.6, 0.0), (1.2, 0.0), (0.8, 1.0), (1.2, 2.0)])
def test_blur_and_sharpening_are_found_again(blur: float, sharpen: float) -> None:
    found = explain(*edge_shape(plates(blur, sharpen, 0.004)))
    assert found[0] == pytest.approx(blur, abs=0.35)
    assert found[1] == pytest.approx(sharpen, abs=0.6)


def test_edges_of_an_empty_picture_are_not_guessed() -> None:
    assert np.isnan(edge_shape(np.zeros((100, 100), np.float32))).all()


@pytest.mark.parametrize("noise", [0.01, 0.04])
def test_grain_is_found_again_and_a_slope_is_none(noise: float) -> None:
    slope = np.linspace(0.05, 4.0, 600, dtype=np.float32)[None].repeat(400, axis=0)
    noisy = slope + noise * np.random.default_rng(0).standard_normal(slope.shape, np.float32)
    grain, coarse = site_grain([noisy.astype(np.float32)])
    assert np.allclose(grain, noise, rtol=0.15)
    assert coarse < 0.5
    assert max(site_grain([slope])[0]) < 0.001


def test_metal_levels_are_those_of_steel() -> None:
    low, high = attenuation_curves("steel", np.array(STEEL_MM))
    assert np.allclose(STEEL_ATTENUATION, (low + high) / 2, atol=0.15)
    assert len(METAL_SHARES) == len(STEEL_MM)


def test_what_is_shown_leads_back_to_what_is_true() -> None:
    true = np.linspace(0, 7, 50, dtype=np.float32)
    shown = LOOK.shown(true)
    assert (np.diff(shown) > 0).all()
    assert np.allclose(LOOK.true(shown), true, atol=1e-3)


def test_a_scanner_that_shows_half_the_metal_is_recognised() -> None:
    whole = bag()
    half = XrayImage((whole.attenuation / 2).astype(np.float32), whole.material, "colour")
    levels = [measure_look([image] * 4).metal[1] for image in (whole, half)]
    assert levels[1] < 0.75 * levels[0]


def test_a_grey_scanner_is_recognised_and_keeps_its_material() -> None:
    grey = bag(coloured=False)
    look = measure_look([grey])
    assert not look.tells_material
    found = project_part(grey, look, np.random.default_rng(3), pixel_mm=1.6)
    assert found is not None
    assert np.array_equal(found.image.material, grey.material)


@pytest.mark.parametrize("seed", range(6))
def test_a_projection_darkens_its_box_and_nothing_else(seed: int) -> None:
    image = bag()
    found = projected(image, seed)
    x, y, width, height = (int(value) for value in found.thing.box)
    inside = np.zeros(image.attenuation.shape, bool)
    inside[y : y + height, x : x + width] = True
    change = found.image.attenuation - image.attenuation
    near = cv2.dilate(inside.astype(np.uint8), np.ones((25, 25), np.uint8)) > 0
    assert np.abs(change[~near]).max() < 1e-3
    assert change[inside].mean() > 0.05
    assert change[inside].max() > 5 * np.abs(change[near & ~inside]).max() or change[inside].max() > 0.5
    assert found.thing.part is not None


def test_naive_projection_multiplies_transmissions() -> None:
    """The physics alone: what is added does not depend on what lies beneath it."""
    image = bag()
    thicker = XrayImage(image.attenuation + (image.attenuation > 0.1), image.material, "colour")
    first, second = (projected(one, 4, blending=NAIVE) for one in (image, thicker))
    assert first.thing.box == second.thing.box
    added = [two.image.attenuation - one.attenuation for two, one in ((first, image), (second, thicker))]
    free = (first.image.attenuation < 7.9) & (second.image.attenuation < 7.9)
    assert np.allclose(added[0][free], added[1][free], atol=1e-4)


def test_matched_metal_is_as_deep_as_the_scanner_shows_it() -> None:
    image = bag()
    deepest = [projected(image, 2, blending=how).image.attenuation.max() for how in (MATCHED, NAIVE)]
    assert deepest[0] <= LOOK.deepest < deepest[1]


def test_the_same_draws_give_the_same_projection() -> None:
    first, again, other = (projected(bag(), seed) for seed in (7, 7, 8))
    assert np.array_equal(first.image.attenuation, again.image.attenuation)
    assert first.thing == again.thing
    assert other.thing != first.thing


@pytest.mark.parametrize("seed", range(8))
def test_parts_lie_in_the_goods_and_off_what_is_labelled(seed: int) -> None:
    image, taken = bag(), (200.0, 30.0, 190.0, 300.0)
    found = projected(image, seed, avoid=(taken,))
    darker = found.image.attenuation - image.attenuation > 0.08
    assert np.mean(image.attenuation[darker] > 0.05) > 0.85
    assert found.thing.box[0] + found.thing.box[2] <= taken[0] + 1


def test_nothing_is_laid_into_air() -> None:
    empty = XrayImage(np.zeros((300, 300), np.float32), np.full((300, 300), 0.5, np.float32), "colour")
    assert project_part(empty, LOOK, np.random.default_rng(0)) is None


def test_grain_of_a_projection_is_that_of_the_depth_it_reaches() -> None:
    """Naive pasting keeps the grain of thin goods under thick metal: the mark by which it is recognised."""
    image, wanted = bag(), []
    for how in (MATCHED, NAIVE):
        shown = np.concatenate([projected(image, seed, blending=how).image.attenuation[None] for seed in range(10)])
        rough = np.abs(np.diff(shown, axis=2))[(shown[:, :, 1:] > GRAIN_LEVELS[2]) & (shown[:, :, 1:] < 5.5)]
        wanted.append(float(np.median(rough)))
    assert wanted[0] > 1.1 * wanted[1]
