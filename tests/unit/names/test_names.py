"""Names of one person or company agree, names of two do not. All names are invented."""

from __future__ import annotations

import pytest

from features.names import Kind, address_skeleton, prepare, similarity, skeleton
from features.names_script import romanise
from features.watchlist import NAME_SIMILARITY


@pytest.mark.parametrize(
    ("word", "latin"),
    [
        ("Müller", "muller"), ("Łukasz", "lukasz"), ("Straße", "strasse"), ("Nguyễn", "nguyen"), ("ılgaz", "ilgaz"),
        ("Жуков", "zhukov"), ("Щукин", "shchukin"), ("Ґалаґан", "galagan"), ("Παπαδόπουλος", "papadopulos"),
        ("Բարակ", "barak"), ("გიორგი", "giorgi"), ("נתן", "ntn"), ("سمير", "smyr"), ("نرگس", "nrgs"),
        ("नरेन्द्र", "narendr"), ("মোহাম্মদ", "mohammad"), ("ዐቢዮት", "abiyote"), ("김", "gim"), ("バラク", "baraku"),
        ("ジョージ", "joji"), ("ｱﾗﾝ", "aran"), ("٣", "3"), ("王伟", "王伟"), ("abc", "abc"), ("", ""),
    ],
)  # fmt: skip
def test_letters_of_many_scripts_become_latin(word: str, latin: str) -> None:
    assert romanise(word) == latin


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Сергей Жуков", "Sergej Zhukov"),
        ("Dr. Anna Müller", "MUELLER, Anna"),
        ("Ali bin Hasan", "ALI IBN HASAN"),
        ("Vandermeer Tools B.V.", "Vandermeer Tools"),
        ("Kestrel Trading Limited Liability Company", "Kestrel Trading LLC"),
        ('ООО "Ромашка"', "Romashka OOO"),
        ("Company of Forty-Two Anglers", "Company of 42 Anglers"),
        ("Kestrel Fund II Ltd", "Kestrel Fund 2 Limited"),
        ("Brook & Sons", "Brook and Sons"),
        ("O'Hara, Niamh", "niamh ohara"),
        ("株式会社さくら", "さくら"),
        ("Mohammed Saleh", "Muhammad Saleh"),
    ],
)
def test_the_same_name_otherwise_written_is_one(one: str, two: str) -> None:
    assert similarity(one, two) == 1.0
    assert skeleton(one) == skeleton(two)


@pytest.mark.parametrize(
    ("one", "two", "kind"),
    [
        ("Andrei Petrovich Voronin", "Andrei Voronin", "person"),
        ("A. Voronin", "Andrei Voronin", "person"),
        ("AndreiVoronin", "Andrei Voronin", "person"),
        ("Andrei Voron in", "Andrei Voronin", "person"),
        ("Andrei Vornoin", "Voronin, Andrei", "person"),
        ("Andre1 Voronin", "Andrei Voronin", "person"),
        ("سمير قاسم", "Samir Qasem", "person"),
        ("Kestrell Tradin Ltd", "Kestrel Trading Ltd", "company"),
        ("Kestrel Trading Group", "Kestrel Trading", "company"),
        ("Kestrel Aktiengeselschaft", "Kestrel AG", "company"),
    ],
)
def test_slips_and_missing_middle_names_stay_above_the_watch_lists_threshold(one: str, two: str, kind: Kind) -> None:
    assert NAME_SIMILARITY <= similarity(one, two, kind) <= 1.0


@pytest.mark.parametrize(
    ("one", "two", "kind"),
    [
        ("Andrei Voronin", "Andrei Sokolov", "person"),
        ("Andrei Voronin", "Pavel Voronin", "person"),
        ("Ali bin Hasan", "Hasan bin Ali", "person"),
        ("Andrei Voronin", "Voronin", "person"),
        ("P. Voronin", "Andrei Voronin", "person"),
        ("A.V.", "Andrei Voronin", "person"),
        ("김민수", "김민호", "person"),
        ("王小明", "王小红", "person"),
        ("Kestrel Systems", "Kestrel Solutions", "company"),
        ("Kestrel Fund II", "Kestrel Fund III", "company"),
        ("Kestrel Depot No. 5", "Kestrel Depot No. 6", "company"),
        ("Kestrel AG", "Kestrel GmbH", "company"),
        ("Kestrel Ltd", "Condor Ltd", "company"),
        ("王伟", "Wang Wei", "person"),
    ],
)
def test_other_people_and_companies_stay_below(one: str, two: str, kind: Kind) -> None:
    assert similarity(one, two, kind) < NAME_SIMILARITY


def test_more_differences_are_less_similar() -> None:
    names = ("Andrei Petrovich Voronin", "Andrei Petrovic Voronin", "Andrej Voronim", "Andrej Barumin", "Pavel Sokolov")
    found = [similarity(names[0], name, "person") for name in names]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("nothing", ["", "  ", "--", "!?", "\u200d", "̈"])
def test_a_text_without_letters_is_no_name(nothing: str) -> None:
    assert skeleton(nothing) == ""
    assert similarity(nothing, nothing) == 0.0
    assert similarity(nothing, "Andrei Voronin") == 0.0


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Mario Rossi", "Maria Rossi"),
        ("Ali bin Hasan", "Hasan bin Ali"),
        ("Hasan Qasem", "Husayn Qasem"),
        ("Kestrel 11 Ltd", "Kestrel 1 Ltd"),
        ("Lin Wu", "Lin Hu"),
        ("高石早苗", "高市早苗"),
    ],
)
def test_keys_of_different_people_differ(one: str, two: str) -> None:
    assert skeleton(one) != skeleton(two)


def test_keys_are_what_stores_hold() -> None:
    """A change here changes the keys in every store: say so in the changelog, and how to make them anew."""
    assert skeleton("Dr. Сергей Жуков") == "Jukuv sirgi"
    assert skeleton("Kestrel Trading & Sons No. 11, Ltd.") == "11 kistril nu suns trading"
    assert address_skeleton("Flat 11b, 5 Жуков St, Ltd. Row, LS1 1AA") == "11b 1aa 5 Jukuv flat ls1 ltd ruv st"


def test_titles_and_legal_forms_alone_are_still_a_name() -> None:
    assert skeleton("Limited") != ""
    assert skeleton("Dr") != ""
    assert similarity("Dr Khan", "Khan") == 1.0


def test_the_end_of_an_endless_name_is_not_compared() -> None:
    assert len(prepare("voronin " * 100_000).words) == 24
    assert similarity("a" * 100_000, "a" * 99_999) == 1.0


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("Kestrel GmbH & Co. KG", "Kestrel"),
        ("Kestrel Sp. z o.o.", "Kestrel"),
        ("Kestrel, S.A. de C.V.", "Kestrel"),
        ("Kestrel Co., Ltd.", "Kestrel"),
        ("Gesellschaft mit beschränkter Haftung Kestrel", "Kestrel"),
        ("ЗАО «Кестрель»", "Kestrel'"),
        ("Kestrel & Co", "Kestrel"),
    ],
)
def test_legal_forms_are_left_out(name: str, bare: str) -> None:
    assert skeleton(name) == skeleton(bare)
    assert similarity(name, bare, "company") == 1.0


@pytest.mark.parametrize("name", ["Maria Sá", "Sa Maria", "Kim Co", "Yun Co Kim"])
def test_what_may_be_a_surname_is_kept(name: str) -> None:
    assert len(skeleton(name).split()) == len(name.split())
    assert len(prepare(name, "person").words) >= 2
