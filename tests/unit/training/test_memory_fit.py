"""The memory as training fills it: what is kept, and how strongly each level is believed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_frames import make_rows

from models.calibration import logit
from models.memory import USUAL_STRENGTHS
from training import memory
from training.memory import fill_memory, fit_strengths

RNG = np.random.default_rng(8)


def test_labelled_rows_are_counted_by_pattern() -> None:
    frame = make_rows(6, patterns=[5, 5, 5, 9, 9, 0], labels=[True, False, False, False, False, True])
    filled = fill_memory(frame)
    evidence = filled.evidence(np.array([[5, 5, 5], [9, 9, 9], [0, 0, 0]], dtype=np.uint64))
    assert evidence.parcels.tolist() == [[3, 3, 3], [2, 2, 2], [0, 0, 0]]
    assert evidence.illicit[:, 2].tolist() == [1, 0, 0]
    unlabelled = replace(frame, labelled=np.array([True, True, False, False, False, False]))
    assert fill_memory(unlabelled).levels[2].parcels.tolist() == [2]


def test_a_full_memory_keeps_finds_first_and_then_the_most_frequent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_KEYS", 2)
    frame = make_rows(7, patterns=[1, 1, 1, 2, 3, 3, 4], labels=[False, False, False, True, False, False, False])
    assert fill_memory(frame).levels[0].keys.tolist() == [1, 2]


@pytest.mark.parametrize("told", [True, False])
def test_levels_are_believed_as_far_as_they_tell(told: bool) -> None:
    rows, prior = 6000, 0.2
    patterns = RNG.integers(1, 1500, rows)
    fates = RNG.random(1500) < prior
    labels = fates[patterns] if told else RNG.random(rows) < prior
    half = np.arange(rows) < rows // 2
    frame = make_rows(rows, patterns=patterns.tolist(), labels=labels)
    filled = fill_memory(frame.take(np.flatnonzero(half)))
    evidence = filled.evidence(frame.patterns[~half])
    strengths = fit_strengths(np.full(rows // 2, logit(prior)), evidence, labels[~half])
    assert (min(strengths) < 0.1) if told else (min(strengths) >= 10.0)


def test_too_few_finds_leave_the_usual_strengths() -> None:
    frame = make_rows(100, patterns=[1] * 100, labels=[place < 5 for place in range(100)])
    evidence = fill_memory(frame).evidence(frame.patterns)
    assert fit_strengths(np.zeros(100), evidence, frame.labels) == USUAL_STRENGTHS


def test_a_level_that_met_no_repeat_keeps_its_usual_strength() -> None:
    rows = 4000
    goods = RNG.integers(1, 400, rows)
    labels = (RNG.random(400) < 0.3)[goods]
    frame = make_rows(rows, patterns=goods.tolist(), labels=labels)
    # The same goods come again and again, never twice at one weight.
    frame.patterns[:, 1:] = np.arange(10_000, 10_000 + 2 * rows, dtype=np.uint64).reshape(rows, 2)
    half = np.arange(rows) < rows // 2
    evidence = fill_memory(frame.take(np.flatnonzero(half))).evidence(frame.patterns[~half])
    strengths = fit_strengths(np.full(rows // 2, logit(0.3)), evidence, labels[~half])
    assert strengths[0] < 1.0
    assert strengths[1:] == USUAL_STRENGTHS[1:]
