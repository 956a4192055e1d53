"""Ages as people name them on the command line: how long ago a moment lies, by the calendar."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import click

_AGE = re.compile(r"(\d{1,4})(d|w|mo|y)")
MONTHS_A_YEAR = 12


class Age(click.ParamType):  # type: ignore[type-arg]  # older releases of click know no type here
    """Reads `90d`, `26w`, `18mo`, `5y` as the moment so long ago."""

    name = "age"

    def convert(self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the moment, timezone-aware."""
        if isinstance(value, datetime):
            return value
        form = _AGE.fullmatch(value)
        if form is None:
            self.fail(f"{value!r}: write an age, for example 90d, 26w, 18mo or 5y.", param, ctx)
        try:
            return before(datetime.now(UTC), int(form[1]), form[2])
        except (ValueError, OverflowError):
            self.fail(f"{value!r}: that long ago there was no calendar.", param, ctx)


def before(now: datetime, count: int, unit: str) -> datetime:
    """Return the moment so many d, w, mo or y before another; the 29th to 31st become the 28th where months differ."""
    if unit in {"d", "w"}:
        return now - timedelta(days=count * (7 if unit == "w" else 1))
    months = now.year * MONTHS_A_YEAR + now.month - 1 - count * (MONTHS_A_YEAR if unit == "y" else 1)
    year, month = divmod(months, MONTHS_A_YEAR)
    try:
        return now.replace(year=year, month=month + 1)
    except ValueError:
        return now.replace(year=year, month=month + 1, day=28)


AGE = Age()
