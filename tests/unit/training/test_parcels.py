from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from features.history import entity_keys
from features.identifiers import parse_s10
from features.indicators.register import REGISTER, raise_indicators
from features.manifest_schema import parse_manifest
from training.metrics import Ranking, auc
from training.parcels.declare import declare
from training.parcels.deeds import do_to_parcel
from training.parcels.gaps import draw_gaps
from training.parcels.generate import generate
from training.parcels.good import LANGUAGES
from training.parcels.goods import COVER_FAMILIES, GOODS, HOBBY_ARMS, LICENSED_ARMS, VAGUE
from training.parcels.habits import MOST, PARCEL_HABITS
from training.parcels.honest import honest
from training.parcels.illicit import LONGEST_RING, campaigns
from training.parcels.study import MODI, draw_study
from training.parcels.world import World, make_world

Places = npt.NDArray[np.int64]
WHOLE = {"pistol", "revolver", "long_gun", "ammunition"}
COUNT = 8_000


@pytest.fixture(scope="module")
def records() -> list[dict[str, Any]]:
    return list(generate(COUNT, seed=11, base_rate=0.06))


def test_the_same_seed_gives_the_same_bytes() -> None:
    one, two, three = (json.dumps(list(generate(400, seed))) for seed in (5, 5, 6))
    assert one == two
    assert one != three


def test_every_manifest_is_valid_and_most_item_numbers_too(records: list[dict[str, Any]]) -> None:
    manifests = [parse_manifest(record["manifest"]) for record in records[:4000]]
    postal = [one for one in manifests if one.channel == "postal"]
    share = sum(parse_s10(one.item_id) is not None for one in postal) / len(postal)
    assert 0.95 < share < 1.0


def test_the_share_of_illicit_parcels_is_as_asked_and_most_hold_parts(records: list[dict[str, Any]]) -> None:
    assert sum(record["label"] for record in records) == round(COUNT * 0.06)
    assert all(bool(record["contents"]) == bool(record["label"]) for record in records)
    kinds = Counter(part in WHOLE for record in records for part in record["contents"])
    assert 0.6 < kinds[False] / kinds.total() < 0.8


def test_labels_are_the_full_truth_and_findings_only_what_was_opened(records: list[dict[str, Any]]) -> None:
    opened = [record for record in records if "found" in record]
    assert all(record["found"] == bool(record["label"]) for record in opened)
    assert all(record["finding_at"] > record["screened_at"] for record in opened)
    illicit = [record for record in records if record["label"]]
    assert 0.1 < sum("found" in record for record in illicit) / len(illicit) < 0.5


def test_records_come_in_time_order_over_the_year(records: list[dict[str, Any]]) -> None:
    times = [record["screened_at"] for record in records]
    assert times == sorted(times)
    assert times[0][:7] <= "2025-01" < "2025-12" <= times[-1][:7]


def test_people_persist_and_near_duplicates_share_a_group(records: list[dict[str, Any]]) -> None:
    seen = Counter(key for record in records for key in entity_keys(parse_manifest(record["manifest"])))
    assert seen.most_common(1)[0][1] > 20
    groups = Counter(record["group"] for record in records)
    assert groups.most_common(1)[0][1] > 10
    kits = Counter(record["group"] for record in records if record["label"])
    assert 1 < max(kits.values()) <= LONGEST_RING
    labels = {group: {r["label"] for r in records if r["group"] == group} for group, _ in groups.most_common(20)}
    assert all(len(values) == 1 for values in labels.values())


def test_vague_wording_and_covers_are_shared_by_harmless_and_illicit(records: list[dict[str, Any]]) -> None:
    vague = {word.upper() for words in VAGUE for word in words}
    cover = {good.hs[:4] for good in GOODS if good.family in dict(COVER_FAMILIES)}
    for label in (0, 1):
        items = [item for record in records if record["label"] == label for item in record["manifest"]["items"]]
        assert sum(item.get("description", "").upper() in vague for item in items) / len(items) > 0.04
        assert sum(item.get("hs_code", "")[:4] in cover for item in items) / len(items) > 0.2


def test_declarations_are_missing_in_degrees(records: list[dict[str, Any]]) -> None:
    gaps = [sum(name not in (record["manifest"].get("sender") or {}) for name in _SENDER) for record in records]
    shares = [sum(gap == number for gap in gaps) / len(gaps) for number in range(len(_SENDER) + 1)]
    assert all(share > 0.01 for share in shares)


