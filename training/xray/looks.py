"""What evaluation sees of each labelled picture before any detector does: traits, near-duplicates, the simple rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from features.xray_header import UnreadablePicture
from features.xray_image import XrayImage, canonical
from features.xray_look import DENSE, DENSE_GREY, METAL
from features.xray_read import PictureLimits, read_picture
from models.geometry import Boxes, Scores
from training.xray.coco import Labelled
from training.xray.duplicates import Fingerprint, fingerprint, join_groups
from training.xray.judge import beside_truth
from training.xray.matching import Judged
from training.xray.prepare import side_of
from training.xray.traits import background_of, half_of, kind_of

LEAST_SHARE = 0.001
MOST_BOXES = 20


@dataclass(frozen=True, slots=True)
class Looked:
    """A labelled picture and what the simple rule says of it.

    Attributes:
        labelled: As in the set, with the bag joined to near-duplicates and with the traits of the file added.
        boxes: N x 4 corners of dense metal, largest first. scores: N, the share of the picture, 0 to 1.
        readable: Whether the picture could be read at all.
    """

    labelled: Labelled
    boxes: Boxes
    scores: Scores
    readable: bool


@dataclass(frozen=True, slots=True)
class Selection:
    """Which pictures of a set to measure on.

    Attributes:
        half: Half of the bags, `A` or `B`; None for both.
        split_seed: Seed of the split by which a training kept bags back: only these; None for all.
    """

    half: str | None = None
    split_seed: int | None = None

    @property
    def words(self) -> str:
        """Say it for people; empty for all pictures."""
        told = [f"Only half {self.half} of the bags."] if self.half else []
        return " ".join([*told, *(["Only bags that training kept back."] if self.split_seed is not None else [])])


def select(looked: Sequence[Looked], selection: Selection) -> tuple[Looked, ...]:
    """Return the pictures of a selection; bags joined by near-duplicates stay together."""
    half, seed = selection.half, selection.split_seed
    return tuple(
        one
        for one in looked
        if (half is None or half_of(one.labelled.group) == half)
        and (seed is None or side_of(one.labelled.group, seed) == "test")
    )


def look_over(labelled: Sequence[Labelled], heartbeat: Callable[[int], None] = lambda done: None) -> tuple[Looked, ...]:
    """Look at every picture file once.

    Bags with near-duplicate pictures are joined: the bootstrap draws whole bags, and two scans of one bag that the set
    counts as two would make every interval too narrow.
    """
    looked: list[Looked] = []
    prints: list[Fingerprint | None] = []
    for done, one in enumerate(labelled, start=1):
        told, mark = _look_at(one)
        looked.append(told)
        prints.append(mark)
        heartbeat(done)
    return _joined(looked, prints)


def _look_at(one: Labelled) -> tuple[Looked, Fingerprint | None]:
    nothing = Looked(one, np.zeros((0, 4), np.float32), np.zeros(0, np.float32), False)
    try:
        decoded = read_picture(one.path.read_bytes(), PictureLimits())
        image = canonical(decoded)
    except UnreadablePicture:
        return nothing, None
    traits = {"background": background_of(decoded.pages[0]), "format": kind_of(decoded), **one.traits}
    return Looked(replace(one, traits=_split(traits)), *dense_metal(image), True), fingerprint(image)


def _split(traits: dict[str, str]) -> dict[str, str]:
    """Tell format and palette apart where a set writes both as one, `colour-jpeg:classic`."""
    kind, _, palette = traits["format"].partition(":")
    return {**traits, "format": kind, **({"palette": palette} if palette else {})}


def _joined(looked: Sequence[Looked], prints: Sequence[Fingerprint | None]) -> tuple[Looked, ...]:
    seen = [(place, mark) for place, mark in enumerate(prints) if mark is not None]
    groups = join_groups([looked[place].labelled.group for place, _ in seen], [mark for _, mark in seen])
    led = {looked[place].labelled.group: group for (place, _), group in zip(seen, groups, strict=True)}
    return tuple(
        replace(one, labelled=replace(one.labelled, group=led.get(one.labelled.group, one.labelled.group)))
        for one in looked
    )


def dense_metal(image: XrayImage) -> tuple[Boxes, Scores]:
    """Return the boxes of a rule without learning: each connected region of dense metal, scored by its area.

    Dense metal is what the product itself tells as such (`features.xray_look`); regions below LEAST_SHARE of the
    picture do not count.

    Returns:
        N x 4 corners, largest first, and N shares of the picture's pixels.
    """
    if image.source in ("dual", "colour") and not image.inverted:
        dense = (image.attenuation >= DENSE) & (image.material >= METAL)
    else:
        dense = image.attenuation >= DENSE_GREY
    _, _, regions, _ = cv2.connectedComponentsWithStats(dense.astype(np.uint8), connectivity=8)
    regions = regions[1:]
    regions = regions[np.argsort(-regions[:, cv2.CC_STAT_AREA], kind="stable")][:MOST_BOXES]
    shares = regions[:, cv2.CC_STAT_AREA] / image.attenuation.size
    boxes = regions[shares >= LEAST_SHARE, :4].astype(np.float32)
    boxes[:, 2:] += boxes[:, :2]
    return boxes, shares[shares >= LEAST_SHARE].astype(np.float32)


def judge_rule(looked: Sequence[Looked]) -> tuple[Judged, ...]:
    """Put the simple rule's answers beside the truth; an unreadable picture counts as `judge_files` counts it."""
    answers = []
    for one in looked:
        here = one.labelled
        score = float(one.scores.max(initial=0.0))
        if not one.readable:
            score = 0.0 if here.has_part else 1.0
        names = ("firearm_like",) * len(one.scores)
        answers.append(beside_truth(here.path.name, here.group, here.things, score, one.boxes, one.scores, names))
    return tuple(answers)
