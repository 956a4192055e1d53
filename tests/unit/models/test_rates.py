"""Counts by codes and crosses of codes: smoothing, unknown and missing codes, the stored form."""

from __future__ import annotations

from math import log

import numpy as np
import pytest

from models.coded import code
from models.hashing import cross_keys, keyed
from models.rates import CodeRates
from training.encoding import fit_rates, smoothing_for

CODES = {
    "origin": code(["CN", "CN", "CN", "GB", None, "GB"]),
    "hs_chapter": code(["73", "73", "84", "73", "73", None]),
}
LABELS = np.array([True, True, False, False, False, False])
CROSSES = (("origin",), ("hs_chapter", "origin"))


def fitted() -> CodeRates:
    return fit_rates(CODES, LABELS, np.ones(6), CROSSES)


def test_rates_are_smoothed_towards_the_base_rate() -> None:
    rates = fitted()
    prior, weight = 1 / 3, smoothing_for(1 / 3)
    assert rates.prior == pytest.approx(prior)
    asked = {"origin": code(["CN", "FR"]), "hs_chapter": code(["73", "73"])}
    row, unknown = rates.columns(asked)
    assert row[0] == pytest.approx((2 + weight * prior) / (3 + weight))
    assert row[1] == pytest.approx((2 + weight * prior) / (2 + weight))
    assert row[2:].tolist() == pytest.approx([log(4), log(3)])
    assert unknown.tolist() == pytest.approx([prior, prior, 0.0, 0.0])


def test_a_missing_code_is_unknown_and_not_a_value() -> None:
    columns = fitted().columns({"origin": code([None, "CN"]), "hs_chapter": code(["73", None])})
    assert np.isnan(columns).tolist() == [[True, True, True, True], [False, True, False, True]]


def test_crosses_tell_order_and_names_apart() -> None:
    codes = {"a": code(["x", "y", "x"]), "b": code(["y", "x", "x"]), "c": code(["", "", ""])}
    keys = cross_keys(codes, [("a", "b"), ("b", "a"), ("a",), ("b",), ("a", "c")])
    # Three pairs each of a with b and b with a, two values each of a, of b, and of a with the constant c.
    assert len(set(keys.ravel().tolist())) == 12
    assert keys[0, 0] != keys[1, 1]
    np.testing.assert_array_equal(cross_keys(keyed(codes, "abc"), [("a", "b")])[:, 0], keys[:, 0])


def test_one_parcel_and_many_get_the_same_numbers() -> None:
    rates = fitted()
    together = rates.columns(CODES)
    for place in range(6):
        alone = {name: one.take(np.array([place])) for name, one in CODES.items()}
        assert rates.columns(alone)[0].tobytes() == together[place].tobytes()


def test_the_file_holds_the_same_counts() -> None:
    rates = fitted()
    again = CodeRates.from_bytes(rates.to_bytes(), rates.crosses, rates.prior, rates.smoothing)
    assert again.to_bytes() == rates.to_bytes()
    assert again.columns(CODES).tobytes() == rates.columns(CODES).tobytes()
    nothing = CodeRates(CROSSES, 0.1, 10.0, *(np.array([], dtype=kind) for kind in ("u8", "f4", "f4")))
    assert nothing.columns(CODES)[0].tolist() == pytest.approx([0.1, 0.1, 0.0, 0.0])
    assert fit_rates(CODES, LABELS, np.ones(6), ()).columns(CODES).shape == (6, 0)


def test_names_of_columns_and_their_groups() -> None:
    assert [one.name for one in fitted().features()] == [
        "rate:origin", "rate:hs_chapter+origin", "seen:origin", "seen:hs_chapter+origin",
    ]  # fmt: skip
    assert [one.reason for one in fitted().features()[:2]] == ["ROUTE", "GOODS_AND_ROUTE"]
