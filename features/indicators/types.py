"""The types of the indicator register."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from features.indicators.lists import IndicatorLists
from features.manifest import Manifest

Family = Literal["commercial", "behavioural", "document", "physical"]
FAMILIES: tuple[Family, ...] = ("commercial", "behavioural", "document", "physical")


@dataclass(frozen=True, slots=True)
class Found:
    """One place of a manifest where an indicator holds.

    Attributes:
        text: One sentence with the parcel's own figures.
        evidence: The JSON path of the field that shows it.
    """

    text: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Raised:
    """An indicator raised for a parcel: its code and family, a sentence with the parcel's own figures, the path."""

    code: str
    family: Family
    text: str
    evidence: str


Check = Callable[[Manifest, IndicatorLists], Iterable[Found]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One entry of the register.

    Attributes:
        code: Stable name; rules of the SOP and features of the risk model refer to it.
        family: commercial, behavioural, document or physical.
        meaning: What it means, one sentence for an officer.
        justification: Why it is worth a look, and what harmless cause it may have.
        source: Where that knowledge comes from.
        owner: The role that answers for the entry.
        reviewed: When that role last looked at it.
        check: Finds every place where it holds; pure, and never raises for a parsed manifest.
    """

    code: str
    family: Family
    meaning: str
    justification: str
    source: str
    owner: str
    reviewed: date
    check: Check
