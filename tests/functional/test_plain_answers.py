"""The service's answers are those worked out the long way, to the last byte of answer, evidence and manifest."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from plain_answers import (
    plain_first_match,
    plain_history,
    plain_indicators,
    plain_json,
    plain_manifest,
    plain_risks,
)

from features.history import History, HistoryIndex, PastParcel, entity_keys, summarise_keys
from features.manifest import Manifest
from features.manifest_schema import manifest_to_dict, parse_manifest
from service import answer as answers
from service.answer import answer, answer_text
from service.composition import load_tools
from service.screening import Screening, ScreeningRequest, Stage, Tools, screen
from service.settings import Settings
from sop import engine
from sop.evidence_json import to_json
from training.parcels.generate import generate

PARCELS = 300
STATIONS = ("leeds-1", None)
STAGES: tuple[Stage | None, ...] = ("station", "pre_arrival", None)


@dataclass(frozen=True)
class Came:
    """A parcel, what was known of its people, and when it came."""

    request: ScreeningRequest
    past: tuple[PastParcel, ...]
    at: datetime


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Tools:
    return load_tools(Settings(home=tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="module")
def parcels() -> tuple[Came, ...]:
    return tuple(_parcels())


def _parcels() -> Iterator[Came]:
    index = HistoryIndex()
    for place, record in enumerate(generate(PARCELS, seed=23, base_rate=0.15)):
        manifest, at = parse_manifest(record["manifest"]), datetime.fromisoformat(record["screened_at"])
        request = ScreeningRequest(manifest=manifest, station_id=STATIONS[place % 2], stage=STAGES[place % 3])
        yield Came(request, tuple(index.related(request.entities)), at)
        found_at = record.get("finding_at")
        index.add(
            PastParcel(
                manifest.item_id,
                min(manifest.declared_at or at, at),
                request.entities,
                record.get("found"),
                datetime.fromisoformat(found_at) if found_at else None,
                tuple(record.get("parts", ())),
            )
        )


def _screened(came: Came, tools: Tools) -> Screening:
    return screen(came.request, tools, came.past, screening_id="one", at=came.at)


def test_answers_are_those_worked_out_the_long_way(tools: Tools, parcels: tuple[Came, ...]) -> None:
    model = tools.risk
    assert model is not None
    observed = [(came.request.manifest, plain_indicators(came.request.manifest), _history(came)) for came in parcels]
    lanes = set()
    for came, (manifest, raised, _), risk in zip(parcels, observed, plain_risks(model, observed), strict=True):
        short = _screened(came, tools)
        assert short.indicators == raised
        assert short.risk == risk
        with patch.object(engine, "first_match", plain_first_match), patch.object(answers, "plain", _long):
            long = _screened(came, tools)
            told = json.dumps(answer(long), ensure_ascii=False)
        assert json.dumps(answer(short), ensure_ascii=False) == told
        assert answer_text(short) == plain_json(json.loads(told))
        assert to_json(short.record) == to_json(long.record)
        assert manifest_to_dict(manifest) == plain_manifest(manifest)
        lanes.add(short.decision.lane)
    # The parcels put all of it to the test.
    assert len(lanes) > 2
    assert sum(bool(history.sender_known) for _, _, history in observed) > 20


def _history(came: Came) -> History:
    manifest = came.request.manifest
    return plain_history(entity_keys(manifest), manifest.item_id, came.past, came.at)


def _long(value: object) -> object:
    return json.loads(plain_json(value))


def test_threads_screening_at_once_do_not_mix_their_parcels(tools: Tools, parcels: tuple[Came, ...]) -> None:
    some = parcels[:80]
    alone = [answer(_screened(came, tools)) for came in some]

    def wrong(first: int) -> list[int]:
        """Return whose answer is another's; every thread begins elsewhere."""
        places = [*range(first, len(some)), *range(first)]
        return [place for place in places if answer(_screened(some[place], tools)) != alone[place]]

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(wrong, range(0, 80, 10))) == [[]] * 8


def test_earlier_parcels_are_counted_as_one_by_one() -> None:
    rng = random.Random(5)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for count in (0, 1, 3, 10, 60, 205, 450):
        for _ in range(4):
            past = [_past(rng, at, count) for _ in range(count)]
            keys = _people(rng)
            assert summarise_keys(keys, "I1", past, at) == plain_history(keys, "I1", past, at)


def _past(rng: random.Random, at: datetime, items: int) -> PastParcel:
    """An earlier parcel, maybe one of several entries of an item, maybe declared ahead of its time."""
    when = at - timedelta(days=rng.uniform(-3, 420))
    found = rng.choice([None, None, True, False])
    found_at = None if found is None else when + timedelta(days=rng.uniform(0, 20))
    return PastParcel(f"I{rng.randrange(items * 2)}", when, _people(rng), found, found_at, ("barrel",) if found else ())


def _people(rng: random.Random) -> tuple[str, ...]:
    kinds = ("sender", "sender_phone", "sender_email", "seller", "recipient", "recipient_address")
    return tuple(sorted({f"{kind}:{rng.randrange(3)}" for kind in kinds if rng.random() < 0.7}))


def test_the_sample_parcels_raise_what_the_long_way_raises(tools: Tools) -> None:
    samples = Path(__file__).parents[2] / "sample_images" / "manifests"
    for path in sorted(samples.glob("*.json")):
        manifest: Manifest = parse_manifest(json.loads(path.read_text(encoding="utf-8")))
        assert manifest_to_dict(manifest) == plain_manifest(manifest)
        found = _screened(Came(ScreeningRequest(manifest=manifest), (), datetime(2026, 1, 1, tzinfo=UTC)), tools)
        assert found.indicators == plain_indicators(manifest)
