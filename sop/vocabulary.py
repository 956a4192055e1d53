"""The words that rules may use and that other packages own: indicators and contradictions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from sop.lists import NamedList


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Known codes with what each means, and the named lists of the procedure.

    `broken_lists` names lists whose file cannot be used and was reported, each with what it says of its kind: rules may
    name them without a second report.
    """

    indicators: Mapping[str, str]
    contradictions: Mapping[str, str]
    lists: Mapping[str, NamedList] = field(default_factory=dict)
    broken_lists: Mapping[str, str] = field(default_factory=dict)


@cache
def default_vocabulary() -> Vocabulary:
    """Return the codes of this installation's indicator register and contradiction checks."""
    # Imported here, so that types and engine can be used without the register and its vocabularies.
    from features.indicators.register import REGISTER
    from models.fusion import CONTRADICTIONS

    return Vocabulary({one.code: one.meaning for one in REGISTER}, dict(CONTRADICTIONS))
