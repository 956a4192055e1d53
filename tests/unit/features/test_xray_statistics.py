"""What tells one scanner from another moves with gain, palette, sharpness and size, and with nothing else."""

from __future__ import annotations

from dataclasses import asdict, fields

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from xray_pictures import colour, dual_pages, grey8, png, tiff

from features.xray_statistics import TRAITS, PictureStatistics
from models.xray import read_and_check


def statistics(data: bytes) -> PictureStatistics:
    return read_and_check(data).statistics()


def test_every_statistic_has_words_and_a_tolerance() -> None:
    assert [field.name for field in fields(PictureStatistics)] == list(TRAITS)
    assert all(trait.tolerance > 0 and trait.words for trait in TRAITS.values())


def test_a_carton_with_a_block_and_a_bar() -> None:
    found = statistics(png(colour("classic")))
    # 180 x 240 px of 256 x 320 absorb; bar and block are told apart by hue.
    assert found.object_share == pytest.approx(180 * 240 / (256 * 320), abs=0.03)
    assert found.air == 1.0
    assert 0.05 < found.metal_share < 0.2
    assert found.organic_hue == pytest.approx(33, abs=6)
    assert found.metal_hue == pytest.approx(206, abs=8)
    assert found.size == pytest.approx(np.log2(320), abs=1e-3)


def test_a_grey_picture_has_no_colour() -> None:
    found = statistics(png(grey8()))
    assert (found.colour, found.organic_hue, found.metal_hue) == (0.0, None, None)
    assert found.air == pytest.approx(250 / 255, abs=1e-3)


def test_two_energies_and_16_bit_are_measured_too() -> None:
    found = statistics(tiff(*dual_pages()))
    assert found.air == pytest.approx(60000 / 65535, abs=0.01)
    assert 0 < found.metal_share < 0.3


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("attenuation", lambda page: np.asarray(255 * (page / 255) ** 1.6, np.uint8)),
        ("air", lambda page: np.asarray(page * 0.9, np.uint8)),
        ("sharpness", lambda page: cv2.GaussianBlur(page, (0, 0), 2.0)),
        ("size", lambda page: cv2.resize(page, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)),
        ("colour", lambda page: np.asarray(page * 0.3 + page.max(axis=2, keepdims=True) * 0.7, np.uint8)),
        ("metal_hue", lambda page: turned(page, 10)),
        ("organic_hue", lambda page: turned(page, 10)),
    ],
)
def test_a_change_of_the_scanner_shows(name: str, change: object) -> None:
    page = colour("classic")
    before, after = (asdict(statistics(png(one))) for one in (page, change(page)))  # type: ignore[operator]
    assert abs(after[name] - before[name]) > TRAITS[name].tolerance


def turned(page: NDArray[np.uint8], steps: int) -> NDArray[np.uint8]:
    hsv = cv2.cvtColor(page, cv2.COLOR_BGR2HSV)
    hsv[..., 0] = (hsv[..., 0].astype(int) + steps) % 180
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)


def test_a_picture_of_air_with_a_speck_has_numbers_too() -> None:
    page = np.full((200, 300), 250, np.uint8)
    page[90:97, 100:107] = 120
    found = asdict(statistics(png(page)))
    assert all(value is None or np.isfinite(value) for value in found.values())


def test_a_long_scan_is_measured_where_the_parcel_lies() -> None:
    page = np.full((256, 3000), 250, np.uint8)
    page[:, 2600:2920] = grey8()
    assert statistics(png(page)).sharpness == pytest.approx(statistics(png(grey8())).sharpness, rel=0.2)
