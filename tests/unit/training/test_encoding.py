"""Rates out of fold: a row never sees its own group's labels; crosses of the site's own that help are found."""

from __future__ import annotations

import numpy as np
import pytest
from small_frames import make_rows

from models.coded import code
from models.rates import RATE, SEEN
from models.site import Site
from training import encoding
from training.encoding import choose_crosses, fit_rates, out_of_fold, pattern_weights
from training.splits import folds_by_group

RNG = np.random.default_rng(3)


def test_no_row_sees_the_labels_of_its_own_group() -> None:
    rows = 400
    groups = np.arange(rows) // 4
    codes = {"origin": code(RNG.choice(["CN", "GB", "IE"], rows).tolist())}
    labels = RNG.random(rows) < 0.3
    folds = folds_by_group(groups, 5, 0)
    mine, shuffled = folds == 2, labels.copy()
    # The base rate is one number for all rows; only what tells rows apart must not leak.
    shuffled[mine] = RNG.permutation(labels[mine])
    columns = []
    for truth in (labels, shuffled):
        rates = fit_rates(codes, truth, np.ones(rows), [("origin",)])
        columns.append(dict(out_of_fold(codes, truth, np.ones(rows), rates, folds)))
    for name in (RATE + "origin", SEEN + "origin"):
        np.testing.assert_array_equal(columns[0][name][mine], columns[1][name][mine])
    assert (columns[0][RATE + "origin"][~mine] != columns[1][RATE + "origin"][~mine]).any()


def test_a_code_of_one_group_alone_says_nothing_in_training() -> None:
    codes = {"origin": code(["CN"] * 10 + ["GB"] * 30)}
    labels = np.array([True] * 10 + [False] * 30)
    folds = np.array([0] * 10 + [1, 2, 3] * 10)
    rates = fit_rates(codes, labels, np.ones(40), [("origin",)])
    found = dict(out_of_fold(codes, labels, np.ones(40), rates, folds))
    assert found[RATE + "origin"][:10].tolist() == pytest.approx([rates.prior] * 10)
    assert found[SEEN + "origin"][:10].tolist() == [0.0] * 10


def test_repeats_of_a_pattern_weigh_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = make_rows(4, patterns=[7, 7, 0, 0])
    assert pattern_weights(frame).tolist() == [0.5, 0.5, 1.0, 1.0]
    codes = {"origin": code(["CN", "CN", "GB", "IE"])}
    labels = np.array([True, True, False, False])
    rates = fit_rates(codes, labels, pattern_weights(frame), [("origin",)])
    assert rates.prior == pytest.approx(1 / 3)
    assert sorted(rates.counts.tolist()) == [1.0, 1.0, 1.0]
    monkeypatch.setattr(encoding, "MOST_ENTRIES", 2)
    few = fit_rates(codes, labels, np.array([3.0, 3.0, 1.0, 2.0]), [("origin",)])
    assert sorted(few.counts.tolist()) == [2.0, 6.0]


def test_the_site_s_crosses_that_help_are_chosen_and_noise_is_not() -> None:
    rows = 6000
    first, second, noise = (RNG.integers(0, 2, rows) for _ in range(3))
    labels = RNG.random(rows) < np.where(first == second, 0.05, 0.3)
    extras = {"tax": first, "type": second, "office": noise}
    frame = make_rows(rows, labels=labels, extras={name: one.astype(str).tolist() for name, one in extras.items()})
    folds = folds_by_group(frame.groups, 5, 0)
    site = Site(categorical=("tax", "type", "office"))
    chosen = [cross for cross in choose_crosses(frame, np.ones(rows), site, folds) if any(":" in one for one in cross)]
    assert chosen[0] == ("extra:tax", "extra:type")
    assert ("extra:office",) not in chosen
