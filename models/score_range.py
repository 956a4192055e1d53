"""The highest score that the models in use give, so that a procedure's threshold above it can be told."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.bundle import Bundle
    from models.scanner_profile import ScannerProfile
    from models.xray_parameters import Parameters


@dataclass(frozen=True, slots=True)
class ScoreRange:
    """The highest value, 0 to 1, of a score, and how that is known: a clause that follows "but"."""

    highest: float
    because: str


def ranges_of(
    risk: Bundle | None, xray: Bundle | None, profiles: Iterable[ScannerProfile] = ()
) -> dict[str, ScoreRange]:
    """Return the highest value of each score that a procedure may ask about, as far as there are models.

    Args:
        risk: The risk bundle in use.
        xray: The X-ray bundle in use.
        profiles: The profiles of the scanners; those made with another bundle do not count.

    Returns:
        By signal: risk, xray, combined.
    """
    known = tuple(profiles)
    found = {"risk": risk_range(risk)} if risk else {}
    found |= {"xray": xray_range(xray, known)} if xray else {}
    return found | ({"combined": combined_range(risk, xray, known)} if risk and xray else {})


def risk_range(bundle: Bundle) -> ScoreRange:
    """Return the highest risk of the model's reference population, at its base rate.

    Not a bound: an odder parcel may score higher. But a threshold above the highest of so many decides next to nothing.

    Args:
        bundle: A risk bundle; read are `reference.json` (rising quantiles of calibrated log-odds) and
            `calibration.json` (both base rates).
    """
    rates = bundle.read_json("calibration.json")
    shift = _logit(rates["base_rate"]) - _logit(rates["trained_rate"])
    highest = _sigmoid(bundle.read_json("reference.json")[-1] + shift)
    parcels = bundle.card.data.get("rows")
    of = f"the {parcels:,} parcels" if isinstance(parcels, int) else "the parcels"
    return ScoreRange(highest, f"{bundle.card.title} gave at most {highest:.4f} to {of} that it was measured on")


def xray_range(bundle: Bundle, profiles: Iterable[ScannerProfile] = ()) -> ScoreRange:
    """Return the highest score that answers can tell, on any of the scanners (see `Parameters.told`).

    Args:
        bundle: An X-ray bundle; its card has the likelihood ratios.
        profiles: Those of the scanners that are calibrated with it.
    """
    highest = max(float(one.told(1.0)) for one in _parameters(bundle, profiles))
    return ScoreRange(highest, f"{bundle.card.title} cannot give more than {highest:.4f}, whatever a picture shows")


def combined_range(risk: Bundle, xray: Bundle, profiles: Iterable[ScannerProfile] = ()) -> ScoreRange:
    """Return the combined probability of the highest risk and the strongest picture."""
    from models.fusion import combine

    strongest = max(one.ratio_values[-1] for one in _parameters(xray, profiles))
    highest = combine(risk_range(risk).highest, strongest, None) or 0.0
    names = f"{risk.card.title} and {xray.card.title}"
    return ScoreRange(highest, f"{names} together gave at most {highest:.4f} to the parcels measured")


def _parameters(bundle: Bundle, profiles: Iterable[ScannerProfile]) -> list[Parameters]:
    from models.xray_parameters import Parameters

    own = Parameters.from_card(bundle.card.parameters)
    return [own, *(profile.parameters(own) for profile in profiles if profile.model_digest == bundle.digest)]


def _logit(rate: float) -> float:
    return math.log(rate / (1.0 - rate))


def _sigmoid(log_odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-log_odds))
