"""Spans and moments as an administrator writes them: 90d, 12h, 2027-01-31, 2027-01-31T18:00:00Z."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from features.errors import UsageError

_SPAN = re.compile(r"(\d{1,6})([mhd])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
LONGEST = timedelta(days=36_525)


def span(text: str, option: str) -> timedelta:
    """Read a span: minutes, hours or days (30m, 24h, 90d), or 0.

    Raises:
        UsageError: It is none, or longer than a century.
    """
    if text == "0":
        return timedelta(0)
    form = _SPAN.fullmatch(text)
    if form is None:
        raise UsageError(f"{option} {text[:40]}: not a span; write 30m, 24h, 90d or 0.")
    found = int(form.group(1)) * _UNITS[form.group(2)]
    if found > LONGEST:
        raise UsageError(f"{option} {text}: longer than a century.")
    return found


def expiry(text: str, now: datetime) -> datetime:
    """Read when a key ends: a span from now, the last day (UTC) on which it works, or a moment with its zone.

    Raises:
        UsageError: It is none of them.
    """
    if _SPAN.fullmatch(text):
        return now + span(text, "--expires")
    try:
        if len(text) == len("2027-01-31"):
            last = date.fromisoformat(text)
            return datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        moment = datetime.min
    if moment.tzinfo is None:
        raise UsageError(
            f"--expires {text[:40]}: write 90d, 12h, a date (2027-01-31) or a time (2027-01-31T18:00:00Z)."
        )
    return moment.astimezone(UTC)
