"""One parcel by itself gets the numbers that it has in a table: the row bit for bit, score, percentile and reasons."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import numpy as np
import pytest

from features.history import HistoryIndex, PastParcel, entity_keys, summarise
from features.indicators.register import raise_indicators
from features.manifest_schema import parse_manifest
from models.bundle import locate, open_bundle
from models.calibration import Calibration
from models.risk import CONTRIBUTION_DECIMALS, SMALLEST_SHARE, TOP_REASONS, RiskModel
from models.risk_frame import gather
from models.risk_one import read_one
from models.risk_text import TextModel
from training.parcels.generate import generate
from training.scoring import Parcel

PARCELS = 120


@pytest.fixture(scope="module")
def shipped() -> RiskModel:
    return RiskModel.load(open_bundle(locate("risk", None, None), "risk"))


@pytest.fixture(scope="module")
def parcels() -> tuple[Parcel, ...]:
    """Synthetic parcels with what was known of their people when they came."""
    return tuple(_with_history())


def _with_history() -> Iterator[Parcel]:
    index = HistoryIndex()
    for record in generate(PARCELS, seed=17, base_rate=0.1):
        manifest, at = parse_manifest(record["manifest"]), datetime.fromisoformat(record["screened_at"])
        keys = entity_keys(manifest)
        yield manifest, raise_indicators(manifest), summarise(manifest, index.related(keys), at)
        found_at = record.get("finding_at")
        index.add(
            PastParcel(
                manifest.item_id,
                min(manifest.declared_at or at, at),
                keys,
                record.get("found"),
                datetime.fromisoformat(found_at) if found_at else None,
                tuple(record.get("parts", ())),
            )
        )


def test_the_row_of_one_parcel_is_the_row_of_the_table(shipped: RiskModel, parcels: tuple[Parcel, ...]) -> None:
    table = shipped.rows(gather([shipped.observe(*parcel) for parcel in parcels]))
    for parcel, row in zip(parcels, table, strict=True):
        assert read_one(*parcel, shipped.fitted).row.tobytes() == row.tobytes()


def test_one_parcel_is_assessed_as_the_table_is(shipped: RiskModel, parcels: tuple[Parcel, ...]) -> None:
    observed = gather([shipped.observe(*parcel) for parcel in parcels])
    rows = shipped.rows(observed)
    scores, contributions = shipped.scores(rows, observed.patterns), shipped.contributions(rows)
    for place, parcel in enumerate(parcels):
        alone = gather([shipped.observe(*parcel)])
        reasons = shipped.explain(alone, contributions[place], *parcel)
        shown = [one for one in reasons if abs(one.contribution) >= SMALLEST_SHARE][:TOP_REASONS] or reasons[:1]
        result, only = shipped.assess(*parcel), shipped.score_only(*parcel)
        assert (result.score, result.percentile) == (scores.probability[place], scores.percentile[place])
        assert (only.probability, only.percentile) == (result.score, result.percentile)
        told = [(one.code, one.text, round(one.contribution, CONTRIBUTION_DECIMALS)) for one in shown]
        assert [(one.code, one.text, one.contribution) for one in result.reasons] == told


def test_a_text_alone_scores_as_among_others() -> None:
    model = TextModel(np.random.default_rng(1).normal(size=2**14), 0.25)
    texts = ["a", "tube", "steel tube set", "x / y", "pistolet a impulsion", "钢管 套", "0 0 00", "tube " * 80]
    np.testing.assert_array_equal([model.score_one(text) for text in texts], model.score(texts))
    assert np.isnan(model.score_one(""))


def test_one_number_is_calibrated_as_many_are() -> None:
    rng = np.random.default_rng(2)
    knots = np.cumsum(rng.random((2, 40)), axis=1) - 10
    curved = Calibration("isotonic", tuple(knots[0].tolist()), tuple(knots[1].tolist()), 0.5, 0.25)
    straight = Calibration("platt", (0.0,), (1.5,), 0.75, 0.75)
    for one in (curved, straight):
        raw = np.concatenate([rng.normal(scale=20, size=500), np.array(one.x), [-1e6, 1e6]])
        assert [one.log_odds_of(number) for number in raw.tolist()] == one.log_odds(raw).tolist()
