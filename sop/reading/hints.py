"""What an author may have meant with a number, a date or a code that is written otherwise than the language wants."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

PER_CENT = re.compile(r"(\d{1,3}(?:[.,]\d{1,6})?) ?%")
COMMA = re.compile(r"\d*,\d+")
DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
YEAR_FIRST = re.compile(r"(\d{4})[./-](\d{1,2})[./-](\d{1,2})")
SPACED_DIGITS = re.compile(r"\d{2,4}(?:[. ]\d{1,6}){1,4}")
SIGNED_OR_POWER = re.compile(r"\+?(\d{0,9}(?:\.\d{1,12})?)(?:[eE]([+-]?\d))?", re.ASCII)
LONGEST_CUT = 60


def cut(text: str) -> str:
    """Return a text as messages repeat it: on one line, and its beginning alone where it is long."""
    line = " ".join(text.split()) if "\n" in text else text
    return line if len(line) <= LONGEST_CUT else f"{line[:LONGEST_CUT]}…"


def number_meant(text: str, share: bool) -> str | None:
    """Return a number as the language writes it: `0.05` for `0,05` and `5e-2`, and for `5 %` where shares go to 1."""
    if share and (found := PER_CENT.fullmatch(text)):
        return f"{float(found[1].replace(',', '.')) / 100:.10f}".rstrip("0").rstrip(".")
    if COMMA.fullmatch(text):
        return text.replace(",", ".")
    return _written_out(text)


def _written_out(text: str) -> str | None:
    """Return `0.1` for `1e-1` and for `+0.1`; None for what is no such number."""
    found = SIGNED_OR_POWER.fullmatch(text)
    if found is None or not found[1]:
        return None
    whole = f"{Decimal(found[1]).scaleb(int(found[2] or 0)):f}"
    return whole.rstrip("0").rstrip(".") if "." in whole else whole


def day_meant(text: str) -> date | None:
    """Return the day of another way to write dates, where only one day can be meant: not for 03/04/2026."""
    if found := YEAR_FIRST.fullmatch(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := DAY_FIRST.fullmatch(text):
        first, second, year = (int(one) for one in found.groups())
        days = {day for day in (_day(year, second, first), _day(year, first, second)) if day is not None}
        return days.pop() if len(days) == 1 else None
    return None


def digits_meant(text: str) -> str | None:
    """Return the digits of an HS code that is written with dots or spaces, such as 9301.20."""
    return re.sub(r"\D", "", text) if SPACED_DIGITS.fullmatch(text) else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
