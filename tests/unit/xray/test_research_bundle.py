"""Bundles that learnt from research-only pictures: never chosen by themselves, and nothing but weights in them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from models import places
from models.card import CARD, read_card
from models.places import locate, shipped_bundles

ROOT = Path(__file__).parents[3] / "models" / "artifacts"
RESEARCH = [path.parent for path in sorted(ROOT.glob(f"*/{CARD}")) if read_card(path.parent).research_only]


def test_a_newer_research_bundle_is_never_chosen_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = shipped_bundles("xray")[-1]
    shutil.copytree(free, tmp_path / free.name)
    newer = tmp_path / "xray-research-99.0.0"
    shutil.copytree(free, newer)
    card = json.loads((newer / CARD).read_text())
    (newer / CARD).write_text(json.dumps({**card, "version": "99.0.0", "licence": "research-only"}))
    monkeypatch.setattr(places, "_shipped_root", lambda: tmp_path)
    assert [folder.name for folder in shipped_bundles("xray")] == [free.name]
    assert locate("xray", None, None).name == free.name
    assert locate("xray", None, newer) == newer
    (newer / CARD).write_text(json.dumps({**card, "version": "99.0.0"}))
    assert locate("xray", None, None) == newer


@pytest.mark.parametrize("folder", RESEARCH, ids=lambda folder: folder.name)
def test_a_shipped_research_bundle_holds_weights_alone(folder: Path) -> None:
    card = read_card(folder)
    assert {path.name for path in folder.iterdir()} == {CARD, "detector.onnx", "detector-int8.onnx", "weights.npz"}
    assert card.data["started_from"]
    assert "by bag" in card.data["split"]
    assert card.figures["any_part"]["interval"]
