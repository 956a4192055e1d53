"""From labelled parcels to a bundle: what it says of itself, and that it can be made again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from features.errors import CheckFailed, InputError
from features.spec import FEATURE_SPEC
from models.bundle import Bundle, open_bundle, read_card
from models.risk import RiskModel
from models.site import NO_SITE
from training.data import Source
from training.frame import Frame
from training.peers import INDICATORS, LOGISTIC, PEERS, RANDOM
from training.risk import Options, fit_model, train
from training.risk_figures import later
from training.splits import unseen_entities


def test_the_card_says_what_the_model_is_and_how_good(folder: Path) -> None:
    card = read_card(folder)
    assert card.title == "risk-small-1.2.3"
    assert card.created_at == "1970-01-01T00:00:00Z"
    assert card.feature_spec == FEATURE_SPEC.digest
    assert card.command == "parcel-screening train risk --data parcels.ndjson --output risk-small-1.2.3 --seed 0"
    assert (card.data["rows"], card.data["illicit"], card.data["note"]) == (3000, 300, "made for tests")
    assert card.parameters["base_rate"] == pytest.approx(0.1)
    assert len(card.limits) >= 3
    tested = card.figures["unseen_groups_later_time"]["models"]
    assert set(tested) == {"risk model", LOGISTIC, *PEERS}
    for figures in tested.values():
        for value, low, high in figures.values():
            assert low <= high
            assert value is not None
    assert {"unseen_groups", "by_row", "by_row_seen", "by_row_novel", "later_time"} <= set(card.figures)


def test_the_model_ranks_clearly_better_than_counting_indicators(folder: Path) -> None:
    tested = read_card(folder).figures["unseen_groups_later_time"]["models"]
    assert tested["risk model"]["auc"][0] > tested[INDICATORS]["auc"][0] + 0.05
    assert tested["risk model"]["auc"][1] > tested[RANDOM]["auc"][0]


def test_the_same_data_and_seed_give_the_same_bundle_bit_for_bit(source: Source, frame: Frame, folder: Path) -> None:
    again = train(source, frame, Options(name="risk-small", version="1.2.3"))
    # The folder was written by another process, which had another number of threads.
    assert {name: (folder / name).read_bytes() for name in again.contents} == again.contents
    assert again.card.figures == read_card(folder).figures


def test_no_near_duplicate_and_nothing_later_is_on_both_sides(frame: Frame) -> None:
    parts = later(frame, 0)
    assert parts
    fit, new, known = ({int(frame.groups[place]) for place in part} for part in (parts.fit, parts.new, parts.later))
    assert fit
    assert new
    assert known
    assert not fit & new
    assert frame.times[parts.fit].max() <= min(frame.times[parts.new].min(), frame.times[parts.later].min())
    fresh = unseen_entities(frame, parts.new, parts.fit)
    seen = {key for place in parts.fit for key in frame.entities.keys(place)}
    assert 0 < len(fresh) < len(parts.new)
    assert not any(seen & set(frame.entities.keys(place)) for place in fresh)
    assert all(seen & set(frame.entities.keys(place)) for place in set(parts.new) - set(fresh))


def test_without_times_the_figures_by_group_and_by_row_remain(source: Source, frame: Frame) -> None:
    assert later(replace(frame, times=np.full(len(frame), np.nan)), 0) is None


def test_the_deployment_base_rate_moves_probabilities_and_not_the_ranking(frame: Frame, model: RiskModel) -> None:
    rare = replace(model, base_rate=0.00001)
    usual, scarce = (one.frame_scores(frame.take(np.arange(400))) for one in (model, rare))
    np.testing.assert_array_equal(usual.raw, scarce.raw)
    assert scarce.probability.max() < 0.05 < usual.probability.max()
    np.testing.assert_array_equal(np.argsort(usual.probability), np.argsort(scarce.probability))


def test_options_decide_base_rate_and_parameters(frame: Frame) -> None:
    model = fit_model(
        frame.take(np.arange(0, len(frame), 2)), NO_SITE, Options(base_rate=1e-5, parameters={"rounds": 7})
    )
    assert model.base_rate == 1e-5
    assert len(model.trees) <= 7


def test_probabilities_are_believable_on_groups_not_fitted(folder: Path) -> None:
    figures = read_card(folder).figures
    assert figures["unseen_groups"]["models"]["risk model"]["ece"][0] < 0.05
    novel = figures["calibration"]["novel"]
    assert novel["ece_on_held_out_groups"][novel["chosen"]] == min(novel["ece_on_held_out_groups"].values())


def test_a_model_of_another_specification_is_refused(folder: Path) -> None:
    bundle = open_bundle(folder, "risk")
    other = Bundle(bundle.folder, replace(bundle.card, feature_spec="0" * 64), bundle.contents)
    with pytest.raises(CheckFailed, match="another feature specification"):
        RiskModel.load(other)
    columns = json.dumps(bundle.read_json("columns.json")[1:]).encode()
    with pytest.raises(CheckFailed, match="train it again"):
        RiskModel.load(Bundle(bundle.folder, bundle.card, {**bundle.contents, "columns.json": columns}))


def test_too_few_or_missing_labels_are_refused_with_the_count(source: Source, frame: Frame) -> None:
    with pytest.raises(InputError, match=r"0 illicit of 2700 parcels"):
        train(source, frame.take(np.flatnonzero(~frame.labels)), Options())
    labelled = frame.labelled.copy()
    labelled[0] = False
    with pytest.raises(InputError, match="1 rows have no label"):
        train(source, replace(frame, labelled=labelled), Options())
