"""Which words are vague, which name firearms, and which only look like it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from features.indicators.lists import DEFAULT_LISTS
from features.indicators.terms import read
from features.indicators.terms_vague import VAGUE_TERMS
from features.indicators.wording import convertible_words, firearm_words, vagueness


@pytest.mark.parametrize(
    "description",
    [
        "gift", "GIFTS!!", "Gift for my friend", "spare parts", "metal parts, new", "2 pcs of various goods",
        "samples", "bits and pieces", "n/a", "no commercial value", "machine parts", "auto parts", "personal effects",
        "regalo", "repuestos", "mercancía", "efectos personales", "piezas metálicas", "uso personal", "cadeau",
        "pièces détachées", "échantillons", "effets personnels", "divers", "Geschenk", "Ersatzteile", "Zubehör",
        "Muster ohne Wert", "persönliche Sachen", "diverse Kleinteile", "礼物", "配件", "样品", "五金配件", "日用品",
        "个人物品", "金属零件", "liwu", "peijian", "yangpin", "geren wupin", "12345", "12 34-56", "...", "***", "-",
        "peças", "amostra sem valor", "ricambi", "effetti personali", "onderdelen", "części zamienne", "prezent",
        "yedek parça", "HEDİYE", "rezervni dijelovi", "делови", "запчасти", "подарок", "особисті речі",
        "aaa", "xxxxx", "啊啊啊", "x", "IMG_2034.jpg", "cotton shirt.pdf", "scan.tiff", "AB12345678", "５０００",
    ],
)  # fmt: skip
def test_nothing_in_it_names_the_goods(description: str) -> None:
    assert vagueness(description, DEFAULT_LISTS)


@pytest.mark.parametrize(
    "description",
    [
        "gift wrap machine", "gift: cotton scarf", "steel tube set", "spare parts for sewing machine",
        "women's shoes", "brake discs", "tubo de acero", "muestra de perfume", "pièces de monnaie", "Geschenkpapier",
        "Ersatzakku", "棉T恤", "汽车刹车片", "手机壳", "XXXL cotton shirt", "USB cable", "M8 bolts", "LED lamp",
        "honey", "tè", "кофе", "りんご", "toy cars", "10 books", "3D printer", "vitamin C", "www.example.com lamp",
    ],
)  # fmt: skip
def test_something_in_it_names_the_goods(description: str) -> None:
    assert vagueness(description, DEFAULT_LISTS) is None


@pytest.mark.parametrize(
    "description",
    [
        "pistol", "Glock slide assembly", "AR-15 lower receiver", "rifle barrel", "GUN PARTS", "firearm accessories",
        "9mm barrel", "30 rounds magazine", "solvent trap kit", "firing pin", "tactical suppressor", "5.56x45",
        ".22 LR", "cañón de pistola", "cargador táctico", "escopeta", "munición", "piezas de rifle",
        "aguja percutora", "canon de fusil", "pièces d'arme à feu", "chargeur de pistolet", "munitions", "percuteur",
        "culasse calibre 12", "Pistolenlauf", "Gewehrschaft", "Schlagbolzen", "Verschluss Kaliber 9", "Waffenteile",
        "Schusswaffe", "手枪零件", "步枪弹匣", "枪管", "子弹", "枪配件", "手槍", "战术扳机", "qiangguan",
        "shouqiang peijian", "danjia", "cano de pistola", "munições", "fucile da caccia", "munizioni", "vuurwapens",
        "patroonhouder", "lufa pistoletu", "amunicja", "tabanca parçası", "şarjör", "dijelovi pištolja", "пиштољ",
        "автомат Калашникова", "детали пистолета", "зброя",
    ],
)  # fmt: skip
def test_it_names_firearms_or_parts(description: str) -> None:
    assert firearm_words(description, DEFAULT_LISTS)


@pytest.mark.parametrize(
    "description",
    [
        "glue gun", "hot glue guns and sticks", "nail gun", "massage gun", "water gun", "spray gun", "heat gun",
        "toy pistol", "magazine subscription", "fashion magazine", "barrel of oil", "wine barrel", "bolt and nut set",
        "M9 bolt 9mm", "slide rail for drawer", "picture frame", "hydraulic cylinder", "trigger finger splint",
        "bicycle frame", "exhaust silencer", "surge suppressor", "av receiver", "hair slide", "claw hammer",
        "ink cartridge 45", "shotgun microphone", "barcode scanner gun", "price tag gun", "bullet journal",
        "gunpowder green tea", "Gunther lamp", "photo magazine holder", "juice extractor", "grip tape",
        "power magazine", "Canon camera", "fusible", "pistola de silicona", "pistola de pintura", "cartucho de tinta",
        "cargador de móvil", "corredera de cajón", "pistolet à colle", "pistolet à peinture", "cartouche d'encre",
        "chargeur de batterie", "fusil à aiguiser", "Heißklebepistole", "Spritzpistole", "Revolverlochzange",
        "Laufschuhe", "Buchse", "Waffeleisen", "Verschlusskappe", "热熔胶枪", "玩具枪", "筋膜枪", "手枪钻", "扫码枪",
        "子弹头口红", "水枪", "汽车消音器", "jiaoqiang", "pistola de cola quente", "pistola ad acqua", "waterpistool",
        "pistolet do kleju", "karabińczyk do kluczy", "silikon tabancası", "su tabancasi", "pištolj za silikon",
        "клеевой пистолет", "водяний пістолет", "esponja de lufa", "igla",
    ],
)  # fmt: skip
def test_it_only_looks_like_a_firearm(description: str) -> None:
    assert firearm_words(description, DEFAULT_LISTS) == ()


@pytest.mark.parametrize(
    "description",
    [
        "blank firing pistol", "starter pistol", "Airsoft replica", "9mm P.A.K.", "deactivated revolver",
        "gel blaster", "pistola de fogueo", "arma detonadora", "pistolet d'alarme", "balles à blanc",
        "Schreckschusspistole", "Softair", "Gaspistole", "Luftgewehr", "仿真枪", "发令枪", "空包弹", "fangzhenqiang",
    ],
)  # fmt: skip
def test_it_names_convertible_weapons(description: str) -> None:
    assert convertible_words(description, DEFAULT_LISTS)


@pytest.mark.parametrize(
    "description", ["blank paper", "gas cooker", "traffic signal", "starter motor", "replica vase", "气泡枪玩具水枪"]
)
def test_it_only_looks_convertible(description: str) -> None:
    assert convertible_words(description, DEFAULT_LISTS) == ()


def test_a_harmless_phrase_does_not_hide_the_word_beside_it() -> None:
    assert firearm_words("glue gun and pistol barrel", DEFAULT_LISTS) == ("pistol", "barrel")
    assert firearm_words("玩具枪 手枪", DEFAULT_LISTS) == ("手枪",)


def test_without_the_exclusions_a_glue_gun_is_found() -> None:
    nothing = replace(DEFAULT_LISTS.exclusions, terms={})
    assert firearm_words("glue gun", replace(DEFAULT_LISTS, exclusions=nothing)) == ("gun",)


def test_matching_ignores_case_accents_width_and_plural() -> None:
    for text in ("MUNICION", "munición", "Municiones", "ｐｉｓｔｏｌ", "pistols"):
        assert firearm_words(text, DEFAULT_LISTS), text


def test_the_vague_list_is_wide_and_dated() -> None:
    assert len(VAGUE_TERMS) >= 80
    main, more = {"en", "es", "fr", "de", "zh", "zh-latn"}, {"pt", "it", "nl", "pl", "tr", "sr-hr-bs", "ru", "uk"}
    assert main | more == set(VAGUE_TERMS.terms)
    assert all(len(terms) >= (20 if one in main else 10) for one, terms in VAGUE_TERMS.terms.items())
    assert VAGUE_TERMS.reviewed
    assert VAGUE_TERMS.version


@pytest.mark.parametrize("language", sorted(VAGUE_TERMS.terms))
def test_every_vague_term_is_vague_by_itself(language: str) -> None:
    assert [term for term in VAGUE_TERMS.terms[language] if not vagueness(term, DEFAULT_LISTS)] == []


@pytest.mark.parametrize("name", ["firearm", "convertible"])
def test_every_firearm_term_is_found_by_itself(name: str) -> None:
    terms = [term for language in getattr(DEFAULT_LISTS, name).terms.values() for term in language]
    find = {"firearm": firearm_words, "convertible": convertible_words}[name]
    assert [term for term in terms if not find(term.removesuffix("*"), DEFAULT_LISTS)] == []


def test_every_exclusion_is_needed() -> None:
    """An exclusion that excludes nothing is a typing error, or a phrase that no list would have found."""
    idle = [
        term
        for terms in DEFAULT_LISTS.exclusions.terms.values()
        for term in terms
        if firearm_words(term, DEFAULT_LISTS) or convertible_words(term, DEFAULT_LISTS)
    ]
    assert idle == []


def test_latin_and_chinese_are_read_apart() -> None:
    text = read("Nike 手枪ABC 12")
    assert text.tokens == ("nike", "abc", "12")
    assert text.characters.split() == ["手枪"]
