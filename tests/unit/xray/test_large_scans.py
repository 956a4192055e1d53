"""A scan of 2,400 px loses no small part, wherever it lies, and tells none twice."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from features.xray_image import XrayImage, canonical
from features.xray_read import PictureLimits, read_picture
from models import xray_heads
from models.bundle import open_bundle, shipped_bundles
from models.geometry import Boxes, Scores, corners, iou, owned_tiles
from models.results import Box
from models.xray import XrayModel
from models.xray_heads import BLOCK, EXTENTS, FINE, OVERLAP, TILE, Found, find, scales
from training.phantom.export import export
from training.phantom.scene import make_scene

SIZE = WIDTH, HEIGHT = 2400, 1200
SIDES = ((14, 14), (60, 60), (60, 14), (22, 40), (14, 30), (40, 22))


class GeometryEngine:
    """A fake network that knows all but is as short-sighted as a real one: it boxes every piece of metal it is shown.

    What is smaller than 6 px of the input, or thinner than 3, it does not see; what a tile cuts it boxes cut, and is
    less sure of.
    """

    name = "onnxruntime"

    def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        _, _, height, width = batch.shape
        heads = np.zeros((1, 1 + 1 + 4, height // 8, width // 8), np.float32)
        heads[0, 0] = -9.0
        metal = (batch[0, 2] > 0.8).astype(np.uint8)
        _, _, pieces, _ = cv2.connectedComponentsWithStats(metal, connectivity=8)
        for x, y, w, h, _ in pieces[1:].tolist():
            if max(w, h) < 6 or min(w, h) < 3:
                continue
            column, row = int(x + w / 2) // 8, int(y + h / 2) // 8
            at = np.array([column, row]) * 8 + 4
            reach = (at[0] - x, at[1] - y, x + w - at[0], y + h - at[1])
            heads[0, 0, row, column] = 3.0 - (x == 0 or y == 0 or x + w == width or y + h == height)
            heads[0, 2:, row, column] = np.log(np.maximum(reach, 0.2) / 8)
        return heads


def scan(parts: list[Box]) -> XrayImage:
    """A carton in 2,400 x 1,200 px with pieces of metal."""
    attenuation = np.zeros((HEIGHT, WIDTH), np.float32)
    attenuation[4:-4, 4:-4] = 0.3
    material = np.full((HEIGHT, WIDTH), 0.5, np.float32)
    for x, y, w, h in parts:
        attenuation[y : y + h, x : x + w], material[y : y + h, x : x + w] = 2.5, 1.0
    return XrayImage(attenuation, material, "dual")


def borders(length: int) -> list[int]:
    """Where tiles begin, end and hand over, at every scale that is cut into tiles, in pixels of the picture."""
    found: set[int] = set()
    for scale, _, _ in scales(*SIZE):
        cut = owned_tiles(round(length * scale), TILE - BLOCK, OVERLAP)
        found |= {round(at / scale) for tile, own in cut for at in (*tile, *own) if 0 < at < length * scale}
    return sorted(found - {length})


def placings() -> Iterator[list[Box]]:
    """Pieces of each size, those of one picture far apart: on every crossing of tile borders, and anywhere."""
    rng = np.random.default_rng(5)
    crossings = [
        (x + dx, y + dy) for x, y in product(borders(WIDTH), borders(HEIGHT)) for dx, dy in ((0, 0), (-11, 5), (9, -13))
    ]
    anywhere = [(int(rng.integers(40, WIDTH - 40)), int(rng.integers(40, HEIGHT - 40))) for _ in range(60)]
    left = crossings + anywhere
    while left:
        taken: list[tuple[int, int]] = []
        for place in list(left):
            if len(taken) < 40 and all(max(abs(place[0] - x), abs(place[1] - y)) > 160 for x, y in taken):
                taken.append(place)
                left.remove(place)
        for turn in range(2):
            sizes = [SIDES[(number + 3 * turn) % len(SIDES)] for number in range(len(taken))]
            yield [(x - w // 2, y - h // 2, w, h) for (x, y), (w, h) in zip(taken, sizes, strict=True)]


def test_every_small_part_is_found_once_wherever_it_lies() -> None:
    placed = 0
    for parts in placings():
        found = find(scan(parts), GeometryEngine(), 0.5)
        overlap = iou(corners(parts), found.boxes)
        assert len(found.boxes) == len(parts), parts
        # At the coarsest scale a pixel of the network's is eight of the picture.
        assert overlap.max(axis=1).min() >= 0.4
        placed += len(parts)
    assert placed >= 250


def test_borders_lie_inside_and_there_are_many() -> None:
    assert len(borders(WIDTH)) >= 6
    assert len(borders(HEIGHT)) >= 2
    assert len(scales(*SIZE)) == len(EXTENTS) + len(FINE)


@pytest.fixture(scope="module")
def shipped() -> XrayModel:
    return XrayModel.load(open_bundle(shipped_bundles("xray")[-1], "xray"))


def test_cutting_a_scan_into_tiles_changes_nothing_for_the_shipped_detector(
    shipped: XrayModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = make_scene(32_000_004, size=(HEIGHT, WIDTH), firearm=True, density="medium", shield=False)
    image = canonical(read_picture(export(scene, "dual-tiff16").data, PictureLimits()))
    # Small boxes are the tiles' own; a low bar tells many of them, whatever the network takes them for.
    tiled = small(find(image, shipped.engine, 0.15))
    monkeypatch.setattr(xray_heads, "TILE", 4096)
    whole = small(find(image, shipped.engine, 0.15))
    assert len(whole[0]) >= 3
    for (boxes, scores), (others, their) in ((tiled, whole), (whole, tiled)):
        strong = scores > 0.2
        overlap = iou(boxes[strong], others)
        # Of two cells that are equally sure of one thing, now one and now the other may be asked for its box.
        assert overlap.max(axis=1, initial=0).min() > 0.5
        assert (overlap.max(axis=1, initial=0) > 0.8).mean() >= 0.7
        assert np.abs(scores[strong] - their[overlap.argmax(axis=1)]).max() < 0.05


def small(found: Found) -> tuple[Boxes, Scores]:
    """The boxes of small things and their scores."""
    sides = (found.boxes[:, 2:] - found.boxes[:, :2]).max(axis=1, initial=0)
    return found.boxes[sides <= 75], found.scores[sides <= 75]
