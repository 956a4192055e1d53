"""The combined probability, and contradictions between picture and declaration."""

from __future__ import annotations

from math import exp, inf, log, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.contents import LOOKS
from features.manifest import Item, Manifest
from models.fusion import CONTRADICTIONS, SMALLEST_PROBABILITY, STRONGEST_EVIDENCE, combine, contradictions
from models.results import Ability, ImageResult, PictureLook

probabilities = st.floats(0.0, 1.0)
ratios = st.floats(-50.0, 50.0)


def test_posterior_odds_are_prior_odds_times_the_ratio() -> None:
    posterior = combine(0.01, log(99.0), 0.5)
    assert posterior == pytest.approx(0.5)
    assert combine(0.2, -log(4.0), 0.5) == pytest.approx(1 / 17)


def test_without_a_manifests_score_the_base_rate_is_the_prior() -> None:
    assert combine(None, log(99.0), 0.01) == pytest.approx(0.5)


def test_without_a_picture_the_manifests_score_stands() -> None:
    assert combine(0.0431, None, 0.01) == 0.0431


def test_where_nothing_was_judged_nothing_is_said() -> None:
    assert combine(None, None, 0.01) is None
    assert combine(None, 1.0, None) is None


@pytest.mark.parametrize(
    ("risk", "ratio", "base"), [(nan, 0, 0.1), (-0.1, 0, 0.1), (1.1, 0, 0.1), (0.1, nan, 0.1), (None, 1, 2.0)]
)
def test_what_is_no_probability_is_refused(risk: float | None, ratio: float, base: float) -> None:
    with pytest.raises(ValueError, match=r"probability|not a number"):
        combine(risk, ratio, base)


@given(probabilities, ratios, probabilities)
def test_it_stays_a_probability(risk: float, ratio: float, base: float) -> None:
    posterior = combine(risk, ratio, base)
    assert posterior is not None
    assert SMALLEST_PROBABILITY <= posterior <= 1.0 - SMALLEST_PROBABILITY


@given(probabilities, probabilities, ratios)
def test_it_rises_with_the_risk(one: float, other: float, ratio: float) -> None:
    low, high = sorted((one, other))
    assert _known(combine(low, ratio, None)) <= _known(combine(high, ratio, None))


@given(probabilities, ratios, ratios)
def test_it_rises_with_the_evidence(risk: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    # exp and log round; a step of the last bit downwards is not a fall.
    assert _known(combine(risk, low, None)) <= _known(combine(risk, high, None)) + 1e-15


@given(st.floats(SMALLEST_PROBABILITY, 1.0 - SMALLEST_PROBABILITY), probabilities)
def test_a_ratio_of_one_changes_nothing(risk: float, base: float) -> None:
    assert combine(risk, 0.0, base) == risk
    assert combine(risk, None, base) == risk


@given(st.floats(1e-3, 0.999), st.floats(-5, 5), st.floats(-5, 5))
def test_evidence_adds_up(risk: float, first: float, second: float) -> None:
    assert combine(combine(risk, first, None), second, None) == pytest.approx(combine(risk, first + second, None))


@pytest.mark.parametrize(
    ("ratio", "clipped"), [(inf, STRONGEST_EVIDENCE), (-inf, -STRONGEST_EVIDENCE), (1e6, STRONGEST_EVIDENCE)]
)
def test_no_evidence_is_certain(ratio: float, clipped: float) -> None:
    assert combine(0.3, ratio, None) == combine(0.3, clipped, None)
    assert combine(0.5, clipped, None) == pytest.approx(exp(clipped) / (1 + exp(clipped)))


def _known(posterior: float | None) -> float:
    assert posterior is not None
    return posterior


def parcel(
    *items: dict[str, Any], grams: float | None = 850.0, sides: tuple[float, float, float] | None = None
) -> Manifest:
    return Manifest(
        item_id="1", channel="courier", origin_country="GB", destination_country="MX", gross_weight_g=grams,
        items=tuple(Item(**item) for item in items), dimensions_mm=sides,
    )  # fmt: skip


def picture(
    metal: float = 0.0, organic: float = 0.8, filled: float = 0.5, opaque: float = 0.0,
    ability: Ability = "no_interference",
) -> ImageResult:  # fmt: skip
    look = PictureLook(filled, metal, opaque, organic) if ability != "unreadable" else None
    return ImageResult("top", 640, 480, "0" * 64, "unknown", ability, None, (), (), look)


SHIRTS = {"description": "cotton shirts", "hs_code": "610910"}
SCREWS = {"description": "steel screws", "hs_code": "731815"}


def codes(manifest: Manifest, *images: ImageResult) -> list[str]:
    return [one.code for one in contradictions(manifest, images)]


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (SHIRTS, "DENSE_METAL_IN_TEXTILES"), ({"hs_code": "490199"}, "DENSE_METAL_IN_PAPER"),
        ({"description": "chocolate"}, "DENSE_METAL_IN_FOOD"), ({"hs_code": "392410"}, "DENSE_METAL_IN_PLASTICS"),
        ({"description": "zapatos"}, "DENSE_METAL_IN_FOOTWEAR"), ({"hs_code": "420292"}, "DENSE_METAL_IN_LEATHER"),
        ({"description": "perfume"}, "DENSE_METAL_IN_COSMETICS"), ({"hs_code": "300490"}, "DENSE_METAL_IN_MEDICINES"),
        ({"description": "竹"}, "DENSE_METAL_IN_WOOD"), ({"hs_code": "691110"}, "DENSE_METAL_IN_CERAMICS"),
        ({"description": "plush dolls"}, "DENSE_METAL_IN_TOYS"),
    ],
)  # fmt: skip
def test_dense_metal_where_the_goods_hold_none(item: dict[str, Any], code: str) -> None:
    allowed = LOOKS[code.removeprefix("DENSE_METAL_IN_")].most_metal
    assert codes(parcel(item), picture(metal=allowed + 0.01)) == [code]
    assert codes(parcel(item), picture(metal=allowed)) == []
    assert code in CONTRADICTIONS


