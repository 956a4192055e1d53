from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from math import isnan, log, nan

import numpy as np
import pytest

from features.history import NO_HISTORY, History, summarise
from features.indicators.register import REGISTER, raise_indicators
from features.manifest import Document, ExtraValue, Item, Manifest, Money, Party
from features.spec import FEATURE_SPEC, LEARNED, MISSING_PATHS, NORMED, SPEC_VERSION, FeatureSpec
from features.spec_codes import CODES, CROSSES, OFFSETS, about, bin_of, bin_range
from features.tabular import build_codes, build_row, extra_bin, extra_number, history_values
from features.text import fold, manifest_text
from models.risk_frame import observe

PARCEL = Manifest(
    item_id="RR473124829GB", channel="postal", mail_class="parcel", nature="gift", origin_country="GB",
    destination_country="MX", transit_countries=("US", "GB"), carrier_id="GBA", gross_weight_g=900.0,
    dimensions_mm=(300, 200, 100), declared_at=datetime(2026, 1, 31, tzinfo=UTC),
    postage=Money(amount=Decimal("20"), currency="USD"),
    sender=Party(name="Ropi Mesafi", country="CN", account_opened=date(2026, 1, 1)),
    items=(
        Item(description="Steel tubes 12 mm", quantity=2, net_weight_g=600.0, hs_code="7326.90", origin_country="CN",
             value=Money(amount=Decimal("30"), currency="USD")),
    ),
    documents=(Document(type="Export licence", reference="E-1"),),
)  # fmt: skip
BARE = Manifest(
    item_id="1", channel="courier", origin_country="GB", destination_country="MX", items=(Item(hs_code="01"),)
)


def row_of(manifest: Manifest, history: History = NO_HISTORY) -> dict[str, float]:
    row = build_row(manifest, raise_indicators(manifest), history)
    return dict(zip(FEATURE_SPEC.base_names, row.tolist(), strict=True))


def test_plausibility_is_computed_from_the_declared_figures() -> None:
    row = row_of(PARCEL)
    assert row["value_per_kg_log"] == pytest.approx(log(1 + 30 / 0.6))
    assert row["weight_per_article_log"] == pytest.approx(log(1 + 300))
    assert row["density"] == pytest.approx(0.9 / 6.0)
    assert row["net_share"] == pytest.approx(600 / 900)
    assert row["postage_share_log"] == pytest.approx(log(20 / 30))
    assert row["value_round"] == 1.0
    assert row["weight_round"] == 1.0
    assert row["transits"] == 2.0
    assert row["transit_returns"] == 1.0
    assert row["sender_elsewhere"] == 1.0
    assert row["account_age_log"] == pytest.approx(log(1 + 30))
    assert row["licence"] == 1.0
    assert row["text_digits"] == pytest.approx(0.25)


def test_what_is_not_declared_is_unknown_and_counted_as_missing() -> None:
    row = row_of(BARE)
    for name in (
        "value_per_kg_log",
        "density",
        "postage_share_log",
        "transits",
        "account_age_log",
        "sender_first_days",
    ):
        assert isnan(row[name]), name
    missing = {name for name, value in row.items() if name.startswith("missing_") and value == 1.0}
    assert missing == {f"missing_{path}" for path in MISSING_PATHS if path != "items.hs_code"}
    assert row["missing_share"] == pytest.approx(len(missing) / len(MISSING_PATHS))


def test_a_line_without_value_leaves_the_total_unknown_instead_of_too_small() -> None:
    assert isnan(row_of(replace(PARCEL, items=(*PARCEL.items, Item(description="more"))))["value_log"])


def test_every_indicator_of_the_register_is_a_column() -> None:
    for one in REGISTER:
        assert f"indicator_{one.code}" in FEATURE_SPEC.base_names
    raised = raise_indicators(BARE)
    row = row_of(BARE)
    assert raised
    assert all(row[f"indicator_{one.code}"] == 1.0 for one in raised)
    assert row["indicators"] == len({one.code for one in raised})


def test_history_reaches_the_row() -> None:
    row = row_of(PARCEL, History(sender_known=9, found_sender=0.5))
    assert row["sender_known"] == pytest.approx(log(10))
    assert row["found_sender"] == 0.5


def test_naming_nobody_looks_like_naming_strangers_and_never_better() -> None:
    stranger = Party(name="Tru Zaki", address=("2 Far Way",), country="GB")
    named = replace(BARE, sender=stranger, recipient=replace(stranger, name="Li Do"))
    at = datetime(2026, 1, 1, tzinfo=UTC)
    unnamed, unknown = (history_values(summarise(one, [], at)) for one in (BARE, named))
    assert str(unnamed) == str(unknown)


