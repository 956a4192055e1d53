"""Countries, currencies, HS codes and approximate rates."""

from __future__ import annotations

from decimal import Decimal

import pytest

from features.codes import (
    COUNTRIES,
    CURRENCIES,
    HS_CHAPTERS,
    WITHDRAWN_CURRENCIES,
    hs_chapter,
    hs_digits,
    hs_heading,
)
from features.indicators.value_bounds import VALUE_PER_KG
from features.manifest import Money
from features.rates import PER_USD, usd


def test_the_tables_are_complete() -> None:
    assert len(COUNTRIES) == 249
    assert {"GB", "MX", "TW", "SS", "CW"} <= COUNTRIES
    assert not {"UK", "EU", "XK", "AN", "SU"} & COUNTRIES
    assert {"USD", "EUR", "XCG", "ZWG", "SLE"} <= CURRENCIES
    assert not CURRENCIES & WITHDRAWN_CURRENCIES.keys()
    assert not {"DEM", "BGN", "HRK", "XAU"} & CURRENCIES
    assert set(HS_CHAPTERS) == set(range(1, 98)) - {77}


@pytest.mark.parametrize(
    ("code", "digits"),
    [("732690", "732690"), ("7326", "7326"), ("7326.90.98", "73269098"), ("6109 10", "610910"),
     ("0101290000", "0101290000"),
     ("990099", "990099"), ("77", None), ("770000", None), ("000000", None), ("73269", None), ("1234567890123", None),
     ("abcd", None), ("", None), ("٧٣٢٦", None)],
)  # fmt: skip
def test_hs_codes(code: str, digits: str | None) -> None:
    assert hs_digits(code) == digits
    assert hs_chapter(code) == (int(digits[:2]) if digits else None)
    assert hs_heading(code) == (digits[:4] if digits else None)


def test_a_missing_code_has_no_chapter() -> None:
    assert hs_chapter(None) is None
    assert hs_heading(None) is None


def test_every_chapter_has_plausible_bounds() -> None:
    assert set(VALUE_PER_KG) == set(HS_CHAPTERS)
    assert all(low > 0 and high >= 100 * low for low, high in VALUE_PER_KG.values())


def test_rates_belong_to_currencies_and_unknown_ones_give_no_figure() -> None:
    assert set(PER_USD) <= CURRENCIES | WITHDRAWN_CURRENCIES.keys()
    assert all(rate > 0 for rate in PER_USD.values())
    assert usd(Money(amount=Decimal("25.00"), currency="USD")) == Decimal("25.00")
    assert usd(Money(amount=Decimal(1550), currency="JPY")) == Decimal(10)
    assert usd(Money(amount=Decimal(5), currency="XXX")) is None
