"""Keeps the models of a running service up to date: what is promoted is taken, what cannot be loaded is said."""

from __future__ import annotations

import logging
from collections.abc import Hashable
from dataclasses import replace

from features.errors import ParcelScreeningError
from models.card import KINDS, Card, Kind
from models.loading import load_risk, load_xray
from models.risk import RiskModel
from models.xray import XrayModel
from service.bundles import mark, open_in_use
from service.kept import keep_bundle
from service.live import Part, cause_of
from service.screening import Notice, Tools
from service.settings import Settings

NAMES: dict[Kind, str] = {"risk": "risk model", "xray": "X-ray detector"}
log = logging.getLogger("parcel_screening")


def with_models(tools: Tools, settings: Settings) -> Tools:
    """Return the tools with the models in use now; one that cannot be loaded is left out and named in `warnings`.

    While the models are stopped, none is loaded.
    """
    for kind in () if tools.stopped else KINDS:
        tools = _first(kind, tools, settings)
    return tools


def with_model(kind: Kind, tools: Tools, settings: Settings) -> Tools:
    """Return the tools with the model of a kind that is in use now; as they are while the models are stopped.

    Raises:
        ParcelScreeningError: It cannot be loaded.
    """
    if tools.stopped:
        return tools
    bundle = open_in_use(settings, kind)
    risk: RiskModel | None = load_risk(bundle).ready() if kind == "risk" else tools.risk
    xray: XrayModel | None = load_xray(bundle) if kind == "xray" else tools.xray
    others: list[Card] = [card for card in tools.cards if card.kind != kind]
    keep_bundle(settings.home, bundle)
    cards = tuple(sorted([*others, bundle.card], key=lambda card: KINDS.index(card.kind)))
    return replace(tools, risk=risk, xray=xray, cards=cards, warnings=_other_notices(kind, tools))


def without_models(tools: Tools) -> Tools:
    """Return the tools with no model, and without notices about any."""
    for kind in KINDS:
        tools = replace(tools, warnings=_other_notices(kind, tools))
    return replace(tools, risk=None, xray=None, cards=())


def model_part(kind: Kind, settings: Settings) -> Part:
    """Return the part of the tools that is replaced when another model of a kind is put in use."""

    def rebuilt(tools: Tools) -> Tools:
        return with_model(kind, tools, settings)

    def kept(tools: Tools) -> Tools:
        return _kept(kind, tools)

    def look() -> Hashable:
        return mark(settings, kind)

    return Part(f"{kind}_model", look, rebuilt, kept)


def unavailable(kind: Kind) -> str:
    """Return the code of the notice that there is no model of a kind."""
    return f"{kind}_model_unavailable"


def not_replaced(kind: Kind) -> str:
    """Return the code of the notice that a model stays in use because the one promoted since does not load."""
    return f"{kind}_model_not_replaced"


def _first(kind: Kind, tools: Tools, settings: Settings) -> Tools:
    try:
        return with_model(kind, tools, settings)
    except ParcelScreeningError as error:
        # Callers learn that the model is out; where it lies and why it was refused is for whoever runs the service.
        log.warning("%s model not loaded: %s", kind, cause_of(error))
        return _kept(kind, tools)


def _kept(kind: Kind, tools: Tools) -> Tools:
    """Return the tools with a notice that the model in use now could not be loaded."""
    before = {"risk": tools.risk, "xray": tools.xray}[kind]
    if before is None:
        notice = Notice(unavailable(kind), f"The {NAMES[kind]} is not available; the log says why.")
    else:
        text = f"The {NAMES[kind]} put in use since cannot be loaded; {before.title} goes on. The log says why."
        notice = Notice(not_replaced(kind), text)
    return replace(tools, warnings=(*_other_notices(kind, tools), notice))


def _other_notices(kind: Kind, tools: Tools) -> tuple[Notice, ...]:
    return tuple(one for one in tools.warnings if one.code not in {unavailable(kind), not_replaced(kind)})
