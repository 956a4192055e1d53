"""What must hold of the detector's figures whatever is boxed and found."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from training.xray.evaluate import hits_at
from training.xray.judge import beside_truth
from training.xray.matching import Judged, match
from training.xray.metrics import average_precision, group_weights, level_at
from training.xray.store import Thing

SIDE = st.integers(1, 60)
BOX = st.tuples(st.integers(0, 80), st.integers(0, 80), SIDE, SIDE).map(lambda box: tuple(float(v) for v in box))
NAME = st.sampled_from(("slide", "barrel", "pistol", "firearm_like"))
FOUND = st.lists(st.tuples(BOX, st.sampled_from((0.1, 0.3, 0.5, 0.9)), NAME), max_size=5)
TRUTH = st.lists(
    st.builds(Thing, BOX, st.sampled_from((None, "slide", "pistol")), st.booleans()), max_size=4
)  # fmt: skip
PICTURES = st.lists(st.tuples(TRUTH, FOUND), min_size=1, max_size=5)


def judged(pictures: list[tuple[list[Thing], list[tuple[tuple[float, ...], float, str]]]]) -> list[Judged]:
    answers = []
    for place, (truth, found) in enumerate(pictures):
        boxes = np.array([[x, y, x + w, y + h] for (x, y, w, h), _, _ in found], np.float32).reshape(-1, 4)
        scores = np.array([score for _, score, _ in found], np.float32)
        names = tuple(name for _, _, name in found)
        answers.append(beside_truth(str(place), f"bag {place // 2}", truth, 0.5, boxes, scores, names))
    return answers


@settings(max_examples=150, deadline=None)
@given(PICTURES)
def test_matching_never_finds_more_than_there_is_and_stricter_rules_never_find_more(pictures: list) -> None:  # type: ignore[type-arg]
    answers = judged(pictures)
    found = match(answers)
    wanted = sum(not thing.ignore for truth, _ in pictures for thing in truth)
    assert found.hits.sum() <= wanted == found.wanted.sum()
    assert (np.diff(found.scores) <= 0).all()
    assert (found.found_at >= 0).sum() == found.hits.sum()
    assert len(found.hits) <= sum(len(boxes) for _, boxes in pictures)
    assert match(answers, 0.9).hits.sum() <= found.hits.sum()
    lenient = match(answers, inside_is_neither=True)
    assert lenient.hits.sum() == found.hits.sum()
    assert len(lenient.hits) <= len(found.hits)
    if wanted:
        assert 0 <= average_precision(found) <= average_precision(lenient) <= 1 + 1e-9


@settings(max_examples=150, deadline=None)
@given(PICTURES, st.sampled_from((0.0, 0.2, 0.5, 1.0, 2.0)))
def test_froc_keeps_the_false_boxes_it_was_asked_for_and_rises_with_them(pictures: list, rate: float) -> None:  # type: ignore[type-arg]
    answers = judged(pictures)
    found = match(answers)
    for weights in (None, *group_weights([one.group for one in answers], 3, 0)):
        level = level_at(found, rate, weights)
        counts = np.ones(len(answers), np.int64) if weights is None else weights
        false = (counts[found.pictures] * ~found.hits)[found.scores >= level].sum()
        assert false <= rate * counts.sum() + 1e-9
        if (found.wanted * counts).sum():
            assert 0 <= hits_at(found, rate, weights) <= hits_at(found, rate + 1, weights) <= 1