_SENDER = ("phone", "email", "postcode", "account_id")


def test_the_goods_are_worded_in_every_language() -> None:
    for good in (*GOODS, *HOBBY_ARMS, *LICENSED_ARMS):
        assert len(good.names) == len(LANGUAGES)
        assert all(good.names)
        assert len(good.hs) == 6


def test_no_single_field_nor_pair_gives_the_label_away(records: list[dict[str, Any]]) -> None:
    """The lookup attack: the share of illicit parcels by exact value, learned on some people, used on others."""
    labels = np.array([bool(record["label"]) for record in records])
    sides = [_side(record) for record in records]
    train, test = (np.array([side == wanted for side in sides]) for wanted in ((0, 0), (1, 1)))
    fields = _fields([record["manifest"] for record in records])
    assert len(fields) > 40
    found = {name: _attack(codes, labels, train, test) for name, codes in fields.items()}
    # A field that hardly repeats says nothing of other people, alone or in a pair.
    repeating = [name for name, codes in fields.items() if codes.max() < COUNT / 4]
    assert len(repeating) > 30
    for one, two in combinations(repeating, 2):
        pair = fields[one] * (int(fields[two].max()) + 1) + fields[two]
        found[f"{one} with {two}"] = _attack(np.unique(pair, return_inverse=True)[1], labels, train, test)
    worst = max(found, key=lambda name: found[name])
    assert found[worst] < 0.75, f"{worst} alone reaches AUC {found[worst]:.3f}"
    # The attack itself works: given the truth as a field, it finds it.
    assert _attack(labels.astype(np.int64), labels, train, test) == 1.0


def test_every_indicator_is_raised_by_harmless_parcels_and_by_illicit_ones(records: list[dict[str, Any]]) -> None:
    raised = {label: _raised([r["manifest"] for r in records if bool(r["label"]) == label]) for label in (False, True)}
    codes = {one.code for one in REGISTER}
    assert set(raised[False]) == codes
    # A few are so rare that so many illicit parcels need not hold one.
    assert len(codes - set(raised[True])) <= 2
    # None is a mark of smugglers alone: several harmless parcels raise each.
    assert min(raised[False].values()) >= 4


def _raised(manifests: list[dict[str, Any]]) -> Counter[str]:
    return Counter(code for one in manifests for code in {r.code for r in raise_indicators(parse_manifest(one))})


def test_no_country_is_riskier_than_another() -> None:
    """What one world says of countries and carriers tells nothing about the next."""
    one, other = (list(generate(4000, seed, base_rate=0.15)) for seed in (21, 22))
    for field in ("origin_country", "destination_country", "carrier_id"):
        assert 0.45 < _transferred(one, other, field) < 0.55, field
    # Declared natures do tell something, so the measure can see what there is.
    assert _transferred(one, other, "nature") > 0.55


def _transferred(one: list[dict[str, Any]], other: list[dict[str, Any]], field: str) -> float:
    rows = Counter(record["manifest"].get(field) for record in one)
    hits = Counter(record["manifest"].get(field) for record in one if record["label"])
    values = [record["manifest"].get(field) for record in other]
    scores = [(hits[value] + 1.0) / (rows[value] + 10.0) for value in values]
    return float(auc(Ranking(np.array(scores), np.array([bool(record["label"]) for record in other])).blocks()))


def test_studies_differ_and_each_habit_of_smugglers_is_somebody_honests_too() -> None:
    studies = [draw_study(Random(seed)) for seed in range(60)]
    for table in ("sender_habits", "parcel_habits"):
        for name in getattr(studies[0], table):
            habits = [getattr(study, table)[name] for study in studies]
            assert all(0.0 < habit.harmless <= MOST and 0.0 < habit.illicit <= MOST for habit in habits), name
            # In some studies it tells nothing, in others it does.
            assert any(habit.illicit == pytest.approx(habit.harmless) for habit in habits), name
            assert len({round(habit.illicit, 6) for habit in habits}) > 30, name
    assert max(study.price for study in studies) > 3 * min(study.price for study in studies)
    # A new station has no finds to go by.
    assert 0.1 < np.mean([study.opened == (0.0, 0.0) for study in studies]) < 0.6


