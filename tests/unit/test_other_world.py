"""The other world: readable by the product, repeatable, and not given away by one or two cells."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.other_world.attack import attack, cells
from benchmarks.other_world.smuggling import MODI
from benchmarks.other_world.world import PERFECT_COVER, make
from features.manifest_schema import parse_manifest

ROOT = Path(__file__).parents[2]
Lines = Sequence[dict[str, Any]]


@pytest.fixture(scope="module")
def lines() -> Lines:
    return make(12_000, seed=5, base_rate=0.05)


def test_every_manifest_is_one_by_the_contract(lines: Lines) -> None:
    manifests = [parse_manifest(line["manifest"]) for line in lines]
    assert len({manifest.item_id for manifest in manifests}) == len(manifests)


def test_count_base_rate_and_order_are_as_asked(lines: Lines) -> None:
    assert len(lines) == 12_000
    assert sum(line["label"] for line in lines) == 600
    assert [line["screened_at"] for line in lines] == sorted(line["screened_at"] for line in lines)


def test_every_modus_occurs_and_stands_only_on_illicit_lines(lines: Lines) -> None:
    modi = Counter(line["modus"] for line in lines if line["label"])
    assert set(modi) == {way.__name__ for way in MODI} | {PERFECT_COVER}
    assert all(line["modus"] is None and not line["contents"] for line in lines if not line["label"])
    assert all(line["contents"] for line in lines if line["label"])


def test_findings_come_after_the_screening_and_tell_the_truth(lines: Lines) -> None:
    opened = [line for line in lines if "found" in line]
    assert {line["found"] for line in opened} == {True, False}
    assert all(line["found"] == bool(line["label"]) for line in opened)
    assert all(line["finding_at"] > line["screened_at"] for line in opened)


def test_the_seed_decides_everything() -> None:
    assert make(400, seed=3, base_rate=0.1) == make(400, seed=3, base_rate=0.1)
    assert make(400, seed=3, base_rate=0.1) != make(400, seed=4, base_rate=0.1)


def test_no_field_and_no_pair_of_fields_gives_the_label_away(lines: Lines) -> None:
    labels = np.array([bool(line["label"]) for line in lines])
    groups = [line["group"] for line in lines]
    area, where = attack(cells(lines), labels, groups)[0]
    assert area < 0.75, where
    # The attack itself finds what there is to find: a field that is the label ranks perfectly.
    told = {**cells(lines), "label": [str(line["label"]) for line in lines]}
    assert attack({"label": told["label"]}, labels, groups)[0] == (1.0, "label")


def test_honest_people_are_vague_and_write_again_too(lines: Lines) -> None:
    honest = [line["manifest"] for line in lines if not line["label"]]
    described = Counter(str(item.get("description")).casefold() for one in honest for item in one["items"])
    assert described["parts"] > 0
    assert described["gift"] > 0
    phones = Counter(phone for one in honest if (phone := one["sender"].get("phone")))
    assert phones.most_common(1)[0][1] > 5


def test_perfect_cover_looks_like_an_honest_parcel(lines: Lines) -> None:
    covered = [line["manifest"] for line in lines if line["modus"] == PERFECT_COVER]
    honest = [line["manifest"] for line in lines if not line["label"]]

    def grams(manifests: Sequence[dict[str, Any]]) -> float:
        return float(np.median([one["gross_weight_g"] for one in manifests if "gross_weight_g" in one]))

    assert grams(covered) == pytest.approx(grams(honest), rel=0.5)


def test_the_command_writes_what_make_returns(tmp_path: Path) -> None:
    output = tmp_path / "other.ndjson"
    command = [sys.executable, "-m", "benchmarks.other_world", "--count", "300", "--seed", "2", "--base-rate", "0.1"]
    done = subprocess.run([*command, "--output", str(output)], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "300 parcels, 30 illicit" in done.stdout
    written = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    assert written == make(300, seed=2, base_rate=0.1)
