"""The cards of the models that are loaded."""

from __future__ import annotations

from pathlib import Path

from models.bundle import Card, Kind, locate, read_card
from service.screening import Tools
from service.settings import Settings


def loaded_cards(settings: Settings, tools: Tools) -> tuple[Card, ...]:
    """Return the card of each loaded model, risk first.

    Call it right after the tools were loaded: a promotion in between is noticed, and that card left out.
    """
    wanted: tuple[tuple[Kind, str | None, Path | None], ...] = (
        ("risk", tools.risk.title if tools.risk else None, settings.risk_model),
        ("xray", tools.xray.title if tools.xray else None, settings.xray_model),
    )
    loaded = [(kind, title, explicit) for kind, title, explicit in wanted if title is not None]
    cards = [(title, read_card(locate(kind, settings.home, explicit))) for kind, title, explicit in loaded]
    return tuple(card for title, card in cards if card.title == title)
