"""The words that rules may use and that other packages own: indicators and contradictions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Known codes with what each means."""

    indicators: Mapping[str, str]
    contradictions: Mapping[str, str]


@cache
def default_vocabulary() -> Vocabulary:
    """Return the codes of this installation's indicator register and contradiction checks."""
    # Imported here, so that types and engine can be used without the register and its vocabularies.
    from features.indicators.register import REGISTER
    from models.fusion import CONTRADICTIONS

    return Vocabulary({one.code: one.meaning for one in REGISTER}, dict(CONTRADICTIONS))
