"""What training learns of codes, words and figures beside the trees, and which columns the trees look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import isfinite, nan
from typing import Any

import numpy as np
import numpy.typing as npt

from features.spec import FEATURE_SPEC, Feature
from features.spec_codes import BIN, EXTRA
from models.hs_text import Floats, HsText
from models.rates import CodeRates
from models.risk_text import TextModel
from models.site import Site

Places = npt.NDArray[np.intp]
CHAPTER = 2
DECIMALS = 9
"""Fitted figures are rounded to so many decimals, so that the bundle holds exactly what was used in training."""
SITE = "SITE_COLUMNS"


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


@dataclass(frozen=True)
class Fitted:
    """All that is fitted beside the trees.

    Attributes:
        site: The site's own columns.
        norms: Usual ranges by figure.
        text: The text model.
        hs_text: Words by HS chapter.
        rates: Illicit shares of codes.
        kept: Names of the columns that the trees look at, in order; None: all of `features`.
    """

    site: Site
    norms: Mapping[str, Norm]
    text: TextModel
    hs_text: HsText
    rates: CodeRates
    kept: tuple[str, ...] | None = None

    @cached_property
    def features(self) -> tuple[Feature, ...]:
        """All columns that can be built, in order."""
        norms = (Feature(f"norm_{one.name}", one.meaning, one.reason, one.kind) for one in FEATURE_SPEC.normed)
        own = (Feature(EXTRA + name, "A number of the site's own.", SITE, "number") for name in self.site.numeric)
        return (*FEATURE_SPEC.base, *norms, *FEATURE_SPEC.learned, *own, *self.rates.features())

    @cached_property
    def columns(self) -> tuple[Feature, ...]:
        """The columns that the trees look at, in order."""
        named = {one.name: one for one in self.features}
        return self.features if self.kept is None else tuple(named[name] for name in self.kept)

    @cached_property
    def places(self) -> list[int]:
        """Where `columns` stand among `features`."""
        at = {one.name: place for place, one in enumerate(self.features)}
        return [at[one.name] for one in self.columns]

    @cached_property
    def order(self) -> Places:
        """`places` as an array."""
        return np.array(self.places, dtype=np.intp)

    @cached_property
    def normed(self) -> tuple[tuple[int, Norm], ...]:
        """For each norm in the specification's order, the place of its figure in the base row, and the norm."""
        names = FEATURE_SPEC.base_names
        return tuple((names.index(one.name), self.norms[one.name]) for one in FEATURE_SPEC.normed)

    @cached_property
    def lifts(self) -> Floats:
        """What each word says about each chapter; see `HsText.lifts`."""
        return self.hs_text.lifts()

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form of all but the text models and the counts, which have files of their own."""
        return {
            "norms": {name: {key: list(pair) for key, pair in one.usual.items()} for name, one in self.norms.items()},
            "site": self.site.as_dict(),
            "rates": {
                "crosses": [list(cross) for cross in self.rates.crosses],
                "prior": self.rates.prior,
                "smoothing": self.rates.smoothing,
            },
        }

    def files(self) -> dict[str, bytes]:
        """Return the files that are not JSON, by name."""
        text, words = self.text.to_bytes(), self.hs_text.to_bytes()
        return {"text.npz": text, "hs_text.npz": words, "rates.npz": self.rates.to_bytes()}


def read_fitted(raw: Mapping[str, Any], files: Mapping[str, bytes], kept: tuple[str, ...]) -> Fitted:
    """Read what `Fitted.as_dict` and `Fitted.files` wrote."""
    rates = raw["rates"]
    crosses = tuple(tuple(cross) for cross in rates["crosses"])
    return Fitted(
        site=Site.from_dict(raw["site"]),
        norms={
            name: Norm({key: (pair[0], pair[1]) for key, pair in one.items()}) for name, one in raw["norms"].items()
        },
        text=TextModel.from_bytes(files["text.npz"]),
        hs_text=HsText.from_bytes(files["hs_text.npz"]),
        rates=CodeRates.from_bytes(files["rates.npz"], crosses, rates["prior"], rates["smoothing"]),
        kept=kept,
    )


def site_codes(site: Site) -> tuple[str, ...]:
    """Return how the site's own columns are named among the codes."""
    return (*(EXTRA + name for name in site.categorical), *(BIN + name for name in site.numeric))
