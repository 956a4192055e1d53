"""How the scores of an X-ray bundle's network are to be read: part names, threshold, likelihood ratios."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from features.errors import InputError
from models.results import PARTS, Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """What the card says about how the network's scores are to be read.

    Attributes:
        parts: Names of the class channels, in their order.
        threshold: Any-part score from which a picture is an alarm, 0 to 1.
        least_region: Lowest score at which a region is told, at most the threshold.
        ratio_scores: Picture scores, increasing.
        ratio_values: Natural logarithm of the likelihood ratio at each of them, not decreasing.
    """

    parts: tuple[Part, ...]
    threshold: float
    least_region: float
    ratio_scores: tuple[float, ...]
    ratio_values: tuple[float, ...]

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
