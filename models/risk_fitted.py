"""What training learns of codes and figures beside the trees: smoothed rates of codes, usual ranges of headings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, nan
from typing import Any

CHAPTER = 2
DECIMALS = 9
"""Fitted figures are rounded to so many decimals, so that the bundle holds exactly what was used in training."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """Smoothed target encoding of one code (Micci-Barreca 2001).

    Attributes:
        prior: Share of illicit parcels in the data it was fitted on.
        rates: Smoothed share by code.
    """

    prior: float
    rates: Mapping[str, float]

    def value(self, code: str | None) -> float:
        """Return the smoothed share; the prior for a code never seen, NaN for a missing one."""
        return nan if code is None else self.rates.get(code, self.prior)


@dataclass(frozen=True, slots=True)
class Norm:
    """What a figure usually is under a heading: median and spread, falling back to the chapter, then to all.

    Attributes:
        usual: (median, spread) by heading (four digits), chapter (two digits) and "" for all; the spread is the
            interquartile range over 1.349, at least 0.15, so that it matches a standard deviation for normal data.
    """

    usual: Mapping[str, tuple[float, float]]

    def usual_for(self, heading: str | None) -> tuple[str, float, float]:
        """Return (the key that answered, median, spread)."""
        for key in (heading or "", (heading or "")[:CHAPTER]):
            if key in self.usual:
                return key, *self.usual[key]
        return "", *self.usual.get("", (nan, 1.0))

    def distance(self, figure: float, heading: str | None) -> float:
        """Return how many spreads the figure lies above the median; NaN where it is unknown."""
        if not isfinite(figure):
            return nan
        _, median, spread = self.usual_for(heading)
        return (figure - median) / spread


@dataclass(frozen=True, slots=True)
class Fitted:
    """All that is fitted beside text and trees; `numeric` and `categorical` name the site's own columns."""

    encodings: Mapping[str, Encoding]
    norms: Mapping[str, Norm]
    numeric: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "encodings": {name: {"prior": one.prior, "rates": dict(one.rates)} for name, one in self.encodings.items()},
            "norms": {name: {key: list(pair) for key, pair in one.usual.items()} for name, one in self.norms.items()},
            "numeric": list(self.numeric),
            "categorical": list(self.categorical),
        }

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Fitted:
        """Read the JSON form."""
        norms = {
            name: Norm({key: (pair[0], pair[1]) for key, pair in usual.items()}) for name, usual in raw["norms"].items()
        }
        encodings = {name: Encoding(one["prior"], one["rates"]) for name, one in raw["encodings"].items()}
        return cls(encodings, norms, tuple(raw["numeric"]), tuple(raw["categorical"]))


def extra_names(names: Sequence[str]) -> tuple[str, ...]:
    """Return how the site's own columns are named among the codes and columns."""
    return tuple(f"extra:{name}" for name in names)