def test_every_contradiction_is_explained() -> None:
    assert len(CONTRADICTIONS) == len(LOOKS) + 2
    assert all(meaning.endswith(".") for meaning in CONTRADICTIONS.values())


def test_the_text_names_the_figures() -> None:
    (one,) = contradictions(parcel(SHIRTS), [picture(metal=0.124)])
    assert one.text == (
        "Declared as textiles and clothing, which show at most 2%; 12.4% of what the picture shows is dense metal."
    )


def test_metal_is_found_where_one_view_shows_it_and_missed_only_where_no_view_does() -> None:
    views = (picture(metal=0.0), picture(metal=0.2))
    assert codes(parcel(SHIRTS), *views) == ["DENSE_METAL_IN_TEXTILES"]
    assert "largest of 2 views" in contradictions(parcel(SHIRTS), views)[0].text
    assert codes(parcel(SCREWS), *views) == []
    assert codes(parcel(SCREWS), picture(), picture()) == ["METAL_DECLARED_NOT_SEEN"]


def test_metal_goods_may_show_any_share_of_metal() -> None:
    assert codes(parcel(SCREWS), picture(metal=1.0, organic=0.0)) == []
    assert codes(parcel(SHIRTS, SCREWS), picture(metal=0.9)) == []


def test_a_picture_that_tells_no_materials_misses_no_metal() -> None:
    assert codes(parcel(SCREWS), picture(metal=0.0, organic=0.0)) == []
    assert codes(parcel(SCREWS, grams=100.0), picture()) == []
    assert codes(parcel(SCREWS, grams=None), picture()) == []


def test_an_empty_picture_contradicts_a_heavy_parcel() -> None:
    empty = picture(filled=0.001)
    assert codes(parcel(SHIRTS, grams=1200.0), empty) == ["PICTURE_EMPTY"]
    assert codes(parcel(SHIRTS, grams=300.0, sides=(200, 150, 90)), empty) == ["PICTURE_EMPTY"]


def test_thin_and_weightless_parcels_may_look_empty() -> None:
    empty = picture(filled=0.001)
    assert codes(parcel(SHIRTS, grams=300.0), empty) == []
    assert codes(parcel(SHIRTS, grams=None), empty) == []
    assert codes(parcel(SHIRTS, grams=500.0, sides=(600, 400, 20)), empty) == []
    assert codes(parcel(SHIRTS, grams=1200.0), empty, picture()) == []


def test_an_unreadable_picture_contradicts_nothing_and_a_shielded_one_may() -> None:
    assert codes(parcel(SHIRTS), picture(metal=0.5, ability="unreadable")) == []
    assert codes(parcel(SHIRTS)) == []
    assert codes(parcel(SHIRTS), picture(metal=0.5, ability="shield")) == ["DENSE_METAL_IN_TEXTILES"]


def test_of_unknown_goods_nothing_can_be_contradicted() -> None:
    assert codes(parcel({"description": "gift"}), picture(metal=0.9)) == []
