from __future__ import annotations

import cv2
import numpy as np
import pytest

from features.errors import UsageError
from features.palettes import (
    HELD_OUT_PALETTES,
    MATERIAL_KNOTS,
    PALETTES,
    Palette,
    attenuation_from_luma,
    colourise,
    hue_confidence,
    luma_from_attenuation,
    material_from_hue,
    palette_named,
)

LUMA = np.array([0.114, 0.587, 0.299])


@pytest.fixture(params=sorted(PALETTES | HELD_OUT_PALETTES))
def palette(request: pytest.FixtureRequest) -> Palette:
    return palette_named(request.param)


def grid() -> tuple[np.ndarray, np.ndarray]:
    attenuation, material = np.meshgrid(np.linspace(0, 4, 120), np.linspace(0, 1, 50))
    return attenuation, material


def test_there_are_palettes_to_choose_from() -> None:
    assert len(PALETTES) >= 5
    assert all(name == palette.name for name, palette in (PALETTES | HELD_OUT_PALETTES).items())


def test_held_out_palettes_are_no_palette_of_training() -> None:
    assert HELD_OUT_PALETTES
    assert not PALETTES.keys() & HELD_OUT_PALETTES.keys()
    for held_out in HELD_OUT_PALETTES.values():
        closest = min(np.abs(np.subtract(held_out.hues, one.hues)).max() for one in PALETTES.values())
        assert closest >= 8, "a palette that differs by less judges nothing"


def test_an_unknown_palette_is_told_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"classic.*amber_violet"):
        palette_named("sepia")


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