@pytest.mark.parametrize("role", ["sender", "recipient"])
@pytest.mark.parametrize(
    "changed",
    [
        {"name": "Olga Petrovna"},
        {"name": "Muhammad Li"},
        {"name": "A B"},
        {"name": "张伟"},
        {"name": "Sister Maria, 84 years"},
        {"name": "Mrs. Ropi Mesafi"},
        {"name": "محمد علي"},
        {"email": "olga@example.com", "phone": "+99912345678"},
    ],
)
def test_no_protected_attribute_is_a_feature(role: str, changed: dict[str, str]) -> None:
    """Sex, age, nationality, religion or the origin of a name must not move a single column, code or pattern."""
    usual = {"name": "Ropi Mesafi", "email": "ropi@example.com", "phone": "+99987654321"}
    person = getattr(PARCEL, role) or Party()
    plain, other = (replace(PARCEL, **{role: replace(person, **named)}) for named in (usual, {**usual, **changed}))
    one, two = (observe(parcel, raise_indicators(parcel), NO_HISTORY) for parcel in (plain, other))
    np.testing.assert_array_equal(one.base, two.base)
    assert (one.codes, one.text, one.patterns) == (two.codes, two.text, two.patterns)


def test_no_column_is_named_after_a_protected_attribute() -> None:
    features = [feature.name for feature in (*FEATURE_SPEC.base, *NORMED, *LEARNED)]
    words = {word.casefold() for name in (*features, *(code.name for code in CODES)) for word in name.split("_")}
    # The age of an account is none of a person.
    assert not words & {
        "sex", "gender", "nationality", "citizenship", "religion", "ethnicity", "race", "birth", "surname", "script",
        "salutation", "title",
    }  # fmt: skip
    assert [name for name in features if "age" in name.split("_")] == ["account_age_log"]


def test_the_digest_changes_with_any_column() -> None:
    base = FEATURE_SPEC.base
    blocks = (base, NORMED, LEARNED, CODES, CROSSES)
    assert FeatureSpec(SPEC_VERSION, *blocks).digest == FEATURE_SPEC.digest
    variants = [
        FeatureSpec("another", *blocks),
        FeatureSpec(SPEC_VERSION, (base[1], base[0], *base[2:]), *blocks[1:]),
        *(
            FeatureSpec(SPEC_VERSION, *blocks[:place], block[1:], *blocks[place + 1 :])  # type: ignore[arg-type]
            for place, block in enumerate(blocks)
        ),
    ]
    assert len({FEATURE_SPEC.digest, *(variant.digest for variant in variants)}) == len(variants) + 1


def test_names_are_unique_and_every_feature_has_a_meaning() -> None:
    assert len(set(FEATURE_SPEC.base_names)) == len(FEATURE_SPEC.base_names)
    for feature in (*FEATURE_SPEC.base, *NORMED, *LEARNED):
        assert feature.meaning.endswith(".")
        assert feature.reason.isupper()
    assert all(code.meaning.endswith(".") for code in CODES)
    assert {name for cross in CROSSES for name in cross} <= set(build_codes(PARCEL)) == {code.name for code in CODES}
    assert all(about(cross).replace("_", "").isupper() for cross in CROSSES)


def test_codes_come_from_the_main_line() -> None:
    codes = build_codes(PARCEL)
    assert codes["hs_heading"] == "7326"
    assert codes["hs_code"] == "732690"
    assert codes["route"] == "GB to MX"
    assert (codes["mail_class"], codes["nature"]) == ("parcel", "gift")
    assert codes["weight"] == "0.6"
    assert build_codes(BARE)["hs_heading"] is None
    assert build_codes(BARE)["weight_bin"] is None


@pytest.mark.parametrize("name", sorted(OFFSETS))
def test_a_bin_says_between_what_its_figure_lies(name: str) -> None:
    for figure in (0.0, 0.003, 0.07, 1.0, 12.5, 1_000_000.0):
        code = bin_of(figure, OFFSETS[name])
        assert code is not None
        low, high = bin_range(name, code)
        assert low - 1e-9 <= figure < high
    assert bin_of(nan, 1.0) is None


def test_zeros_at_the_end_say_how_round_a_figure_is() -> None:
    item = Item(description="x", net_weight_g=1500.0, value=Money(amount=Decimal("250000"), currency="KRW"))
    row = row_of(replace(PARCEL, items=(item,)))
    assert (row["value_zeros"], row["weight_zeros"]) == (4.0, 2.0)
    odd = replace(item, net_weight_g=None, value=Money(amount=Decimal("9.95"), currency="USD"))
    row = row_of(replace(PARCEL, items=(odd,)))
    assert row["value_zeros"] == 0.0
    assert isnan(row["weight_zeros"])


def test_a_site_s_own_number_is_a_code_of_two_digits() -> None:
    assert [extra_bin(value) for value in (8, 8.04, 0.0, 12345.0, None, "x")] == ["8", "8", "0", "1.2e+04", None, None]


def test_text_is_folded_in_every_script() -> None:
    assert fold("Pièces DÉTACHÉES ＡＢＣ") == "pieces detachees abc"
    assert manifest_text(PARCEL) == "steel tubes 00 mm"
    assert manifest_text(replace(PARCEL, items=(Item(description="零件"), Item(hs_code="01")))) == "零件"


@pytest.mark.parametrize("value", [10**400, 1e300, float("inf"), float("-inf"), "8", True, None])
def test_a_site_s_number_fits_its_column_or_is_unknown(value: ExtraValue) -> None:
    assert isnan(extra_number(value)) != (value is True)
