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
from training.peers import INDICATORS, LOGISTIC, RANDOM

Records = tuple[Record, ...]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
BARE = Manifest(
    item_id="1", channel="courier", origin_country="GB", destination_country="MX", items=(Item(hs_code="7326"),)
)


def past_of(record: Record) -> PastParcel:
    assert record.at is not None
    keys, declared = entity_keys(record.manifest), record.manifest.declared_at
    at = min(declared, record.at) if declared else record.at
    return PastParcel(record.manifest.item_id, at, keys, record.found, record.found_at, record.parts)


def test_the_serving_row_is_the_training_row_bit_for_bit(model: RiskModel, records: Records, frame: Frame) -> None:
    past = [(record.at, past_of(record)) for record in records if record.at]
    trained = model.rows(frame)
    for place in range(0, len(records), 61):
        record = records[place]
        assert record.at is not None
        # As the service does it: one parcel, everything screened before it handed over in any order. What was declared
        # by then and screened later is not in the store yet.
        known = [parcel for at, parcel in reversed(past) if at < record.at]
        history = summarise(record.manifest, known, record.at)
        served = model.rows(gather([model.observe(record.manifest, raise_indicators(record.manifest), history)]))
        assert served[0].tobytes() == trained[place].tobytes()


def test_one_parcel_and_the_whole_table_score_alike(model: RiskModel, frame: Frame) -> None:
    some = frame.take(np.arange(300))
    rows, together = model.rows(some), model.frame_scores(some)
    alone = [model.scores(row[None, :], keys[None, :]) for row, keys in zip(rows, some.patterns, strict=True)]
    np.testing.assert_array_equal(together.raw, [one.raw[0] for one in alone])
    np.testing.assert_array_equal(together.probability, [one.probability[0] for one in alone])


def test_scores_and_percentiles_rise_together_within_their_ranges(model: RiskModel, frame: Frame) -> None:
    scores = model.frame_scores(frame)
    order = np.argsort(scores.probability)
    assert (np.diff(scores.percentile[order]) >= 0).all()
    assert 0 < scores.probability.min() < scores.probability.max() < 1
    assert 0 <= scores.percentile.min() < 5
    assert 95 < scores.percentile.max() <= 100
    # In the traffic it was made for, one parcel in ten stands above the ninetieth percentile.
    assert np.mean(scores.percentile > 90) == pytest.approx(0.1, abs=0.03)


def test_reasons_and_base_value_sum_to_the_raw_score(model: RiskModel, records: Records) -> None:
    known = 0
    for record in records[:200:10]:
        manifest, raised = record.manifest, raise_indicators(record.manifest)
        history = summarise(manifest, [], NOW)
        parcel = gather([model.observe(manifest, raised, history)])
        contributions = model.contributions(model.rows(parcel))
        scores = model.frame_scores(parcel)
        assert contributions.sum() + scores.memory[0] == pytest.approx(scores.raw[0], abs=1e-9)
        reasons = model.explain(parcel, contributions[0], manifest, raised, history)
        total = contributions[0][-1] + sum(reason.contribution for reason in reasons)
        assert total == pytest.approx(scores.raw[0], abs=1e-9)
        memory = [reason for reason in reasons if reason.code == "KNOWN_PATTERN"]
        assert [one.contribution for one in memory] == [pytest.approx(scores.memory[0])] * len(memory)
        known += len(memory)
    # These parcels were trained on, so their patterns are known, but for those that declare no goods at all.
    assert known > 15


def test_a_parcel_declared_as_earlier_ones_says_so_and_follows_them(model: RiskModel, records: Records) -> None:
    found = next(one for one in records if one.label and one.manifest.items[0].hs_code)
    raised = raise_indicators(found.manifest)
    history = summarise(found.manifest, [], NOW)
    known = model.frame_scores(gather([model.observe(found.manifest, raised, history)]))
    changed = replace(
        found.manifest, items=(replace(found.manifest.items[0], hs_code="9999"), *found.manifest.items[1:])
    )
    other = model.frame_scores(gather([model.observe(changed, raised, history)]))
    assert known.seen[0]
    assert known.memory[0] > 0.5
    assert not other.seen[0]
    assert other.memory[0] == 0.0
    parcel = gather([model.observe(found.manifest, raised, history)])
    reasons = model.explain(parcel, model.contributions(model.rows(parcel))[0], found.manifest, raised, history)
    text = next(reason.text for reason in reasons if reason.code == "KNOWN_PATTERN")
    assert text.startswith("Declared just as ")
    assert "illicit" in text


def test_a_parcel_of_known_people_and_patterns_is_assessed_as_the_table_is(model: RiskModel, records: Records) -> None:
    known = 0
    for record in records[:600:15]:
        raised, history = raise_indicators(record.manifest), summarise(record.manifest, [], NOW)
        parcel = gather([model.observe(record.manifest, raised, history)])
        scores, contributions = model.frame_scores(parcel), model.contributions(model.rows(parcel))
        reasons = model.explain(parcel, contributions[0], record.manifest, raised, history)
        result = model.assess(record.manifest, raised, history)
        assert (result.score, result.percentile) == (scores.probability[0], scores.percentile[0])
        assert [(one.code, one.text) for one in result.reasons] == [
            (one.code, one.text) for one in reasons[: len(result.reasons)]
        ]
        shares = [one.contribution for one in reasons[: len(result.reasons)]]
        np.testing.assert_allclose([one.contribution for one in result.reasons], shares, rtol=0, atol=1e-6)
        known += bool(scores.memory[0])
    # These parcels were trained on: what the memory adds is put to the test as well.
    assert known > 10


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
        parcel = gather([model.observe(manifest, (), history)])
        reasons = model.explain(parcel, model.contributions(model.rows(parcel))[0], manifest, (), history)
        by_code = {reason.code: reason.text for reason in reasons}
        assert code in by_code
        if code.endswith("LOW"):
            assert "USD per kg; parcels" in by_code[code]
            assert "usually have" in by_code[code]


def test_the_weight_reason_names_the_net_weight_where_no_gross_weight_is_declared(model: RiskModel) -> None:
    manifest = replace(BARE, items=(replace(BARE.items[0], net_weight_g=1500.0),))
    history = summarise(manifest, [], NOW)
    parcel = gather([model.observe(manifest, (), history)])
    reasons = model.explain(parcel, model.contributions(model.rows(parcel))[0], manifest, (), history)
    texts = {reason.code: reason.text for reason in reasons}
    assert texts["PARCEL_WEIGHT"] == "Net weight of 1.50 kg; the gross weight is not declared."


def test_where_the_model_looks_at_a_code_its_reason_says_how_such_declarations_turned_out(model: RiskModel) -> None:
    looked_at = {feature.reason for feature in model.features if feature.kind == "rate"}
    history = summarise(BARE, [], NOW)
    parcel = gather([model.observe(BARE, (), history)])
    reasons = model.explain(parcel, model.contributions(model.rows(parcel))[0], BARE, (), history)
    for reason in reasons:
        if reason.code in {"GOODS_CODE", "ROUTE"}:
            assert ("such declaration" in reason.text) == (reason.code in looked_at)


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
    for anchor in (LOGISTIC, INDICATORS, RANDOM):
        assert later["risk model"]["ap"][0] > later[anchor]["ap"][0]
    result = model.assess(BARE, raise_indicators(BARE), summarise(BARE, [], NOW))
    assert 0 < result.score < 0.9
