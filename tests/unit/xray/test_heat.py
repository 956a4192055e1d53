"""The heat map: highest where the region is, at every scale, with a scale that says what the colours mean."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from xray_pictures import PARAMETERS, PlantedEngine, colour, dual_pages, grey8, jpeg, planted_model, png, tiff

from features.xray_header import UnreadablePicture
from features.xray_image import XrayImage
from models.drawing_words import Type
from models.heat_drawing import colours, scale_bar
from models.xray import Picture
from models.xray_heads import find
from models.xray_heat import heat


def picture(width: int, height: int, bar: tuple[int, int, int, int]) -> XrayImage:
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
def test_it_is_hot_where_the_part_is_and_cold_elsewhere(size: tuple[int, int], bar: tuple[int, int, int, int]) -> None:
    image = picture(*size, bar)
    found = heat(image, PlantedEngine())
    assert found.shape == (size[1], size[0])
    x, y, w, h = bar
    assert found[y + h // 2, x + w // 2] > 0.9
    around = np.ones_like(found, bool)
    reach = max(size) // 12
    around[max(0, y - reach) : y + h + reach, max(0, x - reach) : x + w + reach] = False
    assert found[around].max() < 0.05


@pytest.mark.parametrize("bar", [(1700, 700, 26, 26), (1195, 594, 20, 20), (100, 100, 20, 40)])
def test_a_small_part_of_a_large_scan_is_hot_too(bar: tuple[int, int, int, int]) -> None:
    image = picture(2400, 1200, bar)
    found = heat(image, PlantedEngine())
    y, x = np.unravel_index(found.argmax(), found.shape)
    assert bar[0] - 8 <= x <= bar[0] + bar[2] + 8
    assert bar[1] - 8 <= y <= bar[1] + bar[3] + 8
    assert found.max() <= find(image, PlantedEngine(), 0.05).peak + 1e-6


@pytest.mark.parametrize("data", [png(colour()), jpeg(grey8()), png(dual_pages()[0]), tiff(*dual_pages())])
def test_every_kind_of_picture_has_one(data: bytes) -> None:
    model = planted_model()
    page = cv2.imdecode(np.frombuffer(model.heat_map(data), np.uint8), cv2.IMREAD_COLOR)
    assert page is not None
    assert page.shape[1] == 900
    score = model.assess([Picture(data)]).score
    assert score is not None
    sure = colours(np.full((1, 1), score, np.float32))[0, 0].astype(int)
    bright = (np.abs(page[:-80].astype(int) - sure).max(axis=2) <= 40).sum()
    assert bright > 200


def test_what_cannot_be_read_has_none() -> None:
    with pytest.raises(UnreadablePicture):
        planted_model().heat_map(jpeg(colour())[:2000])


def test_colours_grow_brighter_with_the_score() -> None:
    ramp = colours(np.linspace(0, 1, 256, dtype=np.float32)[None])
    light = cv2.cvtColor(ramp, cv2.COLOR_BGR2LAB)[0, :, 0].astype(int)
    assert (np.diff(light) >= -1).all()
    assert light[-1] - light[0] > 200


def test_the_scale_marks_the_alarm() -> None:
    low, high = (scale_bar(900, threshold, Type(0.5)) for threshold in (0.2, 0.8))
    assert low.shape == high.shape
    for strip, threshold in ((low, 0.2), (high, 0.8)):
        dark = np.flatnonzero((strip[25:27] < 60).all(axis=(0, 2)))
        assert np.any(np.abs(dark - (19 + threshold * 861)) < 8)
    assert PARAMETERS.threshold == 0.5
