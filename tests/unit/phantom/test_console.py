"""A console may change how a scan looks, but not what lies in it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from features.dual_energy import attenuation
from features.palettes import PALETTES
from training.phantom.console import (
    MOST_SHOWN,
    Rendition,
    jpeg_options,
    material_as_shown,
    palette_as_shown,
    processed,
    random_rendition,
    resampled,
)
from training.phantom.export import FORMATS, HELD_OUT_FORMATS, WHITE, decoded, picture
from training.phantom.scene import Scene, make_scene

PLAIN = Rendition()
NO_FLOOR = float("inf")


@pytest.fixture(scope="module")
def scene() -> Scene:
    return make_scene(4, size=200, density="medium", firearm=True, shield=False)


def step(height: float = 2.0) -> np.ndarray:
    """A bar on air, 64 x 64."""
    plane = np.zeros((64, 64), np.float32)
    plane[:, 24:40] = height
    return plane


def test_a_plain_console_changes_nothing() -> None:
    assert np.array_equal(processed(step(), PLAIN, NO_FLOOR, None), step())
    assert np.array_equal(material_as_shown(step(1), step(), PLAIN, None), step(1))
    assert palette_as_shown(PALETTES["classic"], PLAIN) == PALETTES["classic"]
    assert np.array_equal(resampled(step(), 1), step())


def test_sharpening_and_outlines_darken_the_rim_of_a_thing_and_leave_its_middle() -> None:
    for how in (Rendition(sharpen=2.0), Rendition(outline=1.0)):
        shown = processed(step(), how, NO_FLOOR, None)
        assert shown[32, 24] > 2.2, how
        assert shown[32, 31:33] == pytest.approx(2.0, abs=0.02)
        assert shown.min() >= 0
        assert shown.max() <= MOST_SHOWN


def test_a_floor_keeps_detail_in_thick_metal_and_the_order_of_all() -> None:
    ramp = np.linspace(0, 9, 900, dtype=np.float32).reshape(30, 30)
    shown = processed(ramp, PLAIN, 3.0, None).ravel()
    assert shown.max() <= 3.0
    assert np.all(np.diff(shown) >= 0)
    assert shown[100] == pytest.approx(1.0, rel=0.02), "what is thin is left alone"
    assert shown[500] - shown[400] > 0.02, "from 4 to 5 something is still to be seen"


def test_local_contrast_pales_what_lies_among_dense_things() -> None:
    lonely, crowded = np.zeros((128, 128), np.float32), np.full((128, 128), 4.0, np.float32)
    lonely[60:68, 60:68] = crowded[60:68, 60:68] = 1.0
    how = Rendition(relief=0.5)
    alone, among = (processed(plane, how, NO_FLOOR, None)[64, 64] for plane in (lonely, crowded))
    assert among < 0.7 * alone


def test_only_thick_metal_slides_towards_green() -> None:
    material = np.array([[0.0, 1.0, 1.0, 0.5]], np.float32)
    thickness = np.array([[4.0, 1.0, 4.0, 4.0]], np.float32)
    shown = material_as_shown(material, thickness, Rendition(hardening=0.8), None)
    assert shown[0] == pytest.approx([0.0, 1.0, 0.6, 0.5], abs=1e-6)


def test_specks_are_noise_of_the_material_alone() -> None:
    flat = np.full((100, 100), 0.5, np.float32)
    shown = material_as_shown(flat, flat, Rendition(speckle=0.1), np.random.default_rng(1))
    assert shown.mean() == pytest.approx(0.5, abs=0.01)
    assert shown.std() == pytest.approx(0.1 / 1.5, rel=0.1)


@pytest.mark.parametrize("factor", [0.6, 0.97, 1.6])
def test_a_picture_that_was_scaled_keeps_its_size_and_its_places(factor: float) -> None:
    before = (step() * 100).astype(np.uint8)
    after = resampled(before, factor)
    assert after.shape == before.shape
    assert np.abs(after[:, 28:36].astype(int) - 200).max() <= 4
    assert after[:, :20].max() <= 4


def test_colour_at_half_the_resolution_is_what_the_jpeg_says() -> None:
    noise = np.random.default_rng(2).integers(0, 255, (64, 64, 3)).astype(np.uint8)
    sizes = [len(cv2.imencode(".jpg", noise, jpeg_options(Rendition(subsampled=flag)))[1]) for flag in (True, False)]
    assert sizes[0] < 0.8 * sizes[1]


def test_consoles_differ_in_all_that_a_rendition_has() -> None:
    drawn = [random_rendition(np.random.default_rng(k)) for k in range(60)]
    for name in Rendition.__slots__:
        assert len({getattr(one, name) for one in drawn}) > 1, name
    assert all(0 <= one.floor < 0.25 and 0 <= one.hardening <= 1 and 0.5 <= one.resample <= 2 for one in drawn)


@pytest.mark.parametrize("fmt", [fmt for fmt in FORMATS + HELD_OUT_FORMATS if fmt != "dual-tiff16"])
def test_whatever_the_console_the_things_stay_where_they_are(scene: Scene, fmt: str) -> None:
    """Brightness follows the attenuation in rank: labels drawn on the scan hold for every picture of it."""
    signal = (attenuation(scene.low, WHITE) + attenuation(scene.high, WHITE)) / 2
    for seed in range(3):
        pixels = decoded(scene, fmt, np.random.default_rng(seed)).astype(np.float32)
        assert pixels.shape[:2] == scene.low.shape
        grey = pixels @ np.float32([0.114, 0.587, 0.299]) if pixels.ndim == 3 else pixels
        ranks = [np.argsort(np.argsort(cv2.blur(plane, (5, 5)).ravel())) for plane in (signal, grey)]
        assert np.corrcoef(*ranks)[0, 1] < -0.8


def test_steel_that_lets_something_through_is_not_flat_black(scene: Scene) -> None:
    signal = (attenuation(scene.low, WHITE) + attenuation(scene.high, WHITE)) / 2
    steel = (signal > 2.5) & (signal < 5)
    assert steel.sum() > 50
    for name in PALETTES:
        shown = picture(scene, f"colour-png:{name}").astype(np.float32) @ np.float32([0.114, 0.587, 0.299])
        assert shown[steel].std() > 3, name


def test_the_same_generator_draws_the_same_console() -> None:
    first, again, other = (random_rendition(np.random.default_rng(seed)) for seed in (5, 5, 6))
    assert first == again
    assert first != other
