"""Found boxes beside the true ones: which is a hit, which a false alarm, which neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.geometry import Boxes, Scores, areas, intersections, iou
from models.results import PARTS

Array = NDArray[np.float64]
WHOLE = ("pistol", "revolver", "long_gun")
COMPONENTS = tuple(part for part in PARTS if part not in (*WHOLE, "firearm_like"))
LEAST_INSIDE = 0.8
"""A component counts as inside a whole firearm from this share of its own area on."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One picture's answer beside the truth.

    Attributes:
        name: Of the picture.
        group: Bag or scene.
        benign: Whether no firearm part is in it.
        score: The picture's any-part score, 0 to 1.
        boxes: N x 4 corners found. scores: N. parts: N names.
        truth: M x 4 corners to be found. names: M names, None where the set names none. ignore: M.
    """

    name: str
    group: str
    benign: bool
    score: float
    boxes: Boxes
    scores: Scores
    parts: tuple[str, ...]
    truth: Boxes
    names: tuple[str | None, ...]
    ignore: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Matched:
    """All found boxes of a set beside the true ones, surest first.

    Attributes:
        scores: K, falling.
        hits: K, whether the box is one of those to be found.
        pictures: K, place of its picture.
        wanted: How many boxes are to be found in each picture.
        found_at: For each true box of the set, picture after picture, the score of the box that found it; -1 where
            none did, or where it was not to be found.
        called: For each true box the name given by the box that found it; None where none did.
    """

    scores: Array
    hits: NDArray[np.bool_]
    pictures: NDArray[np.int64]
    wanted: NDArray[np.int64]
    found_at: Array
    called: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class _Box:
    """One found box after matching: its score and name, and the true box that it found, -1 for a false alarm."""

    score: float
    name: str
    truth: int


def match(
    judged: Sequence[Judged], least_iou: float = 0.5, part: str | None = None, *, inside_is_neither: bool = False
) -> Matched:
    """Match found to true boxes, best score first, each true box once (Everingham et al. 2010).

    A found box that overlaps only ignored boxes is neither hit nor false alarm.

    Args:
        judged: Pictures.
        least_iou: From which overlap on a box is found.
        part: Only this part, by the name found; None: any part whatever its name.
        inside_is_neither: Whether a box of a named component (a slide, a magazine) inside a whole firearm whose
            components the set does not box is neither hit nor false alarm.
    """
    boxes: list[_Box] = []
    pictures: list[int] = []
    wanted = np.zeros(len(judged), np.int64)
    found_at: list[float] = []
    called: list[str | None] = []
    for place, one in enumerate(judged):
        mine = np.array([part is None or name == part for name in one.names], bool)
        ignore = one.ignore | ~mine
        wanted[place] = int(np.count_nonzero(~ignore))
        found = _match_one(one, ignore, least_iou, part, inside_is_neither)
        hits = {box.truth: box for box in found if box.truth >= 0}
        found_at += [hits[truth].score if truth in hits else -1.0 for truth in range(len(one.truth))]
        called += [hits[truth].name if truth in hits else None for truth in range(len(one.truth))]
        boxes += found
        pictures += [place] * len(found)
    scores = np.array([box.score for box in boxes])
    order = np.argsort(-scores, kind="stable")
    return Matched(
        scores=scores[order],
        hits=np.array([box.truth >= 0 for box in boxes], bool)[order],
        pictures=np.array(pictures, np.int64)[order],
        wanted=wanted,
        found_at=np.array(found_at),
        called=tuple(called),
    )


def _match_one(
    one: Judged, ignore: NDArray[np.bool_], least_iou: float, part: str | None, inside_is_neither: bool
) -> list[_Box]:
    found: list[_Box] = []
    if not len(one.truth):
        # Most pictures of a set are benign; there is nothing to compare in them.
        pairs = zip(one.scores, one.parts, strict=True)
        return [_Box(float(score), name, -1) for score, name in pairs if part is None or name == part]
    overlap = iou(one.boxes, one.truth)
    excused = _excused(one, overlap, least_iou, part, inside_is_neither)
    taken = np.zeros(len(one.truth), bool)
    for index in np.argsort(-one.scores, kind="stable"):
        score, name = float(one.scores[index]), one.parts[index]
        if part is not None and name != part:
            continue
        open_ones = np.where(ignore | taken, 0.0, overlap[index])
        best = int(np.argmax(open_ones)) if open_ones.size else -1
        if best >= 0 and open_ones[best] >= least_iou:
            taken[best] = True
            found.append(_Box(score, name, best))
        elif not excused[index]:
            found.append(_Box(score, name, -1))
    return found


def _excused(
    one: Judged, overlap: NDArray[np.float32], least_iou: float, part: str | None, inside_is_neither: bool
) -> NDArray[np.bool_]:
    """Tell which boxes are no false alarms although they find nothing."""
    excused = np.any(overlap[:, one.ignore] >= least_iou, axis=1)
    if part is not None:
        # A box around a part that the set does not name cannot be called wrong by name.
        unnamed = np.array([name is None for name in one.names], bool)
        excused |= np.any(overlap[:, unnamed] >= least_iou, axis=1)
    if inside_is_neither:
        whole = np.array([name is None or name in WHOLE for name in one.names], bool) & ~one.ignore
        named = np.array([name in COMPONENTS for name in one.parts], bool)
        share = intersections(one.boxes, one.truth[whole]) / np.maximum(areas(one.boxes), 1e-9)[:, None]
        excused |= named & np.any(share >= LEAST_INSIDE, axis=1)
    return np.asarray(excused, np.bool_)
