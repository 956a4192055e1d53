"""The network in 8 bit: nearly the same answers, used where the processor is made for it, refused where it is wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from features.errors import CheckFailed, InputError
from features.xray_image import XrayImage, canonical
from features.xray_read import PictureLimits, read_picture
from models import xray_engine
from models.bundle import Bundle, open_bundle, shipped_bundles
from models.geometry import iou
from models.xray import NETWORK, NETWORK_INT8, XrayModel
from models.xray_engine import multiplies_bytes, open_engine
from models.xray_heads import find, windows
from training.phantom.export import FORMATS, export
from training.phantom.scene import make_scene
from training.xray import quantise as module
from training.xray.quantise import LEAST_BATCHES, quantise


def pictures(first: int, count: int) -> list[XrayImage]:
    scenes = (make_scene(first + number, size=320, firearm=True, density="medium") for number in range(count))
    files = (export(scene, FORMATS[number % len(FORMATS)]).data for number, scene in enumerate(scenes))
    return [canonical(read_picture(data, PictureLimits())) for data in files]


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return open_bundle(shipped_bundles("xray")[-1], "xray")


@pytest.fixture(scope="module")
def batches() -> list[NDArray[np.float32]]:
    return [window.batch for image in pictures(33_000_000, 8) for window in windows(image)]


@pytest.fixture(scope="module")
def small(bundle: Bundle, batches: list[NDArray[np.float32]]) -> bytes:
    pytest.importorskip("onnx")
    return quantise(bundle.read(NETWORK), batches)


def test_answers_stay_and_the_file_shrinks(bundle: Bundle, small: bytes) -> None:
    given = bundle.read(NETWORK)
    assert len(small) < 0.5 * len(given)
    first, second = open_engine(given, "onnxruntime"), open_engine(small, "onnxruntime-int8")
    assert second.name == "onnxruntime-int8"
    strong = same = 0
    for image in pictures(33_000_100, 6):
        one, other = find(image, first, 0.05), find(image, second, 0.05)
        assert one.peak == pytest.approx(other.peak, abs=0.05)
        for box in one.boxes[one.scores >= 0.5]:
            strong += 1
            same += bool(iou(box[None], other.boxes).max(initial=0) >= 0.7)
    assert strong >= 3
    assert same >= 0.8 * strong


def test_the_bundles_network_in_8_bit_runs_where_the_processor_is_made_for_it(
    bundle: Bundle, small: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = replace(bundle, contents={**bundle.contents, NETWORK_INT8: small})
    for made_for_it, name in ((True, "onnxruntime-int8"), (False, "onnxruntime")):
        monkeypatch.setattr(xray_engine, "multiplies_bytes", lambda made_for_it=made_for_it: made_for_it)
        assert XrayModel.load(both).engine.name == name
        without = {key: data for key, data in bundle.contents.items() if key != NETWORK_INT8}
        assert XrayModel.load(replace(bundle, contents=without)).engine.name == "onnxruntime"
    assert XrayModel.load(both, "opencv").engine.name == "opencv"
    assert XrayModel.load(both, "onnxruntime").engine.name == "onnxruntime"


@pytest.mark.parametrize(
    ("told", "expected"),
    [("flags\t: fpu avx2 avx512_vnni\n", True), ("Features : fp asimddp", True), ("flags : avx2 avx512f", False)],
)
def test_what_the_processor_can_is_read_from_the_system(tmp_path: Path, told: str, expected: bool) -> None:
    (tmp_path / "cpuinfo").write_text(told)
    assert multiplies_bytes(tmp_path / "cpuinfo") is expected
    assert multiplies_bytes(tmp_path / "missing") is False


def test_too_few_pictures_are_refused(bundle: Bundle, batches: list[NDArray[np.float32]]) -> None:
    with pytest.raises(InputError, match="at least 8 batches"):
        quantise(bundle.read(NETWORK), batches[: LEAST_BATCHES - 1])


def test_a_network_that_answers_otherwise_is_refused(
    bundle: Bundle, batches: list[NDArray[np.float32]], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("onnx")
    # Nearly black pictures alone: every value of a real one is clipped. The check is made on real ones.
    spoilt = module._quantised(bundle.read(NETWORK), [batch * np.float32(0.01) for batch in batches])
    monkeypatch.setattr(module, "_quantised", lambda model, shown: spoilt)
    with pytest.raises(CheckFailed, match="differ by"):
        quantise(bundle.read(NETWORK), batches)
