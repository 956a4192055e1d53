from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from training.frame import Frame
from training.metrics import Ranking, auc
from training.peers import (
    ENCODED,
    LOOKUP,
    ORACLE,
    PROFILE,
    PROPER,
    RANDOM,
    RAW,
    exact_keys,
    peer_scores,
    single_codes,
)  # fmt: skip

EARLY, LATE = np.arange(1000), np.arange(1000, 1500)


@pytest.fixture(scope="module")
def scores(frame: Frame) -> dict[str, np.ndarray]:
    return peer_scores(frame.take(EARLY), frame.take(LATE), 0)


def test_each_peer_ranks_as_well_as_its_means_allow(frame: Frame, scores: dict[str, np.ndarray]) -> None:
    labels = frame.labels[LATE]
    found = {name: float(auc(Ranking(one, labels).blocks())) for name, one in scores.items()}
    assert found[ORACLE] == 1.0
    # The truth is set by heading alone, so the HS profile is close to the best possible.
    assert found[PROFILE] > 0.65
    assert found[RAW] > 0.6
    assert found[ENCODED] > 0.6
    assert found[RANDOM] == 0.5
    for name in PROPER & set(scores):
        assert 0 < scores[name].min() <= scores[name].max() < 1


def test_no_peer_but_the_oracle_reads_the_labels_of_the_test(frame: Frame, scores: dict[str, np.ndarray]) -> None:
    test = frame.take(LATE)
    again = peer_scores(frame.take(EARLY), replace(test, labels=~test.labels), 0)
    for name, one in scores.items():
        assert (name == ORACLE) != np.array_equal(one, again[name])


def test_the_lookup_knows_exact_repeats_and_nothing_else(frame: Frame) -> None:
    twice = frame.take(np.concatenate([EARLY, EARLY[:200]]))
    train, test = twice.take(EARLY), twice.take(np.arange(1000, 1200))
    scores = peer_scores(train, test, 0)[LOOKUP]
    assert float(auc(Ranking(scores, test.labels).blocks())) == 1.0
    unknown = peer_scores(train, frame.take(LATE), 0)[LOOKUP]
    assert np.allclose(unknown, train.labels.mean())


def test_exact_keys_are_equal_where_group_weight_and_value_are(frame: Frame) -> None:
    keys = exact_keys(frame.take(np.array([0, 1, 0])))
    assert keys[0] == keys[2] != keys[1]
    other = replace(frame, groups=frame.groups + 1)
    assert exact_keys(other)[0] != exact_keys(frame)[0]


def test_single_codes_are_the_declared_ones_without_crosses(frame: Frame) -> None:
    names = single_codes(frame)
    assert {"hs_heading", "hs_chapter", "origin", "destination", "goods_origin", "carrier"} <= set(names)
    assert not {"route", "heading_class", "chapter_goods_origin"} & set(names)
