"""UPU S10 identifiers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.codes import COUNTRIES
from features.identifiers import S10, SERVICES, parse_s10, s10_check_digit, s10_fault
from features.manifest import MailClass


@pytest.mark.parametrize("text", ["RR473124829GB", "EE471108151FR", "EB000717618HK"])
def test_published_examples_are_valid(text: str) -> None:
    found = parse_s10(text)
    assert found is not None
    assert str(found) == text
    assert s10_fault(text) is None


def test_the_pieces_are_named() -> None:
    assert parse_s10("RR473124829GB") == S10(service="RR", serial="47312482", check_digit=9, country="GB")


@pytest.mark.parametrize("text", ["RR 473 124 829 GB", "rr473124829gb", " RR473124829GB\t"])
def test_print_and_keyboard_are_forgiven(text: str) -> None:
    assert str(parse_s10(text)) == "RR473124829GB"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("RR473124820GB", "check digit is 0, and 47312482 needs 9"),
        ("RR473124829QQ", "QQ is no country"),
        ("R473124829GB", "two letters, nine digits"),
        ("RR4731248299GB", "two letters, nine digits"),
        ("", "two letters, nine digits"),
        ("RR٤٧٣١٢٤٨٢٩GB", "two letters, nine digits"),
        ("ſR473124829GB", "two letters, nine digits"),
    ],
)
def test_a_fault_is_said_in_words(text: str, fault: str) -> None:
    assert parse_s10(text) is None
    assert fault in str(s10_fault(text))


@pytest.mark.parametrize("serial", ["4731248", "473124822", "4731248x", "٤٧٣١٢٤٨٢"])
def test_a_serial_has_eight_digits(serial: str) -> None:
    with pytest.raises(ValueError, match="eight digits"):
        s10_check_digit(serial)


@pytest.mark.parametrize(
    ("letter", "mail_class", "fits"),
    [("R", "letter", True), ("R", "parcel", False), ("C", "parcel", True), ("E", "ems", True), ("V", "letter", True),
     ("U", "letter", True), ("L", "letter", True), ("H", "parcel", True), ("E", "letter", False)],
)  # fmt: skip
def test_service_letters_and_mail_classes(letter: str, mail_class: MailClass, fits: bool) -> None:
    assert (mail_class in SERVICES[letter].mail_classes) is fits


def test_letters_that_s10_leaves_to_the_parties_say_nothing() -> None:
    found = parse_s10("ZZ473124829GB")
    assert found is not None
    assert found.service_class is None


@given(st.from_regex("[0-9]{8}", fullmatch=True), st.sampled_from(sorted(COUNTRIES)), st.integers(0, 9))
def test_exactly_one_check_digit_is_right(serial: str, country: str, digit: int) -> None:
    assert (parse_s10(f"CP{serial}{digit}{country}") is not None) == (digit == s10_check_digit(serial))


@given(st.from_regex("[0-9]{8}", fullmatch=True), st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(serial: str, place: int, step: int) -> None:
    """All single errors are caught, but for the few that the folding of 10 to 0 and 11 to 5 lets through."""
    wrong = serial[:place] + str((int(serial[place]) + step) % 10) + serial[place + 1 :]
    right, other = s10_check_digit(serial), s10_check_digit(wrong)
    assert right != other or right in (0, 5)
