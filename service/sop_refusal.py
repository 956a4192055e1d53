"""The refusal where the history of the procedure cannot be used."""

from __future__ import annotations

import logging

from features.errors import ParcelScreeningError
from service.live import cause_of
from service.problems import Refusal

log = logging.getLogger("parcel_screening")


def history_refusal(error: ParcelScreeningError) -> Refusal:
    """Return the refusal that says the history cannot be used now; the cause is for the operator's log."""
    log.error("the history of the procedure cannot be used", extra={"cause": cause_of(error)})
    return Refusal("history_unusable", "The history of the procedure cannot be used now; nothing was changed.")
