"""A candidate that runs beside what is in use, as plain data. Nobody at the belt ever hears of it."""

from __future__ import annotations

from dataclasses import dataclass

from models.card import Card
from models.risk import RiskModel
from models.xray import XrayModel
from sop.package import Package


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What runs beside.

    Attributes:
        trial: Names the run; rows of the store carry it.
        package: The procedure; None: whichever is in force.
        risk, xray: The models; None: those in use.
        cards: Of its own models.
    """

    trial: str
    package: Package | None = None
    risk: RiskModel | None = None
    xray: XrayModel | None = None
    cards: tuple[Card, ...] = ()

    @property
    def has_models(self) -> bool:
        """Whether judging a parcel takes models, and so more time than an officer should wait."""
        return self.risk is not None or self.xray is not None
