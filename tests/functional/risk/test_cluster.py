"""A cluster of two worker processes grows trees of the same quality, and scores exactly as one machine does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from distributed import LocalCluster

from features.errors import InputError
from training.bootstrap import group_weights, measure
from training.cluster import connected, grow_on, run_on
from training.trees import grow_trees

ROWS = 6000


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        yield cluster.scheduler_address


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[Any]:
    with connected(address) as client:
        yield client


def test_trees_grown_on_two_workers_are_as_good_as_local_ones(client: Any) -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(2 * ROWS, 8)).astype(np.float32)
    rows[rng.random(rows.shape) < 0.1] = np.nan
    odds = 2.0 * np.nan_to_num(rows[:, 0]) - np.nan_to_num(rows[:, 1]) ** 2 - 1.5
    labels = rng.random(2 * ROWS) < 1.0 / (1.0 + np.exp(-odds))
    weights = rng.uniform(0.5, 1.0, ROWS)
    fit, held = slice(ROWS), slice(ROWS, None)
    grown = [grow(rows[fit], labels[fit], weights, 60, None, 0) for grow in (grow_on(client), grow_trees)]
    spread, local = (trees.predict(rows[held], raw_score=True) for trees in grown)
    replicates = group_weights(np.arange(ROWS), 0)
    auc = measure(local, labels[held], replicates)["auc"]
    assert auc.low <= measure(spread, labels[held], replicates)["auc"].value <= auc.high
    assert auc.value > 0.75
    assert grown[0].num_trees() == grown[1].num_trees() == 60
    assert "127.0.0.1" not in grown[0].model_to_string()


def test_batches_come_back_in_order_and_a_failing_one_is_not_lost(client: Any) -> None:
    assert list(run_on(client)(pow, 2, range(20))) == [2**power for power in range(20)]
    with pytest.raises(TypeError):
        list(run_on(client)(pow, 2, [1, "x"]))


def test_a_scheduler_that_does_not_answer_is_named_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.cluster.ANSWER_SECONDS", 0.5)
    with (
        pytest.raises(InputError, match=r"127\.0\.0\.1:1: no Dask scheduler answers; start one") as caught,
        connected("127.0.0.1:1"),
    ):
        pass
    assert caught.value.exit_code == 3


def test_bulk_scores_of_the_cluster_are_those_of_one_machine(
    address: str, commands: Any, folder: Path, parcels: Path, tmp_path: Path
) -> None:
    lines = parcels.read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "few.ndjson").write_text("".join(lines[-150:]), encoding="utf-8")
    (tmp_path / "earlier.ndjson").write_text("".join(lines[:-150]), encoding="utf-8")
    words = ("score", tmp_path / "few.ndjson", "--risk-model", folder, "--reasons", 2)
    outputs = []
    for name, more in {
        "local": (),
        "spread": ("--scheduler", address),
        "history": ("--history", tmp_path / "earlier.ndjson"),
    }.items():
        commands(*words, *more, "--output", tmp_path / f"{name}.ndjson")
        outputs.append((tmp_path / f"{name}.ndjson").read_text(encoding="utf-8"))
    assert outputs[0] == outputs[1]
    # Earlier files fill the history and are not scored themselves.
    assert outputs[2] != outputs[0]
    assert len(outputs[2].splitlines()) == 150


def test_an_unreachable_scheduler_ends_a_command_before_its_work(
    commands: Any, folder: Path, parcels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.cluster.ANSWER_SECONDS", 0.5)
    there = ("--scheduler", "127.0.0.1:1")
    for words in (("train", "risk", "--data", parcels), ("score", parcels, "--risk-model", folder)):
        done = commands(*words, "--output", tmp_path / "out.csv", *there, code=3)
        assert "no Dask scheduler answers" in done.stderr
        assert not (tmp_path / "out.csv").exists()
