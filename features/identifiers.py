"""Identifiers of postal items: UPU standard S10.

An S10 identifier is two letters (service indicator), eight digits (serial), a check digit, and the ISO 3166-1 code of
the issuing operator's country. Check digit: weights 8 6 4 2 3 5 9 7, c = 11 - (sum mod 11), 10 becomes 0, 11 becomes 5.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from features.codes import COUNTRIES
from features.manifest import MailClass

WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_S10 = re.compile(r"([A-Z]{2})([0-9]{8})([0-9])([A-Z]{2})")


@dataclass(frozen=True, slots=True)
class Service:
    """What the first letter of the service indicator says; `mail_classes` empty where S10 leaves it to the parties."""

    meaning: str
    mail_classes: frozenset[MailClass]


# S10 assigns these first letters worldwide; all others are unassigned or for domestic and bilateral use.
SERVICES: Mapping[str, Service] = {
    "C": Service("parcel post", frozenset({"parcel"})),
    "E": Service("express mail service (EMS)", frozenset({"ems", "express"})),
    "H": Service("e-commerce parcel", frozenset({"parcel"})),
    "L": Service("letter post, tracked or express", frozenset({"letter", "express"})),
    "M": Service("letter post, M bag", frozenset({"letter"})),
    "Q": Service("letter post, international business reply", frozenset({"letter"})),
    "R": Service("letter post, registered", frozenset({"letter"})),
    "U": Service("letter post under customs control, neither registered nor insured", frozenset({"letter"})),
    "V": Service("letter post, insured", frozenset({"letter"})),
}


@dataclass(frozen=True, slots=True)
class S10:
    """A valid S10 identifier.

    Attributes:
        service: The two letters of the service indicator.
        serial: Eight digits.
        check_digit: 0 to 9.
        country: ISO 3166-1 alpha-2 of the issuing operator.
    """

    service: str
    serial: str
    check_digit: int
    country: str

    @property
    def service_class(self) -> Service | None:
        """What the first letter says, None where S10 leaves it to the parties."""
        return SERVICES.get(self.service[0])

    def __str__(self) -> str:
        return f"{self.service}{self.serial}{self.check_digit}{self.country}"


def s10_check_digit(serial: str) -> int:
    """Return the check digit of a serial.

    Raises:
        ValueError: The serial is not eight ASCII digits.
    """
    if not (len(serial) == len(WEIGHTS) and serial.isascii() and serial.isdecimal()):
        raise ValueError(f"An S10 serial has eight digits, not {serial!r}.")
    check = 11 - sum(weight * int(digit) for weight, digit in zip(WEIGHTS, serial, strict=True)) % 11
    return {10: 0, 11: 5}.get(check, check)


# Three indicators ask about the same number in a row, hence the cache.
@lru_cache(maxsize=64)
def parse_s10(text: str) -> S10 | None:
    """Return the identifier, None where the text is not a valid one.

    Blanks between the groups (the printed form, `RR 473 124 829 GB`) and lower case are accepted: they say something
    about the keyboard, nothing about the sender.
    """
    compact = "".join(text.split())
    match = _S10.fullmatch(compact.upper()) if compact.isascii() else None
    if match is None:
        return None
    service, serial, check, country = match.groups()
    if int(check) != s10_check_digit(serial) or country not in COUNTRIES:
        return None
    return S10(service, serial, int(check), country)


def s10_fault(text: str) -> str | None:
    """Say in a few words why a text is no valid S10 identifier, None where it is one."""
    if parse_s10(text):
        return None
    match = _S10.fullmatch("".join(text.split()).upper()) if text.isascii() else None
    if match is None:
        return "it is not two letters, nine digits and two letters"
    _, serial, check, country = match.groups()
    right = s10_check_digit(serial)
    if int(check) != right:
        return f"its check digit is {check}, and {serial} needs {right}"
    return f"{country} is no country"
