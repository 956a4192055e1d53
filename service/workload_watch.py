"""Keeps the workload's cuts of a running service up to date."""

from __future__ import annotations

import functools
import time
from typing import TYPE_CHECKING

from service.live import Part, from_first_look
from service.screening import Tools
from service.store.store import Store
from sop.workload import LEAST_PARCELS, MOST_PARCELS

if TYPE_CHECKING:
    from service.cuts import CutWatch

EVERY_SECONDS = 15.0


def workload_part(store: Store, least: int = LEAST_PARCELS, most: int = MOST_PARCELS) -> Part:
    """Return the part of the tools that holds the cuts, worked out every EVERY_SECONDS.

    Args:
        store: Where evidence is.
        least: From fewer parcels no cut is worked out.
        most: How many of the newest parcels of a policy and stage are looked at.
    """

    @functools.cache
    def watch() -> CutWatch:
        # Imported at the first look, which comes when the service answers already: its columns are no part of a start.
        from service.cuts import CutWatch

        return CutWatch(store, least, most)

    def rebuilt(tools: Tools) -> Tools:
        from service.cuts import with_cuts

        return with_cuts(tools, watch())

    mark = from_first_look(lambda: int(time.monotonic() / EVERY_SECONDS))
    return Part("workload", mark, rebuilt, lambda tools: tools, True)
