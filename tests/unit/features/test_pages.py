"""The pages made from code are the ones in `docs/`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from features.indicators.register import REGISTER, register_markdown
from features.indicators.types import FAMILIES
from features.manifest_schema import JSON_CODES, PROBLEM_CODES, wire
from features.manifest_schema.page import page

DOCS = Path(__file__).parents[3] / "docs"


def test_the_indicators_page_is_up_to_date() -> None:
    assert (DOCS / "indicators.md").read_text(encoding="utf-8") == register_markdown()


def test_the_manifest_page_is_up_to_date() -> None:
    assert (DOCS / "manifest.md").read_text(encoding="utf-8") == page()


def test_every_field_and_code_stands_on_the_manifest_page() -> None:
    text = page()
    for part in (wire.Manifest, wire.Party, wire.Item, wire.Money, wire.Document, wire.Marketplace):
        for name in part.model_fields:
            row = next(line for line in text.splitlines() if line.startswith(f"| `{name}` |"))
            assert all(cell.strip() for cell in (row.split("|")[2], row.split("|")[4])), row
    assert all(f"| `{code}` |" in text for code in (*PROBLEM_CODES, *JSON_CODES))


def test_every_indicator_is_documented_dated_and_owned() -> None:
    codes = [one.code for one in REGISTER]
    assert len(codes) == len(set(codes)) >= 18
    for one in REGISTER:
        assert one.code == one.code.upper()
        assert one.family in FAMILIES
        assert all(text.endswith(".") for text in (one.meaning, one.justification)), one.code
        assert one.meaning.count(". ") == 0, one.code
        assert all((one.source, one.owner, one.check.__doc__)), one.code
        assert one.reviewed >= date(2026, 1, 1)
        assert register_markdown().count(f"### {one.code}\n") == 1


def test_every_family_has_indicators() -> None:
    assert {one.family for one in REGISTER} == set(FAMILIES)
