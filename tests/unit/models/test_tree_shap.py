"""Single rows through the trees: the log-odds and contributions of `Booster.predict`, from tables and from LightGBM."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
import pytest

from models.bundle import locate, open_bundle
from models.forest import Forest
from models.tree_shap import tables_of
from models.trees_fast import CONTRIBUTIONS, RAW_SCORE, SingleRows, slowly

Rows = npt.NDArray[np.float32]
COLUMNS = 12
QUIET = {"objective": "binary", "verbosity": -1, "num_threads": 1, "min_data_in_leaf": 5, "deterministic": True}


def rows_of(seed: int, count: int = 600, gaps: float = 0.2) -> Rows:
    """Figures, flags, ties and gaps, as parcels have them."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(count, COLUMNS))
    rows[:, ::3] = np.round(rows[:, ::3])
    rows[:, 1] = rng.integers(0, 2, count)
    rows[:, -1] = rng.integers(0, 30, count)
    rows[rng.random(rows.shape) < gaps] = np.nan
    return rows.astype(np.float32)


def grown(rounds: int = 20, rows: Rows | None = None, **settings: Any) -> lgb.Booster:
    seen = rows_of(1) if rows is None else rows
    known = np.nan_to_num(seen)
    labels = (known[:, 0] + known[:, 2] * known[:, 3] + (known[:, -1] % 3 == 0) > 0.5).astype(int)
    data = lgb.Dataset(seen, labels, params={"verbosity": -1})
    return lgb.train({**QUIET, **settings}, data, rounds)


MODELS = {
    "small trees": lambda: grown(num_leaves=7),
    "as many leaves as tables hold": lambda: grown(num_leaves=9),
    "one column": lambda: grown(rows=np.where(np.arange(COLUMNS) == 2, rows_of(3), np.float32(0)), num_leaves=6),
    "no gaps in training": lambda: grown(rows=rows_of(5, gaps=0.0), num_leaves=5),
    "stumps": lambda: grown(num_leaves=2),
    "one leaf": lambda: grown(rounds=1, num_leaves=5, min_data_in_leaf=10_000),
    "large trees": lambda: grown(num_leaves=40),
    "deep trees": lambda: grown(num_leaves=24, min_data_in_leaf=1, max_depth=-1),
    "zero is unknown": lambda: grown(num_leaves=5, zero_as_missing=True),
}
IN_TABLES = {"small trees", "as many leaves as tables hold", "one column", "no gaps in training", "stumps", "one leaf"}


@pytest.mark.parametrize("name", MODELS)
def test_single_rows_are_scored_and_explained_as_booster_predict_does(name: str) -> None:
    booster = MODELS[name]()
    single = SingleRows(Forest.of(booster))
    # Rows of other figures than in training, some with gaps where training had none.
    ends = np.repeat(np.array([[np.nan], [3e38], [-3e38]], dtype=np.float32), COLUMNS, axis=1)
    rows = np.concatenate([rows_of(1, 60), rows_of(2, 60, gaps=0.6), ends])
    raw, contributions = booster.predict(rows, raw_score=True), booster.predict(rows, pred_contrib=True)
    answers = [single.explained(row) for row in rows]
    np.testing.assert_array_equal([margin for margin, _ in answers], raw)
    np.testing.assert_array_equal([single.margin(row) for row in rows], raw)
    np.testing.assert_allclose([shares for _, shares in answers], contributions, rtol=0, atol=1e-9)
    assert (single.tables is not None) == (name in IN_TABLES)


def test_the_shipped_model_answers_from_tables() -> None:
    forest = Forest(open_bundle(locate("risk", None, None), "risk").read("trees.txt").decode())
    booster, tables = forest.booster, tables_of(forest.read)
    assert tables is not None
    rng = np.random.default_rng(4)
    rows = (rng.integers(-40, 80, (200, booster.num_feature())) / 8).astype(np.float32)
    rows[rng.random(rows.shape) < 0.3] = np.nan
    ways = [tables.ways(row) for row in rows]
    np.testing.assert_array_equal([tables.margin(one) for one in ways], booster.predict(rows, raw_score=True))
    want = booster.predict(rows, pred_contrib=True)
    np.testing.assert_allclose([tables.contributions(one) for one in ways], want, rtol=0, atol=1e-9)


@pytest.mark.parametrize("leaves", [7, 40])
def test_sixteen_threads_get_the_answers_of_their_own_rows(leaves: int) -> None:
    booster = grown(num_leaves=leaves)
    single = SingleRows(Forest.of(booster))
    rows = rows_of(6, 80)
    raw, contributions = booster.predict(rows, raw_score=True), booster.predict(rows, pred_contrib=True)

    def answers(first: int) -> list[int]:
        """Return the rows whose answer was another's; every thread goes through all rows from another start."""
        wrong = []
        for place in [*range(first, len(rows)), *range(first)]:
            margin, shares = single.explained(rows[place])
            if margin != raw[place] or not np.allclose(shares, contributions[place], rtol=0, atol=1e-9):
                wrong.append(place)
        return wrong

    with ThreadPoolExecutor(16) as threads:
        assert [wrong for wrong in threads.map(answers, range(0, 80, 5)) if wrong] == []


def test_without_the_c_interface_the_answers_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    booster = grown(num_leaves=40)
    fast = SingleRows(Forest.of(booster))
    monkeypatch.setattr("models.trees_fast.fast_library", lambda: None)
    slow = SingleRows(Forest.of(booster))
    for row in rows_of(7, 10):
        assert slow.margin(row) == fast.margin(row) == slowly(booster, row, RAW_SCORE)[0]
        np.testing.assert_array_equal(slow.explained(row)[1], fast.explained(row)[1])
        np.testing.assert_array_equal(fast.explained(row)[1], slowly(booster, row, CONTRIBUTIONS))


def test_what_is_ready_for_single_rows_travels_to_another_process() -> None:
    single = SingleRows(Forest.of(grown(num_leaves=40)))
    row = rows_of(8, 1)[0]
    expected = single.margin(row)
    assert pickle.loads(pickle.dumps(single)).margin(row) == expected


def test_a_refusal_of_the_library_is_an_error_and_no_number() -> None:
    single = SingleRows(Forest.of(grown(num_leaves=40)))
    with pytest.raises(ValueError, match="broadcast"):
        single.margin(rows_of(9, 1)[0][:3])
