"""Every format becomes the same three planes, because the detector knows no formats."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from xray_pictures import attenuation_and_material, colour, decoded, dual_pages, grey8

from features.errors import InputError
from features.palettes import PALETTES
from features.xray_image import air_level, attenuation_of, canonical, planes, stack_planes

ATTENUATION, MATERIAL = attenuation_and_material()
BLOCK, BAR, CARTON, AIR = np.s_[70:140, 70:140], np.s_[175:190, 90:230], np.s_[45:55, 45:270], np.s_[2:30, 2:300]


def test_planes_are_the_stated_functions_of_attenuation() -> None:
    attenuation = np.array([[0.0, 1.0, 4.0, 8.0, 20.0]], np.float32)
    found = stack_planes(attenuation, np.full_like(attenuation, 0.5))
    assert np.allclose(found[0], 1 - np.exp(-attenuation), atol=1e-6)
    assert np.allclose(found[1], [[0, 0.125, 0.5, 1, 1]])
    assert found.dtype == np.float32
    assert float(stack_planes(attenuation - 3, attenuation * 0).min()) >= 0


def test_sixteen_bit_grey_is_exact() -> None:
    image = canonical(decoded((60000 * np.exp(-ATTENUATION)).astype(np.uint16)))
    assert image.source == "grey16"
    assert np.abs(image.attenuation - ATTENUATION).max() < 0.01


def test_eight_bit_grey_is_right_within_its_rounding() -> None:
    image = canonical(decoded(grey8()))
    assert image.source == "grey8"
    for place in (BLOCK, BAR, CARTON, AIR):
        assert np.abs(image.attenuation[place] - ATTENUATION[place]).max() < 0.05
    assert (image.material[BLOCK] == 0.5).all()


def test_a_grey_picture_is_not_blanked() -> None:
    """-log(x).clip(0) clips the logarithm instead of its negative, and nothing is left of the picture."""
    assert float(canonical(decoded(grey8())).attenuation.max()) > 2.5


def test_twelve_bits_in_sixteen_give_the_same() -> None:
    full = canonical(decoded((60000 * np.exp(-ATTENUATION)).astype(np.uint16)))
    twelve = canonical(decoded((4000 * np.exp(-ATTENUATION)).astype(np.uint16)))
    assert np.abs(full.attenuation - twelve.attenuation).max() < 0.02


def test_two_energies_tell_the_material() -> None:
    image = canonical(decoded(*dual_pages()))
    assert image.source == "dual"
    assert np.abs(image.attenuation - ATTENUATION).max() < 0.02
    assert float(image.material[BLOCK].mean()) < 0.1
    assert float(image.material[BAR].mean()) > 0.8
    assert abs(float(image.material[AIR].mean()) - 0.5) < 0.05


def test_pages_in_the_wrong_order_are_noticed() -> None:
    low, high = dual_pages()
    assert np.array_equal(canonical(decoded(high, low)).material, canonical(decoded(low, high)).material)


def test_two_pages_in_colour_are_refused() -> None:
    with pytest.raises(InputError, match="grey pages"):
        canonical(decoded(colour(), colour()))


@pytest.mark.parametrize("name", sorted(PALETTES))
def test_a_stated_palette_is_read_back_exactly(name: str) -> None:
    image = canonical(decoded(colour(name)), PALETTES[name])
    assert image.palette == name
    for place in (BLOCK, BAR):
        ratio = image.attenuation[place] / ATTENUATION[place]
        assert 0.93 < float(np.median(ratio)) < 1.07
        assert abs(float(np.median(image.material[place])) - MATERIAL[place].mean()) < 0.06


@pytest.mark.parametrize("name", sorted(PALETTES))
def test_an_unknown_palette_is_read_within_what_the_detector_bears(name: str) -> None:
    image = canonical(decoded(colour(name)))
    assert image.palette == "estimated"
    ratio = float(np.median(image.attenuation[BAR]) / 3.0)
    assert 0.55 < ratio < 1.8
    assert float(np.median(image.material[BLOCK])) < 0.25
    assert float(np.median(image.material[BAR])) > 0.75


def test_air_on_a_grey_background_with_white_marks() -> None:
    page = np.full((200, 200), 220, np.uint8)
    page[50:150, 50:150] = 90
    page[:3, :40] = 255
    assert abs(air_level(page) - 220) <= 2


def test_without_air_the_brightest_counts() -> None:
    page = np.linspace(20, 180, 40000).reshape(200, 200).astype(np.uint8)
    assert 170 <= air_level(page) <= 181


@pytest.mark.parametrize("page", [250 - grey8(), 255 - colour()])
def test_a_negative_is_read_as_one_and_says_so(page: NDArray[np.uint8]) -> None:
    image = canonical(decoded(page))
    assert image.inverted
    assert float(np.median(image.attenuation[BAR])) > 1.5
    assert float(np.abs(image.attenuation[AIR]).max()) < 0.1
    assert (image.material[BLOCK] == 0.5).all()


def test_an_ordinary_picture_is_no_negative() -> None:
    for pages in ((grey8(),), (colour(),), dual_pages()):
        assert not canonical(decoded(*pages)).inverted


def test_attenuation_survives_an_all_black_picture() -> None:
    assert np.isfinite(attenuation_of(np.zeros((64, 64), np.uint8))).all()


def test_planes_have_the_networks_shape() -> None:
    found = planes(canonical(decoded(colour())))
    assert found.shape == (3, 256, 320)
    assert float(found.min()) >= 0
    assert float(found.max()) <= 1
