"""What is measured, with a cheap stand-in for the risk model: the real one is run in the functional tests."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from features.errors import InputError
from features.spec import FEATURE_SPEC
from models.card import Card
from training.data import Source
from training.evaluate import Plan, evaluate_bundle, evaluate_protocols, fits_needed
from training.frame import Frame
from training.learning_curve import learning_curve
from training.peers import ORACLE, PROFILE, hs_profile
from training.pooled import MODEL, run_folds
from training.protocols import make_folds
from training.refit import Refitted
from training.report import render

PLAN = Plan(protocols=("group", "time"), folds=3, seeds=2, ceiling=True, command="parcel-screening evaluate risk")


@dataclass
class HeadingModel:
    """A fake: knows the rates of HS headings alone."""

    train: Frame
    title: str = "fake-1.0.0"
    base_rate: float = 0.3
    site: Any = field(default_factory=lambda: SimpleNamespace(numeric=()))
    features = FEATURE_SPEC.base

    def frame_scores(self, frame: Frame) -> Any:
        chances = hs_profile(self.train, frame, 0) + 1e-6 * frame.base[:, 0]
        return SimpleNamespace(probability=chances, seen=np.isin(frame.groups, self.train.groups))

    def rows(self, frame: Frame) -> Any:
        return np.nan_to_num(frame.base)

    def contributions(self, rows: Any) -> Any:
        return np.hstack([rows, np.zeros((len(rows), 1))])


def heading_fit(train: Frame, seed: int) -> Refitted:
    model: Any = HeadingModel(train)
    return Refitted(model, model.rows(train))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    path = tmp_path_factory.mktemp("source") / "table.ndjson"
    path.write_text("{}\n", encoding="utf-8")
    return Source(path=path, mapping=None, bad_rows="drop")


@pytest.fixture(scope="module")
def metrics(frame: Frame, source: Source) -> dict[str, Any]:
    return evaluate_protocols(source, frame, heading_fit, PLAN)


def test_the_oracle_bounds_and_the_fake_is_its_equal_profile(metrics: dict[str, Any]) -> None:
    for measured in metrics["protocols"].values():
        figures = measured["figures"]
        for key, (value, _, _) in figures[ORACLE].items():
            assert all(one[key][0] <= value for one in figures.values())
        assert figures[MODEL]["auc"][0] == pytest.approx(figures[PROFILE]["auc"][0], abs=0.02)
        low, high = measured["differences"][PROFILE]["auc"][1:]
        assert low <= 0.02
        assert high >= -0.02
    assert metrics["figures"] == metrics["protocols"]["group"]["figures"]


def test_by_group_all_is_novel_and_by_time_nearly_all_is_known(metrics: dict[str, Any]) -> None:
    assert metrics["protocols"]["group"]["seen_share"] == 0.0
    assert metrics["protocols"]["time"]["seen_share"] > 0.9
    assert metrics["protocols"]["group"]["rows"] == 1500
    assert 440 <= metrics["protocols"]["time"]["rows"] <= 460


def test_seeds_deal_other_folds(metrics: dict[str, Any]) -> None:
    auc = metrics["protocols"]["group"]["seeds"][MODEL]["auc"]
    assert auc["least"] < auc["mean"] < auc["greatest"]
    # By time the split is the same whatever the seed, and the fake knows no chance.
    assert metrics["protocols"]["time"]["seeds"][MODEL]["auc"]["sd"] == 0.0


def test_the_same_seed_gives_the_same_file_and_another_one_another(
    frame: Frame, source: Source, metrics: dict[str, Any]
) -> None:
    plan = replace(PLAN, protocols=("group",), seeds=1, curve=False, ceiling=False)
    again = evaluate_protocols(source, frame, heading_fit, plan)
    for key in ("figures", "differences", "slices", "curves", "reliability"):
        assert json.dumps(again["protocols"]["group"][key]) == json.dumps(metrics["protocols"]["group"][key])
    assert json.dumps(again["drift"]) == json.dumps(metrics["drift"])
    other = evaluate_protocols(source, frame, heading_fit, replace(plan, seed=5))
    assert other["figures"][MODEL]["auc"] != metrics["figures"][MODEL]["auc"]


def test_the_bar_is_told_of_every_model(frame: Frame, source: Source) -> None:
    told: list[int] = []
    plan = replace(PLAN, protocols=("time",))
    evaluate_protocols(source, frame, heading_fit, plan, progress=told.append)
    assert told == list(range(1, fits_needed(plan, frame) + 1))


def test_the_ceiling_says_what_knowing_the_group_would_add(metrics: dict[str, Any]) -> None:
    rows = {row["name"]: row["figures"] for row in metrics["ceiling"]["rows"]}
    own = rows["The group's own rate, the own row included"]["auc"]
    assert own > rows["Risk model, measured"]["auc"]
    assert rows["Exact repeats, the own row left out"]["auc"] == pytest.approx(0.5, abs=0.03), "nothing repeats here"
    # The truth was set by heading: whoever knows its rates loses nothing on unseen groups.
    known = rows["The true rate of codes that groups share, known for certain"]["auc"]
    assert known == pytest.approx(rows["Risk model, measured"]["auc"], abs=0.05)
    assert "of the label's variance" in metrics["ceiling"]["sentence"]


def test_the_learning_curve_trains_on_nested_parts_and_ends_at_the_whole(frame: Frame) -> None:
    folds = make_folds(frame, "group", 3, 0)
    trained: list[set[int]] = []

    def fit(train: Frame, seed: int) -> Refitted:
        trained.append(set(train.groups.tolist()))
        return heading_fit(train, seed)

    whole = run_folds(frame, folds, heading_fit, 0, lambda: None)
    points = learning_curve(frame, folds, fit, 0, whole, lambda: None)
    assert points[-1]["share_of_groups"] == 1.0
    rows = [point["rows_trained_on"] for point in points]
    assert rows == sorted(rows)
    for fold in range(3):
        parts = trained[fold::3]
        assert all(small < large for small, large in pairwise(parts))


def test_the_page_holds_every_part(metrics: dict[str, Any]) -> None:
    page = render(metrics)
    for heading in (
        "By group",
        "By time",
        "Plots",
        "Parts of the traffic",
        "Drift",
        "luck of the draw",
        "could anybody",
    ):
        assert heading in page


def test_every_key_of_the_file_is_documented(metrics: dict[str, Any]) -> None:
    page = (Path(__file__).parents[4] / "docs" / "evaluation.md").read_text(encoding="utf-8")
    for key in (*metrics, *metrics["protocols"]["group"], *metrics["ceiling"], *metrics["data"], *metrics["drift"][0]):
        assert f"`{key}`" in page or f"`.{key}" in page or f"`{key}." in page, key


def card(**data: Any) -> Card:
    return Card(
        kind="risk", name="fake", version="1.0.0", created_at="", licence="", feature_spec="", command="", data=data,
        figures={}, limits=(),
    )  # fmt: skip


def test_a_bundle_on_its_own_training_file_is_said_to_flatter(frame: Frame, source: Source) -> None:
    model: Any = HeadingModel(frame.take(np.arange(700)))
    plan = Plan(folds=3)
    same = evaluate_bundle(model, card(sha256=source.sha256), source, frame, plan)
    assert same["overlap"]["same_file"]
    assert "trained on this very file" in same["overlap"]["warning"]
    other = evaluate_bundle(model, card(sha256="0" * 64), source, frame, plan)
    assert not other["overlap"]["same_file"]
    assert "repeat exact patterns" in other["overlap"]["warning"]
    assert other["overlap"]["seen_share"] > 0.9
    unknown: Any = HeadingModel(replace(frame, groups=frame.groups + 1000))
    assert evaluate_bundle(unknown, card(), source, frame, plan)["overlap"]["warning"] is None
    assert "flatter" in render(same)
    assert "probabilities speak for traffic" not in render(same)
    assert "with 0.10 % illicit parcels" in render({**same, "model_base_rate": 0.001})
    assert list(same["protocols"]) == ["bundle"]
    assert same["protocols"]["bundle"]["slices"].keys() >= {"origin", "month"}


def test_what_cannot_be_measured_is_refused_in_words(frame: Frame, source: Source, tmp_path: Path) -> None:
    unlabelled = replace(frame, labelled=np.arange(len(frame)) > 2)
    with pytest.raises(InputError, match="3 of 1500 rows have no label"):
        evaluate_protocols(source, unlabelled, heading_fit, PLAN)
    with pytest.raises(InputError, match="all labels are equal"):
        evaluate_protocols(source, replace(frame, labels=np.zeros(len(frame), dtype=bool)), heading_fit, PLAN)
