"""The same parcel in every format that scanners hand out gives the same regions with the shipped detector.

The rule, whatever the weights, against the richest format (16 bit, two energies), over parcels with one clear part:

- the strongest region lies in the same place (overlap, as intersection over union, of at least a half) and its score
  is within SCORE_APART, in all parcels but MOST_ASTRAY;
- a region that alarms in one format is a region in the other that alarms too or misses the threshold by no more than
  SCORE_APART, in all but MOST_ASTRAY of such regions;
- over the parcels, the middle difference of the scores is at most TYPICALLY_APART.

A grey picture tells no material and eight bits less depth, so single parcels may differ; a reader that gets a format
wrong moves most of them: tried with the material upside down, with contrast cut off, and with a third of the scale of
a grey picture. Scores are the answer's: chances at even odds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from models.bundle import open_bundle, shipped_bundles
from models.geometry import corners, iou
from models.results import Part
from models.xray import Picture, XrayModel
from training.phantom.export import FORMATS, HELD_OUT_FORMATS, export
from training.phantom.scene import Scene, make_scene

RICHEST = "dual-tiff16"
PARTS: tuple[Part, ...] = ("pistol", "revolver", "pistol", "long_gun", "pistol", "revolver", "slide", "pistol")
FIRST_SEED = 61_000
SCORE_APART, TYPICALLY_APART = 0.3, 0.12
MOST_ASTRAY = 0.25
SURE = 0.5
COMPARED = tuple(fmt for fmt in FORMATS + HELD_OUT_FORMATS if fmt != RICHEST)


@dataclass(frozen=True)
class Told:
    """The regions of one picture: boxes as corners (n x 4) and scores (n), the strongest first."""

    boxes: NDArray[np.float32]
    scores: NDArray[np.float64]

    def closest(self, box: NDArray[np.float32]) -> tuple[float, float]:
        """Return the overlap and the score of the region that covers a box best, (0, 0) where there is no region."""
        if not len(self.boxes):
            return 0.0, 0.0
        overlap = iou(box[None], self.boxes)[0]
        return float(overlap.max()), float(self.scores[int(overlap.argmax())])


@pytest.fixture(scope="module")
def model() -> XrayModel:
    return XrayModel.load(open_bundle(shipped_bundles("xray")[-1], "xray"))


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    made = [
        make_scene(FIRST_SEED + number, size=384, parts=(part,), density="sparse", shield=False, container="carton")
        for number, part in enumerate(PARTS)
    ]
    assert all(scene.has_parts for scene in made)
    return made


@pytest.fixture(scope="module")
def shown_as(model: XrayModel, scenes: list[Scene]) -> Callable[[str], list[Told]]:
    return cache(lambda fmt: [told(model, scene, fmt) for scene in scenes])


@pytest.fixture(scope="module")
def richest(shown_as: Callable[[str], list[Told]]) -> list[Told]:
    return shown_as(RICHEST)


def told(model: XrayModel, scene: Scene, fmt: str) -> Told:
    image = model.assess([Picture(export(scene, fmt).data)]).images[0]
    assert image.ability != "unreadable", f"{fmt}: {image.problems}"
    found = sorted(image.regions, key=lambda region: -region.score)
    return Told(corners([region.box for region in found]), np.array([region.score for region in found]))


def test_there_is_something_to_compare(richest: list[Told], scenes: list[Scene]) -> None:
    """A detector that finds nothing gives the same in every format."""
    on_the_part = [
        len(one.scores) > 0
        and one.scores[0] >= SURE
        and iou(corners([found.box for found in scene.annotations]), one.boxes).max() >= SURE
        for one, scene in zip(richest, scenes, strict=True)
    ]
    assert np.mean(on_the_part) >= 0.5


@pytest.mark.parametrize("fmt", COMPARED)
def test_a_format_changes_neither_the_regions_nor_their_scores(
    fmt: str, model: XrayModel, shown_as: Callable[[str], list[Told]], richest: list[Told]
) -> None:
    shown = shown_as(fmt)
    pairs = [(one, other) for one, other in zip(richest, shown, strict=True) if len(one.scores)]
    apart = np.array([apart_at_the_strongest(one, other) for one, other in pairs])
    assert np.mean(apart > SCORE_APART) <= MOST_ASTRAY, f"strongest regions differ by {apart.round(2)}"
    assert float(np.median(apart)) <= TYPICALLY_APART, f"strongest regions differ by {apart.round(2)}"
    kept = [
        agrees
        for one, other in zip(richest, shown, strict=True)
        for agrees in (*alarms_kept(one, other, model.threshold), *alarms_kept(other, one, model.threshold))
    ]
    assert kept.count(False) <= MOST_ASTRAY * len(kept), f"{kept.count(False)} of {len(kept)} alarms are lost or new"


@pytest.mark.parametrize("fmt", [fmt for fmt in COMPARED if fmt.startswith("colour-jpeg")])
def test_a_compressed_picture_gives_what_the_uncompressed_one_gives(
    fmt: str, shown_as: Callable[[str], list[Told]]
) -> None:
    """Between these two only the compression differs, so that more must agree than between energies."""
    both = zip(shown_as(fmt.replace("jpeg", "png")), shown_as(fmt), strict=True)
    apart = np.array([apart_at_the_strongest(one, other) for one, other in both if len(one.scores)])
    assert apart.size >= len(PARTS) / 2
    assert float(np.median(apart)) <= TYPICALLY_APART / 2, apart.round(2)


def apart_at_the_strongest(one: Told, other: Told) -> float:
    """Return by how much the scores differ at the strongest region of `one`; 1 where it is nowhere in `other`."""
    overlap, score = other.closest(one.boxes[0])
    return abs(score - float(one.scores[0])) if overlap >= SURE else 1.0


def alarms_kept(one: Told, other: Told, threshold: float) -> list[bool]:
    """Return of each region of `one` that alarms whether `other` has it too, alarming or nearly so."""
    kept = []
    for box, score in zip(one.boxes, one.scores, strict=True):
        if score >= threshold:
            overlap, met = other.closest(box)
            kept.append(overlap >= SURE and met >= threshold - SCORE_APART)
    return kept
