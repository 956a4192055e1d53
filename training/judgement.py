"""What a judgement of a new model against the one in use holds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from features.errors import Problem


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure of both models.

    Attributes:
        name: The figure.
        champion: Of the model in use; None where none can be loaded.
        challenger: Of the new one.
        difference: Challenger minus champion; None without a champion.
        low, high: 95 % interval of the difference, or without a champion of the challenger's own figure; None where
            cards are compared, which hold no paired differences.
    """

    name: str
    champion: float | None
    challenger: float
    difference: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What was compared, how, and what speaks against the challenger.

    Attributes:
        champion: Title of the model in use; None where none can be loaded.
        challenger: Title of the new one.
        grounds: On what they were compared, in words.
        figures: The figures compared.
        refusals: What speaks against it; empty: it may be promoted.
        warnings: What one should know.
        data_sha256: Of the labelled file, where there was one.
    """

    champion: str | None
    challenger: str
    grounds: str
    figures: tuple[Compared, ...] = ()
    refusals: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()
    data_sha256: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form, for the history."""
        return asdict(self)
