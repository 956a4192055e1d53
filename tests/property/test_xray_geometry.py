"""Laws of boxes that hold for any boxes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from models.geometry import areas, corners, intersections, iou, owned_tiles, suppress, tiles, whole_box

NUMBER = st.floats(-500, 500, width=32)


@st.composite
def boxes(draw: st.DrawFn, most: int = 12) -> NDArray[np.float32]:
    count = draw(st.integers(1, most))
    start = draw(arrays(np.float32, (count, 2), elements=NUMBER))
    size = draw(arrays(np.float32, (count, 2), elements=st.floats(0.5, 300, width=32)))
    return np.concatenate([start, start + size], axis=1)


@given(boxes(), boxes())
def test_overlap_is_symmetric_and_between_nothing_and_all(
    first: NDArray[np.float32], second: NDArray[np.float32]
) -> None:
    found = iou(first, second)
    assert np.allclose(found, iou(second, first).T, atol=1e-6)
    assert ((found >= 0) & (found <= 1)).all()


@given(boxes())
def test_a_box_overlaps_itself_wholly(some: NDArray[np.float32]) -> None:
    assert np.allclose(np.diag(iou(some, some)), 1, atol=1e-4)


@given(boxes(), st.floats(0.1, 0.9), st.floats(0.3, 1.2), st.integers(0, 2**31))
def test_suppression_keeps_the_best_and_has_nothing_left_to_do(
    some: NDArray[np.float32], most_iou: float, most_inside: float, seed: int
) -> None:
    scores = np.random.default_rng(seed).random(len(some)).astype(np.float32)
    kept = suppress(some, scores, most_iou, most_inside)
    assert kept[0] == np.argmax(scores)
    assert (np.diff(scores[kept]) <= 0).all()
    again = suppress(some[kept], scores[kept], most_iou, most_inside)
    assert np.array_equal(again, np.arange(len(kept)))
    overlap = iou(some[kept], some[kept])
    np.fill_diagonal(overlap, 0)
    assert overlap.max(initial=0) <= most_iou + 1e-5


@given(boxes(), st.integers(1, 400), st.integers(1, 400))
def test_boxes_end_inside_the_picture_in_whole_pixels(some: NDArray[np.float32], width: int, height: int) -> None:
    for box in some:
        x, y, w, h = whole_box(box, width, height)
        assert all(isinstance(value, int) for value in (x, y, w, h))
        assert w >= 1
        assert h >= 1
        assert 0 <= x <= x + w <= width
        assert 0 <= y <= y + h <= height


@given(st.integers(1, 5000), st.integers(64, 900), st.integers(0, 60))
def test_tiles_cover_a_side_and_lie_in_it(length: int, tile: int, overlap: int) -> None:
    found = tiles(length, tile, overlap)
    assert found[0][0] == 0
    assert found[-1][1] == length
    assert all(0 <= start < end <= length and end - start <= tile for start, end in found)
    assert all(before[1] - after[0] >= overlap - 1 for before, after in pairwise(found))


@given(st.integers(1, 5000), st.integers(64, 900), st.integers(0, 60), st.floats(0, 1), st.floats(0, 1))
def test_every_place_has_one_tile_that_holds_what_lies_there_whole(
    length: int, tile: int, overlap: int, where: float, how_long: float
) -> None:
    size = how_long * (overlap - 1)
    centre = size / 2 + where * max(length - size, 0)
    found = owned_tiles(length, tile, overlap)
    owners = [part for part, (first, last) in found if first <= centre < last]
    assert len(owners) == 1
    (start, end), *_ = owners
    if 0 < size <= length:
        assert start - 1e-6 <= centre - size / 2
        assert centre + size / 2 <= end + 1e-6
    assert (found[0][1][0], found[-1][1][1]) == (-np.inf, np.inf)


@given(boxes(), st.floats(0.1, 0.9), st.floats(0.3, 1.2), st.integers(0, 2**31))
def test_a_box_that_goes_overlaps_a_better_one_that_stays(
    some: NDArray[np.float32], most_iou: float, most_inside: float, seed: int
) -> None:
    scores = np.random.default_rng(seed).permutation(len(some)).astype(np.float32)
    kept = suppress(some, scores, most_iou, most_inside)
    shuffled = np.random.default_rng(seed + 1).permutation(len(some))
    again = shuffled[suppress(some[shuffled], scores[shuffled], most_iou, most_inside)]
    assert again.tolist() == kept.tolist()
    for gone in set(range(len(some))) - set(kept.tolist()):
        better = kept[scores[kept] > scores[gone]]
        common = intersections(some[[gone]], some[better])[0]
        inside = common / np.minimum(areas(some[better]), areas(some[[gone]]))
        assert (iou(some[[gone]], some[better])[0] > most_iou - 1e-4).any() or (inside > most_inside - 1e-4).any()


def test_known_overlaps() -> None:
    first = corners([(0, 0, 10, 10)])
    second = corners([(5, 0, 10, 10), (0, 0, 5, 10), (20, 20, 5, 5), (0, 0, 10, 10)])
    assert iou(first, second)[0] == pytest.approx([1 / 3, 1 / 2, 0, 1])
    assert areas(first)[0] == 100


def test_a_fragment_inside_a_better_box_goes() -> None:
    some = corners([(0, 0, 100, 100), (40, 40, 20, 20), (90, 90, 40, 40)])
    scores = np.array([0.9, 0.8, 0.7], np.float32)
    assert suppress(some, scores, 0.5, 0.85).tolist() == [0, 2]
    assert suppress(some, scores, 0.5).tolist() == [0, 1, 2]


def test_no_boxes_at_all() -> None:
    none = np.zeros((0, 4), np.float32)
    assert suppress(none, np.zeros(0, np.float32), 0.5).size == 0
    assert iou(none, corners([(0, 0, 1, 1)])).shape == (0, 1)
    assert corners([]).shape == (0, 4)
