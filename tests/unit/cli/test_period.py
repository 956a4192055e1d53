"""Moments as people write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click
import pytest

from cli.period import MOMENT


def read(text: str) -> datetime:
    return MOMENT.convert(text, None, None)


def test_days_moments_and_ages_are_read() -> None:
    assert read("2026-11-20") == datetime(2026, 11, 20, tzinfo=UTC)
    assert read("2026-11-20T08:00+01:00") == datetime(2026, 11, 20, 7, tzinfo=UTC)
    for text, age in (("90m", timedelta(minutes=90)), ("36h", timedelta(hours=36)), ("2w", timedelta(days=14))):
        assert abs(datetime.now(UTC) - age - read(text)) < timedelta(minutes=1)


@pytest.mark.parametrize("text", ["yesterday", "7", "7y", "2026-13-01", "2026-11-20T08:00", ""])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(click.UsageError, match="write a day"):
        read(text)
