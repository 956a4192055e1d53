"""Moments as people name them on the command line: a day, a moment, or how long ago."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import click

_AGO = re.compile(r"(\d{1,6})([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Moment(click.ParamType):  # type: ignore[type-arg]  # older releases of click know no type here
    """Reads `2026-11-20`, `2026-11-20T08:00Z`, or `36h`, `7d`, `2w` for so long ago; a day begins at 00:00 UTC."""

    name = "moment"

    def convert(self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the moment, timezone-aware."""
        if isinstance(value, datetime):
            return value
        if (ago := _AGO.fullmatch(value)) is not None:
            return datetime.now(UTC) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        try:
            return _written(value)
        except ValueError:
            self.fail(f"{value!r}: write a day (2026-11-20), a moment (2026-11-20T08:00Z), or 36h, 7d, 2w.", param, ctx)


def _written(text: str) -> datetime:
    if len(text) == len("2026-11-20"):
        return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("no time zone")
    return found


MOMENT = Moment()
