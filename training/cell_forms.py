"""How a table writes what it writes: its dates, its decimal point, its words for nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

EPOCHS = {"epoch": 1.0, "epoch_ms": 1000.0, "epoch_us": 1_000_000.0}
"""Declared forms of times counted from 1970, and the counts in a second."""


@dataclass(frozen=True, slots=True)
class Forms:
    """How cells are written.

    Attributes:
        date_format: A pattern of `strptime` such as `%d.%m.%Y`, or one of EPOCHS; None: ISO 8601, as 2020-01-02.
        decimal: The decimal sign; where it is the comma, points and spaces group digits.
        missing: Words that say nothing, beside the blank cell.
    """

    date_format: str | None = None
    decimal: str = "."
    missing: frozenset[str] = frozenset()

    def plain_number(self, text: str) -> str:
        """Return a number as `float` reads it."""
        if self.decimal == ".":
            return text
        return text.replace(".", "").replace(" ", "").replace("\u00a0", "").replace(",", ".")

    def hint(self) -> str:
        """Say which form of dates was expected."""
        if self.date_format is None:
            return "expected as 2020-01-31; declare another form as date_format in the mapping"
        return f"expected in the declared form {self.date_format}"


FORMS = Forms()


def date_format_works(form: object) -> bool:
    """Return whether a declared form of dates can be read back."""
    if form in EPOCHS:
        return True
    try:
        sample = datetime(2026, 11, 22, 13, 14, 15, tzinfo=UTC)
        read = datetime.strptime(sample.strftime(str(form)), str(form))
    except (ValueError, TypeError):
        return False
    return isinstance(form, str) and (read.year, read.month, read.day) == (2026, 11, 22)
