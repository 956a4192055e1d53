"""Runs the detector over labelled pictures as a station would: files in, answers out, beside the truth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from features.xray_image import XrayImage
from models.geometry import Boxes, Scores, corners, whole_box
from models.results import ImageResult
from models.scanner_profile import ScannerProfile
from models.xray import Picture, PictureLimits, XrayModel
from models.xray_engine import Engine
from models.xray_heads import find
from training.xray.coco import Labelled
from training.xray.matching import Judged
from training.xray.store import Store, Thing, decode_table


@dataclass(frozen=True, slots=True)
class Answer:
    """What the product said about one labelled picture, and the same as boxes beside the truth."""

    labelled: Labelled
    result: ImageResult
    judged: Judged


def judge_files(
    labelled: Sequence[Labelled],
    model: XrayModel,
    heartbeat: Callable[[int], None] = lambda done: None,
    profile: ScannerProfile | None = None,
) -> tuple[Answer, ...]:
    """Send every picture file through the model.

    A picture that could not be read counts with no boxes and score 0 where it holds a part (a miss), and with score 1
    where it is benign: an unreadable picture costs the officer's time like any false alarm.
    """
    answers = []
    for done, one in enumerate(labelled, start=1):
        result = model.assess([Picture(one.path.read_bytes())], PictureLimits(), profile).images[0]
        answers.append(Answer(one, result, _judged(one, result)))
        heartbeat(done)
    return tuple(answers)


def _judged(one: Labelled, result: ImageResult) -> Judged:
    score = result.score
    if score is None:
        score = 0.0 if one.has_part else 1.0
    boxes = corners([region.box for region in result.regions])
    scores = np.array([region.score for region in result.regions], np.float32)
    parts = tuple(region.part for region in result.regions)
    return beside_truth(one.path.name, one.group, one.things, score, boxes, scores, parts)


def beside_truth(
    name: str, group: str, things: Sequence[Thing], score: float, boxes: Boxes, scores: Scores, parts: tuple[str, ...]
) -> Judged:
    """Put an answer beside the things that are really there; see Judged for the fields."""
    truth = np.array([thing.box for thing in things], np.float32).reshape(-1, 4)
    truth[:, 2:] += truth[:, :2]
    return Judged(
        name=name,
        group=group,
        benign=all(thing.ignore for thing in things),
        score=score,
        boxes=boxes,
        scores=scores,
        parts=parts,
        truth=truth,
        names=tuple(thing.part for thing in things),
        ignore=np.array([thing.ignore for thing in things], bool),
    )


def picture_of(store: Store, index: int) -> XrayImage:
    """Return a cached picture in canonical form."""
    codes, material = store.codes(index)
    return XrayImage(decode_table()[codes], (material / 255.0).astype(np.float32), "dual")


def judge_store(
    store: Store,
    indices: Sequence[int],
    engine: Engine,
    parts: Sequence[str],
    least: float,
    heartbeat: Callable[[int], None] = lambda done: None,
) -> tuple[Judged, ...]:
    """Run the network over cached pictures, for calibration and for the figures of a card."""
    answers = []
    for done, index in enumerate(indices, start=1):
        entry = store.entries[index]
        found = find(picture_of(store, index), engine, least)
        told = [whole_box(box, entry.width, entry.height) for box in found.boxes]
        names = tuple(parts[int(number)] for number in found.parts.argmax(axis=1)) if told else ()
        name, score = f"{entry.group}/{index}", round(found.peak, 4)
        answers.append(beside_truth(name, entry.group, entry.things, score, corners(told), found.scores, names))
        heartbeat(done)
    return tuple(answers)
