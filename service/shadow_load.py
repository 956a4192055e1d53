"""Keeps the candidate of a running service up to date: begun, ended or changed by an order in the procedure's history.

A candidate that cannot be used runs nowhere: the log and the figures say so, and parcels go their way without it.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

from features.errors import ParcelScreeningError
from models.bundle import Bundle
from models.card import Kind
from models.loading import load_risk, load_xray
from service.bundles import open_allowed
from service.in_force import kept_package
from service.live import Part, from_first_look
from service.screening import Tools
from service.settings import Settings
from service.shadow_types import Candidate
from sop.registry.events import Event, history_state
from sop.registry.standing import ShadowOrder, shadow_state

SHADOW = "shadow"


def trial_of(event: Event) -> str:
    """Return the name of a run, by the order that began it: rows of the store carry it."""
    return f"{event.seq}-{event.at}"


def load_candidate(order: ShadowOrder, settings: Settings) -> Candidate:
    """Load what an order names.

    Raises:
        InputError: The procedure is not valid for this installation, or a bundle cannot be read.
        CheckFailed: Something was changed since, or its licence or signature is not allowed here.
    """
    risk, xray = (_bundle(kind, order, settings) for kind in ("risk", "xray"))
    return Candidate(
        trial=trial_of(order.event),
        package=kept_package(settings.home, order.candidate.digest) if order.candidate else None,
        risk=load_risk(risk) if risk else None,
        xray=load_xray(xray) if xray else None,
        cards=tuple(one.card for one in (risk, xray) if one),
    )


def shadow_part(settings: Settings) -> Part:
    """Return the part of the tools that changes when a candidate begins or ends to run beside."""

    def look() -> Hashable:
        try:
            order = shadow_state(settings.home)
        except ParcelScreeningError:
            return ("unreadable", history_state(settings.home))
        return trial_of(order.event) if order else None

    def rebuilt(tools: Tools) -> Tools:
        order = shadow_state(settings.home)
        return replace(tools, shadow=load_candidate(order, settings) if order else None)

    return Part(SHADOW, from_first_look(look), rebuilt, lambda tools: replace(tools, shadow=None))


def _bundle(kind: Kind, order: ShadowOrder, settings: Settings) -> Bundle | None:
    path = order.risk_model if kind == "risk" else order.xray_model
    # Orders name folders of the home by their path in it, because a home may be moved as a whole.
    return open_allowed(settings, settings.home / path, kind) if path else None
