"""What declared goods should look like."""

from __future__ import annotations

from typing import Any

import pytest

from features.codes import HS_CHAPTERS
from features.contents import LOOKS, NOTHING_EXPECTED, expected_look, kinds_in_words, kinds_of
from features.contents_words import KINDS
from features.manifest import Item, Manifest


def manifest(*items: dict[str, Any]) -> Manifest:
    lines = tuple(Item(**item) for item in items)
    return Manifest(item_id="1", channel="courier", origin_country="GB", destination_country="MX", items=lines)


SHIRT = {"description": "cotton shirts", "hs_code": "610910"}
BOOK = {"description": "Bücher"}
BEARING = {"description": "rodamientos", "hs_code": "848210"}


@pytest.mark.parametrize(
    ("description", "code"),
    [
        ("women's T-shirts", "TEXTILES"), ("camisetas", "TEXTILES"), ("Baumwolle Hemd", "TEXTILES"),
        ("棉T恤", "TEXTILES"),
        ("livres", "PAPER"), ("宣传册", "PAPER"), ("chocolate", "FOOD"), ("茶叶", "FOOD"), ("zapatos", "FOOTWEAR"),
        ("Kugellager", "MACHINERY"), ("手机壳", "PLASTICS"), ("perfume", "COSMETICS"), ("boneca", ""),
        ("jouets", "TOYS"),
    ],
)  # fmt: skip
def test_words_name_kinds_in_five_languages(description: str, code: str) -> None:
    assert {kind.code for kind in kinds_in_words(description)} >= ({code} if code else set())
    assert bool(kinds_in_words(description)) == bool(code)


def test_what_goods_are_for_is_not_what_they_are() -> None:
    assert {kind.code for kind in kinds_in_words("leather strap for camera")} == {"LEATHER", "ELECTRONICS"}
    assert {kind.code for kind in kinds_in_words("leather strap for camera", purpose=False)} == {"LEATHER"}


def test_a_chapter_belongs_to_one_kind_at_most() -> None:
    homes = [chapter for kind in KINDS for chapter in kind.home]
    assert len(homes) == len(set(homes))
    assert set(homes) <= set(HS_CHAPTERS)
    assert all(kind.home <= kind.chapters <= set(HS_CHAPTERS) for kind in KINDS)


def test_code_and_words_both_count() -> None:
    assert [kind.code for kind in kinds_of(Item(description="steel buttons", hs_code="620520"))] == [
        "TEXTILES", "METALWARE",
    ]  # fmt: skip
    assert [kind.code for kind in kinds_of(Item(hs_code="6109.10"))] == ["TEXTILES"]


def test_arms_and_chemicals_are_no_kind_whatever_the_words() -> None:
    assert kinds_of(Item(description="cotton shirts", hs_code="930510")) == ()
    assert kinds_of(Item(description="paper", hs_code="290511")) == ()


def test_textiles_hold_almost_no_dense_metal() -> None:
    look = expected_look(manifest(SHIRT))
    assert (look.kind, look.name) == ("TEXTILES", "textiles and clothing")
    assert look.limited
    assert look.most_metal == LOOKS["TEXTILES"].most_metal


def test_several_lines_take_the_widest_expectation() -> None:
    toys = {"description": "plush dolls", "hs_code": "950300"}
    assert expected_look(manifest(SHIRT, BOOK, toys)).kind == "TOYS"
    assert not expected_look(manifest(SHIRT, BEARING)).limited


@pytest.mark.parametrize(
    "unknown", [{"description": "gift"}, {"hs_code": "930510"}, {"description": "cosas", "hs_code": "x"}]
)
def test_one_line_of_which_nothing_is_known_leaves_everything_open(unknown: dict[str, Any]) -> None:
    assert expected_look(manifest(SHIRT, unknown)) == NOTHING_EXPECTED


def test_heavy_metal_alone_must_show_metal_and_aluminium_need_not() -> None:
    iron = {"description": "screws", "hs_code": "731815"}
    assert expected_look(manifest(iron)).least_metal > 0
    assert expected_look(manifest({"hs_code": "761699"})).least_metal == 0
    assert expected_look(manifest(iron, SHIRT)).least_metal == 0
