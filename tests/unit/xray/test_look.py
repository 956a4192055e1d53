"""Shares of material, and opaque regions: a plate that could hide a part is told, a rod is not."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from xray_pictures import attenuation_and_material, colour, decoded, dual_pages, grey8

from features.palettes import PALETTES, colourise
from features.xray_image import XrayImage, canonical
from features.xray_look import AIR, SHIELD_DIAMETER, SHIELD_SHARE, dense_regions, shares, shields

ATTENUATION, MATERIAL = attenuation_and_material()


def with_plate(width: int, height: int) -> NDArray[np.float32]:
    attenuation = ATTENUATION.copy()
    attenuation[80 : 80 + height, 160 : 160 + width] = 9.0
    return attenuation


def sixteen(attenuation: NDArray[np.float32]) -> XrayImage:
    return canonical(decoded((60000 * np.exp(-attenuation)).astype(np.uint16)))


def test_shares_of_a_known_parcel() -> None:
    found = shares(canonical(decoded(*dual_pages())))
    inside = np.count_nonzero(ATTENUATION > AIR)
    assert found.object_share == pytest.approx(inside / ATTENUATION.size, abs=0.01)
    assert found.dense_metal_share == pytest.approx(25 * 160 / inside, abs=0.02)
    assert found.organic_share == pytest.approx(1 - 25 * 160 / inside, abs=0.03)
    assert found.opaque_share == 0


def test_dense_metal_is_seen_in_colour_and_in_grey() -> None:
    for page in (colour(), (60000 * np.exp(-ATTENUATION * 1.2)).astype(np.uint16), grey8(1.2)):
        assert 0.05 < shares(canonical(decoded(page))).dense_metal_share < 0.15


def test_nothing_in_the_beam_has_no_shares() -> None:
    found = shares(XrayImage(np.zeros((64, 64), np.float32), np.full((64, 64), 0.5, np.float32), "grey16"))
    assert (found.object_share, found.dense_metal_share, found.opaque_share) == (0, 0, 0)


def test_a_plate_is_told_with_its_place() -> None:
    (region,) = shields(sixteen(with_plate(60, 50)))
    assert region.box == (160, 80, 60, 50)
    assert region.area == 3000
    assert region.diameter == pytest.approx(50, abs=3)
    assert region.share == pytest.approx(3000 / (240 * 180), rel=0.01)


def test_a_rod_hides_nothing() -> None:
    assert shields(sixteen(with_plate(100, 6))) == ()


def test_size_is_judged_by_the_parcel_and_not_by_the_picture() -> None:
    side = int((SHIELD_SHARE * 240 * 180) ** 0.5) + 2
    assert side > SHIELD_DIAMETER * 240
    large = np.pad(with_plate(side, side), 300)
    assert shields(sixteen(with_plate(side, side)))
    assert shields(sixteen(large))
    assert not shields(sixteen(with_plate(side - 6, side - 6)))


def test_a_speck_of_noise_does_not_open_a_plate() -> None:
    attenuation = with_plate(40, 40)
    attenuation[100, 180] = 2.0
    assert shields(sixteen(attenuation))


def test_eight_bit_black_is_opaque() -> None:
    page = (250 * np.exp(-with_plate(60, 50))).astype(np.uint8)
    assert shields(canonical(decoded(page)))


@pytest.mark.parametrize("name", sorted(PALETTES))
def test_a_plate_is_told_in_every_palette(name: str) -> None:
    material = MATERIAL.copy()
    material[80:130, 160:220] = 1.0
    assert shields(canonical(decoded(colourise(with_plate(60, 50), material, PALETTES[name]))))


def test_a_parcel_without_a_plate_has_none_in_any_format() -> None:
    for pages in (dual_pages(), (grey8(),), (colour(),)):
        assert shields(canonical(decoded(*pages))) == ()


def test_two_plates_are_both_told_largest_first() -> None:
    attenuation = with_plate(40, 40)
    attenuation[60:120, 60:140] = 9.0
    assert [region.box for region in shields(sixteen(attenuation))] == [(60, 60, 80, 60), (160, 80, 40, 40)]


def test_a_plate_at_the_pictures_edge_is_told_there() -> None:
    attenuation = ATTENUATION.copy()
    attenuation[0:50, 260:320] = 9.0
    (region,) = shields(sixteen(attenuation))
    assert region.box == (260, 0, 60, 50)


def test_deep_metal_is_dense_and_hides_nothing_yet() -> None:
    attenuation = ATTENUATION.copy()
    attenuation[80:130, 160:220] = 4.6
    image = sixteen(attenuation)
    assert shields(image) == ()
    (region,) = dense_regions(image)
    assert region.box == (160, 80, 60, 50)


def test_what_is_opaque_is_dense_too() -> None:
    assert dense_regions(sixteen(with_plate(60, 50))) == shields(sixteen(with_plate(60, 50)))


def test_a_plate_is_told_in_grey_that_lifts_its_blacks_and_dark_metal_is_not() -> None:
    rng = np.random.default_rng(2)
    for depth, expected in ((9.0, True), (2.6, False)):
        attenuation = ATTENUATION.copy()
        attenuation[80:130, 160:220] = depth
        signal = np.exp(-attenuation) + 0.0015 + rng.normal(0, 0.0003, attenuation.shape)
        page = (250 * np.clip(signal, 0, 1) ** 0.6).astype(np.uint8)
        assert np.median(page[80:130, 160:220]) > 3
        assert bool(shields(canonical(decoded(page)))) is expected
