"""What the registry says, in JSON types: the same for `--json` of the commands and for the routes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from sop.registry.events import Event, VersionRef
from sop.registry.state import State


def order_as_json(event: Event | None) -> dict[str, Any] | None:
    """Return who gave an order, when and why; None for None."""
    if event is None:
        return None
    return {
        "seq": event.seq,
        "at": event.at,
        "effective": event.effective or event.at,
        "action": event.action,
        "by": asdict(event.by),
        "reason": event.reason,
        "version": version_as_json(event.version),
    }


def version_as_json(version: VersionRef | None) -> dict[str, str] | None:
    """Return a version; None for None."""
    return {**asdict(version), "title": version.title} if version else None


def standing_as_json(state: State, digest: str) -> dict[str, Any]:
    """Return what the registry says of the version in force, and what is to come.

    Args:
        state: The registry now.
        digest: Of the package that decides; it may be one that was never activated.

    Returns:
        `activated` (None: a file put it in force), `approved`, `pending`, `stop`, `shadow`: orders, or lists of them.
    """
    return {
        "activated": order_as_json(state.activation_of(digest)),
        "approved": _orders(state.approvals_of(digest)),
        "pending": _orders(state.pending),
        "stop": order_as_json(state.stop),
        "shadow": _shadow(state.shadow),
    }


def _orders(found: Iterable[Event]) -> list[dict[str, Any] | None]:
    return [order_as_json(one) for one in found]


def _shadow(event: Event | None) -> dict[str, Any] | None:
    order = order_as_json(event)
    return {**order, "models": event.shadow or {}} if order and event else None
