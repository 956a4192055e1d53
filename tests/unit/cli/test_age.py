"""Ages lie back by the calendar."""

from __future__ import annotations

from datetime import UTC, datetime

import click
import pytest

from cli.age import AGE, before

LEAP_DAY = datetime(2028, 2, 29, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("count", "unit", "moment"),
    [
        (90, "d", datetime(2027, 12, 1, 12, 0, tzinfo=UTC)),
        (2, "w", datetime(2028, 2, 15, 12, 0, tzinfo=UTC)),
        (18, "mo", datetime(2026, 8, 29, 12, 0, tzinfo=UTC)),
        (5, "y", datetime(2023, 2, 28, 12, 0, tzinfo=UTC)),
        (4, "y", datetime(2024, 2, 29, 12, 0, tzinfo=UTC)),
        (14, "mo", datetime(2026, 12, 29, 12, 0, tzinfo=UTC)),
    ],
)
def test_so_long_ago_is_by_the_calendar(count: int, unit: str, moment: datetime) -> None:
    assert before(LEAP_DAY, count, unit) == moment


@pytest.mark.parametrize("text", ["5", "y", "-5y", "5 y", "9999y", "5m"])
def test_what_is_no_age_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter):
        AGE.convert(text, None, None)
