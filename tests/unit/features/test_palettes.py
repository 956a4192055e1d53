from __future__ import annotations

import cv2
import numpy as np
import pytest

from features.palettes import (
    MATERIAL_KNOTS,
    PALETTES,
    Palette,
    attenuation_from_luma,
    colourise,
    hue_confidence,
    luma_from_attenuation,
    material_from_hue,
)

LUMA = np.array([0.114, 0.587, 0.299])


@pytest.fixture(params=sorted(PALETTES))
def palette(request: pytest.FixtureRequest) -> Palette:
    return PALETTES[request.param]


def grid() -> tuple[np.ndarray, np.ndarray]:
    attenuation, material = np.meshgrid(np.linspace(0, 4, 120), np.linspace(0, 1, 50))
    return attenuation, material


def test_there_are_palettes_to_choose_from() -> None:
    assert len(PALETTES) >= 5
    assert all(name == palette.name for name, palette in PALETTES.items())


def test_hues_can_be_inverted(palette: Palette) -> None:
    assert len(palette.hues) == len(palette.saturations) == len(MATERIAL_KNOTS)
    assert all(first < second for first, second in zip(palette.hues, palette.hues[1:], strict=False))


def test_air_has_the_background_colour(palette: Palette) -> None:
    air = colourise(np.zeros((3, 4)), np.full((3, 4), 0.5), palette)
    assert air.shape == (3, 4, 3)
    assert air.dtype == np.uint8
    assert np.all(air == palette.background)


def test_attenuation_comes_back_from_the_luma(palette: Palette) -> None:
    attenuation, material = grid()
    luma = colourise(attenuation, material, palette) @ LUMA / (np.array(palette.background) @ LUMA)
    assert attenuation_from_luma(luma, palette) == pytest.approx(attenuation, abs=0.06)


def test_material_comes_back_from_the_hue_where_it_can_be_trusted(palette: Palette) -> None:
    attenuation, material = grid()
    bgr = colourise(attenuation, material, palette)
    balanced = (bgr / np.array(palette.background)).astype(np.float32)
    hue = cv2.cvtColor(balanced, cv2.COLOR_BGR2HSV)[..., 0]
    trusted = hue_confidence(bgr) > 0.9
    assert trusted.mean() > 0.5
    assert material_from_hue(hue, palette)[trusted] == pytest.approx(material[trusted], abs=0.08)


def test_organic_is_orange_light_metal_green_and_metal_blue(palette: Palette) -> None:
    shown = colourise(np.full((1, 3), 1.2), np.array([[0.0, 0.5, 1.0]]), palette)[0].astype(int)
    organic, light, metal = shown
    assert organic[2] > organic[1] > organic[0]
    assert light[1] == max(light)
    assert metal[0] == max(metal)


def test_luma_falls_with_attenuation(palette: Palette) -> None:
    luma = luma_from_attenuation(np.linspace(0, 9, 50), palette)
    assert luma[0] == 1
    assert np.all(np.diff(luma) < 0)


def test_colours_beyond_blue_are_metal_and_red_is_organic(palette: Palette) -> None:
    assert material_from_hue(np.array([270.0, 345.0, 5.0]), palette).tolist() == [1.0, 0.0, 0.0]
