"""The shipped detector: its card, its engines, and that formats do not change its mind."""

from __future__ import annotations

import numpy as np
import pytest

from features.xray_image import canonical
from features.xray_read import PictureLimits, read_picture
from models.bundle import Bundle, open_bundle, shipped_bundles
from models.geometry import corners, iou
from models.xray import Picture, XrayModel
from models.xray_heads import find
from training.phantom.export import FORMATS, export
from training.phantom.scene import Scene, make_scene

SEEDS = (30_000_001, 30_000_002, 30_000_003, 30_000_004, 30_000_005, 30_000_006)


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return open_bundle(shipped_bundles("xray")[-1], "xray")


@pytest.fixture(scope="module")
def model(bundle: Bundle) -> XrayModel:
    return XrayModel.load(bundle)


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    return [make_scene(seed, size=384, firearm=True, density="sparse", shield=False) for seed in SEEDS]


def test_the_card_says_what_it_must(bundle: Bundle) -> None:
    card = bundle.card
    assert card.licence == "Apache-2.0"
    assert card.command.startswith("parcel-screening train xray --synthetic")
    assert "no picture of a real scanner" in card.data["source"]
    assert card.limits
    assert card.figures["any_part"]["ap50"] > 5 * (card.figures["any_part"]["ap50_of_random_boxes"] + 0.01)
    assert card.figures["roc_area"]["interval"][0] > 0.6
    assert sum(len(data) for data in bundle.contents.values()) < 8 * 2**20


def test_it_finds_parts_in_scenes_it_never_saw(model: XrayModel, scenes: list[Scene]) -> None:
    """Not a measurement (the card has that), but a whole pipeline that went wrong would find none."""
    found = wanted = 0
    for scene in scenes:
        truth = corners([a.box for a in scene.annotations if not a.ignore])
        data = export(scene, "dual-tiff16").data
        boxes = corners([region.box for region in model.assess([Picture(data)]).images[0].regions])
        wanted += len(truth)
        found += int((iou(truth, boxes).max(axis=1, initial=0) >= 0.5).sum())
    assert wanted >= 4
    assert found >= wanted / 3


def test_both_engines_find_the_same_regions(bundle: Bundle, scenes: list[Scene]) -> None:
    first, second = (XrayModel.load(bundle, name) for name in ("onnxruntime", "opencv"))
    assert (first.engine.name, second.engine.name) == ("onnxruntime", "opencv")
    for scene in scenes[:3]:
        image = canonical(read_picture(export(scene, "colour-png:classic").data, PictureLimits()))
        one, other = (find(image, model.engine, 0.05) for model in (first, second))
        assert one.boxes.shape == other.boxes.shape
        assert np.abs(one.boxes - other.boxes).max(initial=0) < 0.5
        assert np.abs(one.scores - other.scores).max(initial=0) < 1e-3
        assert one.peak == pytest.approx(other.peak, abs=1e-3)


@pytest.mark.parametrize("fmt", [fmt for fmt in FORMATS if fmt != "dual-tiff16"])
def test_the_strongest_region_is_the_same_in_every_format(fmt: str, model: XrayModel, scenes: list[Scene]) -> None:
    """Grey has no material and 8 bits less depth, so single scenes may differ; most must agree."""
    agree = told = 0
    for scene in scenes:
        best, other = (_regions(model, scene, name) for name in ("dual-tiff16", fmt))
        if not len(best):
            continue
        told += 1
        agree += bool(len(other) and iou(best[:1], other[:5]).max() >= 0.5)
    assert told >= 4
    assert agree >= 0.6 * told


def _regions(model: XrayModel, scene: Scene, fmt: str) -> np.ndarray:
    image = model.assess([Picture(export(scene, fmt).data)]).images[0]
    assert image.ability != "unreadable"
    return corners([region.box for region in image.regions])
