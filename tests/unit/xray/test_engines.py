"""Both engines give the same regions, on every sample and on synthetic scenes in formats of every kind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.bundle import Bundle, open_bundle, shipped_bundles
from models.results import ImageResult, Region
from models.xray import Picture, XrayModel
from models.xray_engine import open_engine
from training.phantom.export import export
from training.phantom.scene import make_scene

SAMPLES = Path(__file__).parents[3] / "sample_images"
PICTURES = sorted(path.name for path in SAMPLES.iterdir() if path.suffix in {".jpg", ".png", ".tif"})
FORMATS = ("dual-tiff16", "grey-jpeg", "colour-jpeg:classic", "colour-png:teal", "grey-png16")


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return open_bundle(shipped_bundles("xray")[-1], "xray")


@pytest.fixture(scope="module")
def engines(bundle: Bundle) -> tuple[XrayModel, XrayModel]:
    return XrayModel.load(bundle, "onnxruntime"), XrayModel.load(bundle, "opencv")


def both(engines: tuple[XrayModel, XrayModel], data: bytes) -> tuple[ImageResult, ImageResult]:
    first, second = (model.assess([Picture(data)]).images[0] for model in engines)
    return first, second


def assert_same(first: ImageResult, second: ImageResult) -> None:
    assert (first.assessment, first.ability, len(first.regions)) == (
        second.assessment,
        second.ability,
        len(second.regions),
    )
    assert first.score == pytest.approx(second.score, abs=0.01)
    left = list(second.regions)
    for region in first.regions:
        twin = min(left, key=lambda other: _apart(region, other))
        left.remove(twin)
        assert _apart(region, twin) <= 1
        assert region.part == twin.part
        assert region.score == pytest.approx(twin.score, abs=0.01)


def _apart(first: Region, second: Region) -> int:
    """Largest distance between two like corners, in pixels."""
    (x, y, w, h), (a, b, c, d) = first.box, second.box
    return max(abs(x - a), abs(y - b), abs(x + w - a - c), abs(y + h - b - d))


def test_the_two_engines_are_two(engines: tuple[XrayModel, XrayModel]) -> None:
    assert [model.engine.name for model in engines] == ["onnxruntime", "opencv"]
    assert PICTURES


@pytest.mark.parametrize("name", PICTURES)
def test_both_engines_find_the_same_in_the_samples(name: str, engines: tuple[XrayModel, XrayModel]) -> None:
    assert_same(*both(engines, (SAMPLES / name).read_bytes()))


def test_both_engines_find_the_same_in_synthetic_scenes(engines: tuple[XrayModel, XrayModel]) -> None:
    told = 0
    for number, fmt in enumerate(FORMATS):
        scene = make_scene(31_000_000 + number, size=(300, 420), firearm=True, density="sparse", shield=False)
        first, second = both(engines, export(scene, fmt).data)
        assert_same(first, second)
        told += len(first.regions)
    assert told >= len(FORMATS)


def test_both_engines_take_any_size_after_one_another(bundle: Bundle) -> None:
    """A fallback that keeps the shape of its first picture would answer the second wrongly."""
    first, second = (open_engine(bundle.read("detector.onnx"), name) for name in ("onnxruntime", "opencv"))
    rng = np.random.default_rng(3)
    for shape in ((1, 3, 96, 320), (1, 3, 320, 96), (1, 3, 384, 288), (1, 3, 96, 320)):
        batch = rng.random(shape, np.float32)
        one, other = first.run(batch), second.run(batch)
        assert one.shape == other.shape == (1, one.shape[1], shape[2] // 8, shape[3] // 8)
        assert np.abs(one - other).max() < 1e-3