def test_each_way_of_smuggling_is_sent_as_it_says() -> None:
    rng = Random(9)
    world = make_world(rng, draw_study(rng), 2025, 300)
    sent = {modus: list(campaigns(_with_modus(world, modus), 60)) for modus in MODI}
    assert all(parcel.illicit and parcel.parts for parcels in sent.values() for parcel in parcels)
    sizes = {modus: max(Counter(parcel.group for parcel in parcels).values()) for modus, parcels in sent.items()}
    assert {modus for modus, size in sizes.items() if size > 1} == {"kit", "ring"}
    assert {line.hs[:2] for parcel in sent["open"] for line in parcel.lines[:1]} == {"93"}
    assert any(parcel.hidden_g > 0 for parcel in sent["added"])
    # A kit goes to one place, whatever name stands on it.
    cities = {(parcel.group, parcel.recipient.party["city"]) for parcel in sent["kit"]}
    assert len(cities) == len({parcel.group for parcel in sent["kit"]})


def _with_modus(world: World, modus: str) -> World:
    return replace(world, study=replace(world.study, modi={modus: 1.0}))


def test_some_carriers_never_send_a_field_and_always_the_same_one() -> None:
    gaps = draw_gaps(Random(3))
    forms = {carrier: gaps.of_carrier(carrier) for carrier in ("GBA", "CNA", "K01", "K02", "K03", "K04", "DEA", "FRA")}
    assert all(0.0 <= share <= 1.0 for form in forms.values() for share in form.values())
    assert any(share == 1.0 for form in forms.values() for share in form.values())
    assert len({tuple(form.items()) for form in forms.values()}) > 2
    assert draw_gaps(Random(3)).of_carrier("K01") == forms["K01"]


def test_a_habit_is_done_to_a_copy_and_the_same_way_each_time() -> None:
    rng = Random(7)
    world = make_world(rng, draw_study(rng), 2025, 300)
    for _ in range(60):
        parcel = honest(world)
        before = json.dumps([parcel.nature, parcel.transit, [line.usd for line in parcel.lines]])
        habits = frozenset(PARCEL_HABITS)
        done, again = (do_to_parcel(Random(1), parcel, habits) for _ in range(2))
        assert done == again
        assert done.nature == "documents"
        assert all(line.usd <= 1.0 for line in done.lines)
        assert json.dumps([parcel.nature, parcel.transit, [line.usd for line in parcel.lines]]) == before


def test_a_bare_declaration_is_valid_and_nearly_empty() -> None:
    rng = Random(8)
    world = make_world(rng, draw_study(rng), 2025, 300)
    bare, rich = (
        [_fields_of(declare(rng, honest(world), datetime(2025, 6, 1, tzinfo=UTC), habits)) for _ in range(80)]
        for habits in (frozenset({"bare"}), frozenset({"rich"}))
    )
    assert np.mean(bare) < 0.5 * np.mean(rich)


def _fields_of(manifest: dict[str, Any]) -> int:
    parse_manifest(manifest)
    return sum(1 for _ in _leaves(manifest, ""))


def _side(record: dict[str, Any]) -> tuple[int, int]:
    """Put people on two sides by their key, so that nobody of the test was seen in training."""
    keys = entity_keys(parse_manifest(record["manifest"]))
    first = [next((key for key in keys if key.startswith(kind)), record["group"]) for kind in ("sender", "recipient")]
    return sum(first[0].encode()) % 2, sum(first[1].encode()) % 2


def _fields(manifests: list[dict[str, Any]]) -> dict[str, Places]:
    values: dict[str, dict[int, str]] = {}
    for place, manifest in enumerate(manifests):
        for path, value in _leaves(manifest, ""):
            values.setdefault(path, {})[place] = value
    often = {path: known for path, known in values.items() if len(known) > 0.01 * len(manifests)}
    return {
        path: np.unique([known.get(place, "") for place in range(len(manifests))], return_inverse=True)[1]
        for path, known in often.items()
    }


def _leaves(node: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _leaves(value, f"{path}.{name}" if path else name)
    elif isinstance(node, list) and path in {"items", "documents"}:
        for place, value in enumerate(node):
            yield from _leaves(value, f"{path}.{place}")
    else:
        yield path, repr(node)


def _attack(codes: Places, labels: npt.NDArray[np.bool_], train: Any, test: Any) -> float:
    prior, size = labels[train].mean(), int(codes.max()) + 1
    rows = np.bincount(codes[train], minlength=size)
    hits = np.bincount(codes[train], weights=labels[train], minlength=size)
    rates = (hits + 10 * prior) / (rows + 10)
    return float(auc(Ranking(rates[codes[test]], labels[test]).blocks()))
