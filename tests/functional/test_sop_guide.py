"""docs/sop-guide.md shows what the product prints: every command in it is run again, on fewer parcels."""

from __future__ import annotations

import importlib.util
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "guide.py"


@pytest.fixture(scope="module")
def guide() -> ModuleType:
    spec = importlib.util.spec_from_file_location("guide", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["guide"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_the_guide_shows_what_the_product_prints(guide: ModuleType) -> None:
    text = guide.GUIDE.read_text(encoding="utf-8")
    _, shown = guide.run(text, guide.FEW_PARCELS, datetime.now(UTC).date())
    assert len(shown) == text.count("```console")
    assert guide.differences(shown) == [], "write it anew: .venv/bin/python tools/guide.py"


def test_a_guide_that_shows_something_else_is_told_by_its_line(guide: ModuleType) -> None:
    block = guide.Block(7, "console", "", "$ parcel-screening sop check\npolicy.yaml: 0 errors, 0 warnings.\n")
    now = "$ parcel-screening sop check\npolicy.yaml: 0 errors, 1 warning.\n"
    (wrong,) = guide.differences([guide.Shown(block, now)])
    assert wrong.startswith("sop-guide.md:7: ")
    assert "1 warning" in wrong


def test_of_figures_the_words_must_be_the_same(guide: ModuleType) -> None:
    block = guide.Block(7, "console", "figures", "Lane   Before   After\nscan   15   23\n")
    assert guide.differences([guide.Shown(block, "Lane   Before   After\nscan    1    4\n")]) == []
    assert guide.differences([guide.Shown(block, "Lane   Then   Now\nscan   15   23\n")]) == [
        "sop-guide.md:7: Lane Before After"
    ]


def test_days_hashes_and_ids_may_differ(guide: ModuleType) -> None:
    one = "SHA-256 abfd0dd2997d, 2026-11-22 07:42:13 UTC, 01KABCDEFGHJKMNPQRSTVWXYZ0, key bae2d9e16af7"
    other = "SHA-256 0123456789ab, 2027-01-02 19:00:01 UTC, 01KZZZZZZZZZZZZZZZZZZZZZZZ, key 000000000000"
    assert guide.alike(one) == guide.alike(other)
    assert guide.alike("lane scan") != guide.alike("lane release")


def test_all_days_of_the_guide_move_together(guide: ModuleType) -> None:
    assert guide.moved("from: 2026-12-31, version 2026.12-1", timedelta(days=1)) == (
        "from: 2027-01-01, version 2026.12-1"
    )
