from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
import tifffile

from features.dual_energy import attenuation
from features.errors import UsageError
from features.palettes import HELD_OUT_PALETTES, PALETTES, attenuation_from_luma, palette_named
from training.phantom.export import FORMATS, HELD_OUT_FORMATS, WHITE, decoded, export, picture
from training.phantom.scene import Scene, make_scene

READABLE = 4.5  # an 8-bit linear grey holds no more


@pytest.fixture(scope="module")
def scene() -> Scene:
    return make_scene(4, size=200, density="medium", firearm=True, shield=False)


@pytest.fixture(scope="module")
def truth(scene: Scene) -> np.ndarray:
    return (attenuation(scene.low, WHITE) + attenuation(scene.high, WHITE)) / 2


def error_of(found: np.ndarray, truth: np.ndarray) -> float:
    """Return the median error relative to 0.05 plus 10 % of the attenuation; 1 is tolerable."""
    seen = truth < READABLE
    return float(np.median(np.abs(found - truth)[seen] / (0.05 + 0.1 * truth[seen])))


@pytest.mark.parametrize("fmt", FORMATS + HELD_OUT_FORMATS)
def test_every_format_decodes_to_what_was_drawn(scene: Scene, fmt: str) -> None:
    exported = export(scene, fmt)
    if fmt == "dual-tiff16":
        with tifffile.TiffFile(io.BytesIO(exported.data)) as file:
            pages = [page.asarray() for page in file.pages]
        assert np.array_equal(np.stack(pages), np.stack([scene.low, scene.high]))
        _, by_opencv = cv2.imdecodemulti(np.frombuffer(exported.data, np.uint8), cv2.IMREAD_UNCHANGED)
        assert np.array_equal(np.stack(by_opencv), np.stack(pages))
        return
    image = cv2.imdecode(np.frombuffer(exported.data, np.uint8), cv2.IMREAD_UNCHANGED)
    drawn = picture(scene, fmt)
    assert image.shape == drawn.shape
    assert image.dtype == drawn.dtype
    if exported.suffix == ".png":
        assert np.array_equal(image, drawn)
    assert np.array_equal(image, decoded(scene, fmt))


@pytest.mark.parametrize("fmt", ["grey-png16", "grey-png8", "grey-jpeg"])
def test_grey_pictures_give_the_attenuation_back(scene: Scene, truth: np.ndarray, fmt: str) -> None:
    pixels = decoded(scene, fmt)
    white = WHITE if pixels.dtype == np.uint16 else 255
    assert error_of(attenuation(np.maximum(pixels, 1), white), truth) < 1


@pytest.mark.parametrize("fmt", [fmt for fmt in FORMATS + HELD_OUT_FORMATS if fmt.startswith("colour")])
def test_colour_pictures_give_the_attenuation_back(scene: Scene, truth: np.ndarray, fmt: str) -> None:
    palette = palette_named(fmt.split(":")[1])
    weights = np.array([0.114, 0.587, 0.299])
    luma = decoded(scene, fmt).astype(float) @ weights / (np.array(palette.background) @ weights)
    assert error_of(attenuation_from_luma(luma, palette), truth) < 1


def test_renditions_differ_by_generator_and_repeat_with_it(scene: Scene) -> None:
    first, again, other = (export(scene, "colour-jpeg:vivid", np.random.default_rng(k)).data for k in (1, 1, 2))
    assert first == again
    assert first != other


def test_what_lets_nothing_through_is_shown_black() -> None:
    scene = make_scene(3, size=256, firearm=False, density="sparse", container="carton", shield=True)
    assert scene.shield is not None
    x, y, width, height = scene.shield
    row, column = y + height // 2, x + width // 2
    for name in PALETTES | HELD_OUT_PALETTES:
        patch = picture(scene, f"colour-png:{name}")[row - 3 : row + 4, column - 3 : column + 4]
        assert patch.max() < 40, name


def test_no_format_of_training_is_held_out() -> None:
    assert HELD_OUT_FORMATS
    assert not {fmt.split(":")[-1] for fmt in FORMATS} & HELD_OUT_PALETTES.keys()


def test_unknown_format_is_a_usage_error_that_lists_the_formats(scene: Scene) -> None:
    with pytest.raises(UsageError, match="grey-png16"):
        export(scene, "bitmap")
