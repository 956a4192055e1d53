"""What a procedure is checked against: the day, and what this installation has besides it."""

from __future__ import annotations

from datetime import date

from features.errors import ParcelScreeningError
from service.settings import Settings
from service.watchlists import load_watchlists
from sop.check import Context


def check_context(settings: Settings, today: date) -> Context:
    """Return what `sop check` compares a procedure to; what cannot be read here is not compared."""
    try:
        watchlists = load_watchlists(settings.home)
    except ParcelScreeningError:
        # A broken watch list has its own command and stops the service; it says nothing about the procedure.
        return Context(today=today)
    return Context(today=today, watchlists=watchlists)
