"""Orders and differences as lines for people: shared by the commands that approve, activate and look back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import click

from service.settings import Settings
from sop.diff.policies import Change
from sop.registry.events import Event

VERBS = {
    "approve": "approved",
    "activate": "activated",
    "rollback": "rolled back",
    "withdraw": "withdrawn",
    "stop": "models stopped",
    "resume": "models resumed",
    "shadow_start": "shadow started",
    "shadow_stop": "shadow stopped",
}


def moment(at: datetime) -> str:
    """Return a moment as `2026-12-01 00:00 UTC`, with seconds where it has any."""
    in_utc = at.astimezone(UTC)
    return f"{in_utc:%Y-%m-%d %H:%M:%S} UTC" if in_utc.second else f"{in_utc:%Y-%m-%d %H:%M} UTC"


def until(then: datetime, now: datetime) -> str:
    """Return how long it is until a moment: `in 8 days`, `in 3 h 20 min`."""
    minutes = max(0, round((then - now) / timedelta(minutes=1)))
    days, hours = minutes // 1440, minutes // 60
    if days >= 2:
        return f"in {days} days"
    return f"in {hours} h {minutes % 60} min" if hours else f"in {minutes} min"


def order_line(event: Event) -> str:
    """Return who gave an order, when and why."""
    return f"{moment(event.recorded)} by {event.by.words}: {event.reason}"


def change_lines(changes: Iterable[Change]) -> list[str]:
    """Return differences as lines: what, then before and after."""
    lines = []
    for one in changes:
        lines.append(click.style(one.what, bold=True) + f"  {one.aspect}  " + click.style(one.kind, dim=True))
        lines += [click.style(f"  - {one.before}", fg="red")] if one.before is not None else []
        lines += [click.style(f"  + {one.after}", fg="green")] if one.after is not None else []
    return lines


def tell_setting(settings: Settings) -> None:
    """Warn where a setting names another procedure: it comes before whatever is activated."""
    if settings.sop is not None:
        text = f"PARCEL_SCREENING_SOP names {settings.sop}; while it is set, that is used and no activated version."
        click.echo(f"warning: {text}", err=True)
