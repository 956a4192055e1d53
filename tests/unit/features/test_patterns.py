"""Which parcels count as declared alike, and which must not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from features.manifest import Item, Manifest, Money, Party
from features.patterns import LEVELS, NO_KEY, pattern_keys

TUBES = Item(
    description="Steel tubes, 12 mm", net_weight_g=600.0, hs_code="7326.90", origin_country="CN",
    value=Money(amount=Decimal("30.00"), currency="USD"),
)  # fmt: skip
PARCEL = Manifest(
    item_id="1", channel="courier", origin_country="GB", destination_country="MX", items=(TUBES,),
    extra={"Tax Rate": 8.0, "Tax Type": "A", "Office": "30"},
)  # fmt: skip


def with_item(**changed: object) -> Manifest:
    return replace(PARCEL, items=(replace(TUBES, **changed),))  # type: ignore[arg-type]


def alike(one: Manifest, two: Manifest, extras: tuple[str, ...] = ()) -> list[str]:
    pairs = zip(LEVELS, pattern_keys(one, extras), pattern_keys(two, extras), strict=True)
    return [level for level, first, second in pairs if first == second]


@pytest.mark.parametrize(
    "same",
    [
        replace(PARCEL, item_id="2", channel="postal", carrier_id="X"),
        replace(PARCEL, sender=Party(name="Ropi Mesafi"), recipient=Party(phone="+999")),
        with_item(description="STEEL TUBES 15 mm"),
        with_item(hs_code="732690"),
        with_item(net_weight_g=600.2),
        with_item(value=Money(amount=Decimal("30"), currency="USD")),
    ],
)
def test_people_spelling_and_noise_of_the_scales_make_no_difference(same: Manifest) -> None:
    assert alike(PARCEL, same) == list(LEVELS)


def test_value_and_weight_tell_the_finer_levels_apart() -> None:
    assert alike(PARCEL, with_item(value=Money(amount=Decimal("30"), currency="EUR"))) == ["goods", "weight"]
    assert alike(PARCEL, with_item(net_weight_g=601.0)) == ["goods"]
    assert alike(PARCEL, with_item(net_weight_g=None)) == ["goods"]


@pytest.mark.parametrize(
    "other",
    [
        replace(PARCEL, origin_country="IE"),
        replace(PARCEL, destination_country="AR"),
        replace(PARCEL, items=(TUBES, TUBES)),
        with_item(origin_country="VN"),
        with_item(hs_code="732611"),
        with_item(description="Copper tubes, 12 mm"),
    ],
)
def test_other_goods_or_another_route_are_another_pattern(other: Manifest) -> None:
    assert alike(PARCEL, other) == []


def test_the_site_s_own_columns_count_where_the_mapping_says_so() -> None:
    taxed = replace(PARCEL, extra={**PARCEL.extra, "Tax Type": "B"})
    assert alike(PARCEL, taxed) == list(LEVELS)
    assert alike(PARCEL, taxed, ("Tax Rate", "Tax Type")) == []
    whole = replace(PARCEL, extra={**PARCEL.extra, "Tax Rate": 8, "Office": "12"})
    assert alike(PARCEL, whole, ("Tax Rate", "Tax Type")) == list(LEVELS)


def test_parcels_that_declare_no_goods_are_alike_in_nothing() -> None:
    bare = replace(PARCEL, items=(Item(hs_code="", net_weight_g=600.0),))
    assert set(pattern_keys(bare)) == {NO_KEY}
    assert NO_KEY not in pattern_keys(PARCEL)
    assert all(0 < key < 2**64 for key in pattern_keys(PARCEL))
