"""Notes the orders of the procedure's history while a service runs, and says in every answer that some are missing."""

from __future__ import annotations

import logging
from collections.abc import Hashable
from dataclasses import replace

from service.live import Part, from_first_look
from service.order_notes import missing_orders, note_orders
from service.screening import Notice, Tools
from service.settings import Settings
from service.store.store import Store
from sop.registry.events import history_state

ORDERS_MISSING = "orders_missing"
log = logging.getLogger("parcel_screening")


def order_notes_part(settings: Settings, store: Store) -> Part:
    """Return the part of the tools that notes each order, and says in every answer that some are missing."""

    def look() -> Hashable:
        return ("seen", history_state(settings.home))

    def rebuilt(tools: Tools) -> Tools:
        missing = missing_orders(store, settings.home)
        note_orders(store, settings.home)
        others = tuple(one for one in tools.warnings if one.code != ORDERS_MISSING)
        if not missing:
            return tools if others == tools.warnings else replace(tools, warnings=others)
        log.error("orders are missing from the procedure's history", extra={"cause": "; ".join(missing)})
        return replace(tools, warnings=(*others, _notice(len(missing))))

    return Part("order_notes", from_first_look(look), rebuilt, lambda tools: tools, quiet=True)


def _notice(count: int) -> Notice:
    noun = "order is" if count == 1 else "orders are"
    return Notice(ORDERS_MISSING, f"{count} {noun} missing from the history of the procedure. The log says which.")
