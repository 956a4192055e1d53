"""What is no X-ray scan must never be judged, and what is one must never be refused."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from xray_pictures import AIR16, colour, decoded, dual_pages, grey8

from features.palettes import PALETTES
from features.xray_checks import check_is_xray
from features.xray_header import UnreadablePicture
from features.xray_image import canonical


def code_of(*pages: NDArray[np.generic]) -> str | None:
    picture = decoded(*pages)
    try:
        check_is_xray(picture, canonical(picture))
    except UnreadablePicture as error:
        return error.code
    return None


def natural(rng: np.random.Generator, steepness: float = 1.2) -> NDArray[np.float64]:
    """Noise with the spectrum of photographs (amplitude falls with frequency), mean 0 and deviation 1."""
    fy, fx = np.fft.fftfreq(240)[:, None], np.fft.fftfreq(320)[None]
    amplitude = 1 / np.maximum(np.hypot(fy, fx), 1 / 320) ** steepness
    field = np.real(np.fft.ifft2(amplitude * np.exp(2j * np.pi * rng.random((240, 320)))))
    return (field - field.mean()) / field.std()


def photograph(seed: int) -> NDArray[np.uint8]:
    """A colour picture like a photograph: light and three colours that vary together and apart."""
    rng = np.random.default_rng(seed)
    light = natural(rng)
    channels = [120 + 45 * (0.8 * light + 0.6 * natural(rng)) + rng.uniform(-25, 25) for _ in range(3)]
    return np.clip(np.stack(channels, axis=-1), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("pages", [(grey8(),), (colour(),), dual_pages(), (grey8(0.3),), (250 - grey8(),)])
def test_scans_pass(pages: tuple[NDArray[np.generic], ...]) -> None:
    assert code_of(*pages) is None


@pytest.mark.parametrize("name", sorted(PALETTES))
def test_scans_in_every_palette_pass(name: str) -> None:
    assert code_of(colour(name)) is None


def test_a_parcel_that_nearly_fills_the_picture_passes() -> None:
    page = colour()[30:230, 30:290]
    assert code_of(np.ascontiguousarray(page)) is None


@pytest.mark.parametrize(
    "page",
    [
        np.zeros((100, 100), np.uint8),
        np.full((100, 100, 3), 255, np.uint8),
        np.full((100, 100), 128, np.uint8),
        np.full((100, 100), 60000, np.uint16),
    ],
)
def test_one_level_everywhere_is_blank(page: NDArray[np.generic]) -> None:
    assert code_of(page) == "blank"


def test_a_belt_with_nothing_on_it_is_blank() -> None:
    noise = np.random.default_rng(0).normal(0, 150, (256, 320))
    assert code_of((AIR16 + noise).astype(np.uint16)) == "blank"


def test_photographs_are_refused() -> None:
    refused = [code_of(photograph(seed)) for seed in range(20)]
    assert refused.count("not_xray") >= 19


def test_noise_is_refused() -> None:
    rng = np.random.default_rng(1)
    assert code_of(rng.integers(0, 256, (240, 320, 3)).astype(np.uint8)) == "not_xray"
    assert code_of(rng.integers(0, 256, (240, 320)).astype(np.uint8)) == "not_xray"
    assert code_of(rng.integers(0, 65536, (240, 320)).astype(np.uint16)) == "not_xray"


def test_a_dark_grey_picture_is_refused() -> None:
    page = np.clip(45 + 12 * natural(np.random.default_rng(2)), 0, 255).astype(np.uint8)
    assert code_of(page) == "not_xray"


def test_violet_is_no_scanners_colour() -> None:
    hsv = cv2.cvtColor(colour(), cv2.COLOR_BGR2HSV)
    hsv[..., 0] = np.where(hsv[..., 1] > 20, 150, hsv[..., 0])
    assert code_of(cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)) == "not_xray"
