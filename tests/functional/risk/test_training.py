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
from training.data import Source
from training.frame import Frame
from training.risk import Options, train

pytestmark = pytest.mark.xdist_group("risk")


def test_the_card_says_what_the_model_is_and_how_good(folder: Path) -> None:
    card = read_card(folder)
    assert card.title == "risk-small-1.2.3"
    assert card.created_at == "1970-01-01T00:00:00Z"
    assert card.feature_spec == FEATURE_SPEC.digest
    assert card.command == "parcel-screening train risk --data parcels.ndjson --output risk-small-1.2.3 --seed 0"
    assert (card.data["rows"], card.data["illicit"], card.data["note"]) == (3000, 300, "made for tests")
    assert card.parameters["base_rate"] == pytest.approx(0.1)
    assert len(card.limits) >= 3
    later = card.figures["unseen_groups_later_time"]["models"]
    assert set(later) == {"risk model", "logistic regression", "number of indicators", "random"}
    for figures in later.values():
        for value, low, high in figures.values():
            assert low <= high
            assert value is not None


def test_the_model_ranks_clearly_better_than_counting_indicators(folder: Path) -> None:
    later = read_card(folder).figures["unseen_groups_later_time"]["models"]
    assert later["risk model"]["auc"][0] > later["number of indicators"]["auc"][0] + 0.05
    assert later["risk model"]["auc"][1] > later["random"]["auc"][0]


def test_the_same_data_and_seed_give_the_same_bundle_bit_for_bit(source: Source, frame: Frame, folder: Path) -> None:
    again = train(source, frame, Options(name="risk-small", version="1.2.3"))
    # The folder was written by another process, which had another number of threads.
    assert {name: (folder / name).read_bytes() for name in again.contents} == again.contents
    assert again.card.figures == read_card(folder).figures


def test_no_near_duplicate_and_nothing_later_is_on_both_sides(frame: Frame) -> None:
    from training.splits import split, unseen_entities

    parts = split(frame, 0)
    groups = [{frame.groups[place] for place in part} for part in (parts.fit, parts.calibrate, parts.test)]
    assert not groups[0] & groups[1]
    assert not (groups[0] | groups[1]) & groups[2]
    assert frame.times[parts.fit].max() <= frame.times[parts.test].min()
    assert all(groups)
    fresh = unseen_entities(frame, parts.test, parts.fit)
    seen = {key for place in parts.fit for key in frame.entities.keys(place)}
    assert 0 < len(fresh) < len(parts.test)
    assert not any(seen & set(frame.entities.keys(place)) for place in fresh)
    assert all(seen & set(frame.entities.keys(place)) for place in set(parts.test) - set(fresh))


def test_the_deployment_base_rate_moves_probabilities_and_not_the_ranking(
    source: Source, frame: Frame, model: RiskModel, tmp_path: Path
) -> None:
    trained = train(source, frame, Options(base_rate=0.00001))
    bundle = Bundle(tmp_path, trained.card, trained.contents)
    rare = RiskModel.load(bundle)
    rows = model.rows(frame.take(np.arange(400)))
    usual, scarce = model.scores(rows), rare.scores(rows)
    np.testing.assert_array_equal(usual.raw, scarce.raw)
    assert scarce.probability.max() < 0.01 < usual.probability.max()
    assert rare.base_rate == 0.00001
    np.testing.assert_array_equal(np.argsort(usual.probability), np.argsort(scarce.probability))


def test_probabilities_are_believable_on_groups_not_fitted(folder: Path) -> None:
    figures = read_card(folder).figures
    assert figures["unseen_groups_later_time"]["models"]["risk model"]["ece"][0] < 0.08
    errors = figures["calibration"]["ece_on_held_out_groups"]
    assert errors[figures["calibration"]["chosen"]] == min(errors.values())


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
