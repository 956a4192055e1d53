"""How the studies on real scans make bags and draw by them, on numbers made by hand."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import real_scans
from benchmarks.real_scans import RealScans, draw, runs
from training.xray.store import Store, StoreWriter


@pytest.fixture
def scans(tmp_path: Path) -> RealScans:
    StoreWriter(tmp_path).finish({})
    kinds = tuple("armed" if place % 4 == 0 else "white" for place in range(120))
    bags = np.arange(120, dtype=np.int64) // 6
    return RealScans(Store(tmp_path), bags, kinds, ("one",) * 120, ((),) * 120, (Path("x"),) * 120)


def test_numbers_that_follow_each_other_are_one_bag_within_a_set() -> None:
    names = ["P0007.jpg", "P0001.jpg", "P0003.jpg", "P0030.jpg", "bg_0002.jpg"]
    bags = runs(names, ["a", "a", "a", "a", "b"])
    assert bags[0] == bags[1] == bags[2]
    assert len({int(bags[0]), int(bags[3]), int(bags[4])}) == 3


def test_drawn_and_other_pictures_share_no_bag_and_keep_the_mix(scans: RealScans) -> None:
    learn, other = draw(scans, 40, seed=3)
    assert len(learn) == 40
    assert not set(scans.bags[learn]) & set(scans.bags[other])
    assert scans.armed[learn].sum() == 10
    assert not np.array_equal(learn, draw(scans, 40, seed=4)[0])


def test_bags_are_written_into_a_coco_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    images = [{"id": n, "file_name": f"{n:04}.jpg", "set": "a"} for n in (1, 2, 50)]
    source, target = tmp_path / "a.json", tmp_path / "b.json"
    source.write_text(json.dumps({"images": images, "annotations": [], "categories": []}))
    monkeypatch.setattr(sys, "argv", ["real_scans", str(source), "--output", str(target)])
    real_scans.main()
    bags = [one["bag"] for one in json.loads(target.read_text())["images"]]
    assert bags[0] == bags[1] != bags[2]
