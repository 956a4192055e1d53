"""How the scores of an X-ray bundle's network are to be read: part names, threshold, likelihood ratios."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from features.errors import InputError
from models.results import PARTS, Part

# The sample cannot tell apart what lies beyond its knots or on one level; these keep the order there all the same.
BELOW, ABOVE, TILT = 3.0, 1.5, 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """What the card says about how the network's scores are to be read.

    Attributes:
        parts: Names of the class channels, in their order.
        threshold: Any-part output of the network from which a picture is an alarm, 0 to 1.
        least_region: Lowest output at which a region is told, at most the threshold.
        ratio_scores: Outputs for a whole picture, increasing.
        ratio_values: Natural logarithm of the likelihood ratio at each of them, not decreasing.
    """

    parts: tuple[Part, ...]
    threshold: float
    least_region: float
    ratio_scores: tuple[float, ...]
    ratio_values: tuple[float, ...]

    def told(self, raw: ArrayLike) -> NDArray[np.float64]:
        """Return what answers call the score: the chance of a part at even odds, LR / (1 + LR).

        A network's own outputs mean something else after every training, and thresholds in a procedure must not:
        0.90 says that nine of ten such pictures hold a part where half of all do. LR is the likelihood ratio of the
        card; between, below and above its knots the order of the network's outputs is kept.

        Args:
            raw: Any-part outputs of the network, 0 to 1.
        """
        given = np.asarray(raw, np.float64)
        outputs = (0.0, *self.ratio_scores, 1.0)
        values = (self.ratio_values[0] - BELOW, *self.ratio_values, self.ratio_values[-1] + ABOVE)
        log_odds = np.interp(given, outputs, values) + TILT * (given - 0.5)
        return np.asarray(1.0 / (1.0 + np.exp(-log_odds)), np.float64)

    @classmethod
    def from_card(cls, raw: dict[str, Any]) -> Parameters:
        """Read and check the parameters of a bundle's card.

        Raises:
            InputError: Something is missing or makes no sense.
        """
        try:
            parts = tuple(name for wanted in raw["parts"] for name in PARTS if name == wanted)
            ratio = raw["log_likelihood_ratio"]
            found = cls(
                parts=parts,
                threshold=float(raw["threshold"]),
                least_region=float(raw["least_region"]),
                ratio_scores=tuple(map(float, ratio["scores"])),
                ratio_values=tuple(map(float, ratio["values"])),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"The X-ray bundle's card lacks a usable parameter: {error}.") from error
        if len(parts) != len(raw["parts"]) or not 0 < found.least_region <= found.threshold < 1:
            raise InputError("The X-ray bundle's card names unknown parts or an impossible threshold.")
        if len(found.ratio_scores) != len(found.ratio_values) or not found.ratio_scores:
            raise InputError("The X-ray bundle's card has no usable likelihood ratios.")
        return found
