"""What the loaded model answers: the same row as in training, scores that agree, reasons that add up."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from features.history import PastParcel, entity_keys, summarise
from features.indicators.register import raise_indicators
from features.manifest import Item, Manifest
from models.bundle import locate, open_bundle, read_card
from models.risk import SMALLEST_SHARE, TOP_REASONS, RiskModel
from models.risk_frame import gather
from models.risk_reasons import groups
from training.data import Record
from training.frame import Frame

pytestmark = pytest.mark.xdist_group("risk")
Records = tuple[Record, ...]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
BARE = Manifest(
    item_id="1", channel="courier", origin_country="GB", destination_country="MX", items=(Item(hs_code="7326"),)
)


def past_of(record: Record) -> PastParcel:
    assert record.at is not None
    keys = entity_keys(record.manifest)
    return PastParcel(record.manifest.item_id, record.at, keys, record.found, record.found_at, record.parts)


def test_the_serving_row_is_the_training_row_bit_for_bit(model: RiskModel, records: Records, frame: Frame) -> None:
    past = [past_of(record) for record in records]
    trained = model.rows(frame)
    for place in range(0, len(records), 61):
        record = records[place]
        assert record.at is not None
        # As the service does it: one parcel, everything known of its people handed over in any order.
        history = summarise(record.manifest, reversed(past), record.at)
        served = model.rows(gather([model.observe(record.manifest, raise_indicators(record.manifest), history)]))
        assert served[0].tobytes() == trained[place].tobytes()


def test_one_parcel_and_the_whole_table_score_alike(model: RiskModel, frame: Frame) -> None:
    rows = model.rows(frame.take(np.arange(300)))
    together = model.scores(rows)
    alone = [model.scores(row[None, :]) for row in rows]
    np.testing.assert_array_equal(together.raw, [one.raw[0] for one in alone])
    np.testing.assert_array_equal(together.probability, [one.probability[0] for one in alone])


def test_scores_and_percentiles_rise_together_within_their_ranges(model: RiskModel, frame: Frame) -> None:
    scores = model.scores(model.rows(frame))
    order = np.argsort(scores.raw)
    assert (np.diff(scores.probability[order]) >= 0).all()
    assert (np.diff(scores.percentile[order]) >= 0).all()
    assert 0 < scores.probability.min() < scores.probability.max() < 1
    assert 0 <= scores.percentile.min() < 5
    assert 95 < scores.percentile.max() <= 100
    # In the traffic it was made for, one parcel in ten stands above the ninetieth percentile.
    assert np.mean(scores.percentile > 90) == pytest.approx(0.1, abs=0.03)


def test_contributions_sum_to_the_raw_score(model: RiskModel, records: Records, frame: Frame) -> None:
    rows = model.rows(frame.take(np.arange(200)))
    contributions = model.contributions(rows)
    np.testing.assert_allclose(contributions.sum(axis=1), model.scores(rows).raw, atol=1e-9)
    for place in range(0, 200, 20):
        manifest = records[place].manifest
        raised = raise_indicators(manifest)
        history = summarise(manifest, [], NOW)
        reasons = model.explain(rows[place], contributions[place], manifest, raised, history)
        total = contributions[place][-1] + sum(reason.contribution for reason in reasons)
        assert total == pytest.approx(float(model.scores(rows[place : place + 1]).raw[0]), abs=1e-9)


def test_reasons_are_few_strong_and_in_whole_sentences(model: RiskModel, records: Records) -> None:
    for record in records[::150]:
        raised = raise_indicators(record.manifest)
        reasons = model.assess(record.manifest, raised, summarise(record.manifest, [], NOW)).reasons
        assert 1 <= len(reasons) <= TOP_REASONS
        sizes = [abs(reason.contribution) for reason in reasons]
        assert sizes == sorted(sizes, reverse=True)
        assert len(reasons) == 1 or sizes[-1] >= SMALLEST_SHARE
        for reason in reasons:
            assert reason.text.endswith(".")
            assert "nan" not in reason.text.lower().split()
            assert reason.code.isupper()


def test_every_group_of_features_has_its_sentence(model: RiskModel) -> None:
    own = {feature.reason for feature in model.features if not feature.reason.startswith("INDICATORS_")}
    assert own <= groups()


def test_the_price_reason_names_the_parcel_s_figures_and_the_usual_ones(model: RiskModel, records: Records) -> None:
    record = next(
        record
        for record in records
        if record.manifest.items[0].hs_code and record.manifest.items[0].value and record.manifest.items[0].net_weight_g
        and len(record.manifest.items) == 1
    )  # fmt: skip
    item = record.manifest.items[0]
    assert item.value
    cheap = replace(record.manifest, items=(replace(item, value=replace(item.value, amount=item.value.amount / 1000)),))
    for manifest, code in ((cheap, "PRICE_PER_KG_LOW"), (BARE, "PRICE_PER_KG_UNKNOWN")):
        history = summarise(manifest, [], NOW)
        row = model.rows(gather([model.observe(manifest, (), history)]))
        reasons = model.explain(row[0], model.contributions(row)[0], manifest, (), history)
        by_code = {reason.code: reason.text for reason in reasons}
        assert code in by_code
        if code.endswith("LOW"):
            assert "USD per kg; parcels" in by_code[code]
            assert "usually have" in by_code[code]


def test_a_parcel_that_declares_next_to_nothing_is_still_judged(model: RiskModel) -> None:
    result = model.assess(BARE, raise_indicators(BARE), summarise(BARE, [], NOW))
    assert 0 < result.score < 1
    assert math.isfinite(result.percentile)


def test_the_shipped_bundle_loads_and_says_where_it_comes_from() -> None:
    folder = locate("risk", None, None)
    card = read_card(folder)
    model = RiskModel.load(open_bundle(folder, "risk"))
    assert model.title == card.title
    assert model.base_rate == card.parameters["base_rate"]
    assert sum(path.stat().st_size for path in folder.iterdir()) < 8_000_000
    assert "parcel-screening synth manifests" in card.data["note"]
    later = card.figures["unseen_groups_later_time"]["models"]
    for anchor in ("logistic regression", "number of indicators", "random"):
        assert later["risk model"]["ap"][0] > later[anchor]["ap"][0]
    result = model.assess(BARE, raise_indicators(BARE), summarise(BARE, [], NOW))
    assert 0 < result.score < 0.9
