"""Between picture and network: scales, tiles and the way back to the picture's own pixels."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from xray_pictures import PlantedEngine, attenuation_and_material

from features.xray_image import XrayImage
from models.xray_heads import EXTENTS, FINE, LEAST_LARGE, TILE, Window, contents, decode, find, scales, windows

EVERYWHERE = (-np.inf, -np.inf, np.inf, np.inf)


def picture(width: int, height: int, bar: tuple[int, int, int, int]) -> XrayImage:
    """A carton that fills the picture but for a rim of air, with one steel bar."""
    attenuation = np.zeros((height, width), np.float32)
    material = np.full((height, width), 0.5, np.float32)
    attenuation[height // 20 : -height // 20, width // 20 : -width // 20] = 0.3
    x, y, w, h = bar
    attenuation[y : y + h, x : x + w], material[y : y + h, x : x + w] = 3.0, 1.0
    return XrayImage(attenuation, material, "dual")


@pytest.mark.parametrize(
    ("size", "bar"),
    [((640, 480), (300, 200, 64, 40)), ((320, 256), (90, 100, 48, 40)), ((2400, 1700), (1500, 1000, 150, 120))],
)
def test_a_bar_is_found_where_it_is_at_any_size(size: tuple[int, int], bar: tuple[int, int, int, int]) -> None:
    found = find(picture(*size, bar), PlantedEngine(), 0.3)
    x, y, w, h = bar
    centres = (found.boxes[:, :2] + found.boxes[:, 2:]) / 2
    assert len(centres) > 0
    assert (centres[:, 0] > x - 12).all()
    assert (centres[:, 0] < x + w + 12).all()
    assert (centres[:, 1] > y - 12).all()
    assert (centres[:, 1] < y + h + 12).all()
    assert found.peak > 0.95
    assert np.allclose(found.parts.sum(axis=1), 1, atol=1e-5)


def test_a_small_part_in_a_large_picture_is_not_lost() -> None:
    """26 px of 2,400 vanish at 384 px; the tiles at the larger scale still see them."""
    image = picture(2400, 2400, (1700, 700, 26, 26))
    assert find(image, PlantedEngine(), 0.5).peak > 0.5
    coarse = cv2.resize(image.material, (384, 384), interpolation=cv2.INTER_AREA)
    assert cv2.resize(coarse, (48, 48), interpolation=cv2.INTER_AREA).max() < 0.76


def test_inputs_are_multiples_of_32_and_bounded() -> None:
    engine = PlantedEngine()
    find(picture(2400, 1100, (500, 500, 90, 90)), engine, 0.5)
    assert all(shape[2] % 32 == 0 and shape[3] % 32 == 0 for shape in engine.shapes)
    assert max(max(shape[2:]) for shape in engine.shapes) <= TILE
    assert len(engine.shapes) >= 4


def test_scales_follow_the_contents() -> None:
    assert [round(scale * 640) for scale, _, _ in scales(640, 480)] == list(EXTENTS)
    # A small parcel is shown twice: what fills half of it is beyond what a cell sees where it is large.
    assert [round(scale * 200) for scale, _, _ in scales(180, 200)] == [200, 300]
    assert scales(180, 200)[0][1:] == (LEAST_LARGE, np.inf)
    assert scales(640, 480) == scales(480, 640)
    *usual, first, second = scales(2560, 2000)
    assert [round(scale * 2560) for scale, _, _ in usual] == list(EXTENTS)
    assert {first, second} == {(extent / 2560, 0.0, most_side) for extent, most_side in FINE}
    # Never enlarged: 1,000 px are shown once at their own size, for all that is too small at the usual scales.
    assert scales(1000, 800)[len(EXTENTS) :] == ((1.0, 0.0, FINE[0][1]),)
    assert FINE[0][1] >= 12 / (EXTENTS[-1] / 1280)
    # Parcels in a row: the area decides, so that each is shown as large as if it were alone.
    assert scales(4000, 500)[0][0] == pytest.approx(EXTENTS[0] / np.sqrt(2 * 4000 * 500))


def test_the_fine_scale_is_for_small_parts_only() -> None:
    heads = np.full((7, 4, 4), -9.0, np.float32)
    heads[0, 1, 1], heads[0, 2, 3] = 3.0, 2.0
    heads[3:, 1, 1], heads[3:, 2, 3] = np.log(3.0), np.log(1.0)
    for most_side, sides in ((np.inf, [48, 16]), (28.0, [16])):
        found = decode(heads, Window(heads[None], (0.0, 0.0), 1.0, (0, 0), 0.0, most_side, EVERYWHERE), 0.1)
        assert (found.boxes[:, 2] - found.boxes[:, 0]).tolist() == pytest.approx(sides)
    assert found.peak == pytest.approx(1 / (1 + np.exp(-2)))


def test_air_around_the_parcel_is_left_out() -> None:
    attenuation, material = attenuation_and_material()
    wide = np.pad(attenuation, ((300, 500), (700, 100)))
    x, y, width, height = contents(XrayImage(wide, np.pad(material, ((300, 500), (700, 100))), "dual"))
    assert x <= 740 <= 980 <= x + width
    assert y <= 340 <= 520 <= y + height
    assert width < 320
    assert height < 256


def test_a_speck_does_not_change_the_scale() -> None:
    attenuation, material = attenuation_and_material()
    before = contents(XrayImage(attenuation, material, "dual"))
    attenuation[2, 2] = 1.0
    assert contents(XrayImage(attenuation, material, "dual")) == before


def test_an_empty_picture_is_shown_whole() -> None:
    image = XrayImage(np.zeros((64, 80), np.float32), np.full((64, 80), 0.5, np.float32), "dual")
    assert contents(image) == (0, 0, 80, 64)
    assert len(list(windows(image))) == 1 + len(EXTENTS)


def test_what_a_neighbouring_tile_answers_for_does_not_count() -> None:
    heads = np.full((7, 4, 8), -9.0, np.float32)
    heads[0, 1, 1], heads[0, 1, 6] = 3.0, 2.0
    heads[3:] = 0.0
    window = Window(heads[None], (100.0, 50.0), 1.0, (0, 0), 0.0, np.inf, (20.0, -np.inf, np.inf, np.inf))
    found = decode(heads, window, 0.1)
    assert found.boxes.tolist() == [[100 + 52 - 8, 50 + 12 - 8, 100 + 52 + 8, 50 + 12 + 8]]
    assert found.peak == pytest.approx(1 / (1 + np.exp(-2)))
