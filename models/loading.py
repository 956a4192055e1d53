"""From a verified bundle to a model of its kind; a kind's libraries are loaded only when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from features.errors import CheckFailed
from features.spec import FEATURE_SPEC
from models.bundle import Bundle
from models.card import Card

if TYPE_CHECKING:
    from models.risk import RiskModel
    from models.xray import XrayModel

XRAY_SPEC = "xray-planes-1"
"""What the detectors of this version see of a picture (`features.xray_image.canonical`)."""


def load_model(bundle: Bundle) -> RiskModel | XrayModel:
    """Load a bundle as what its card says it is.

    Raises:
        CheckFailed, InputError: It was made for another feature specification, or cannot be used.
    """
    return load_risk(bundle) if bundle.card.kind == "risk" else load_xray(bundle)


def load_risk(bundle: Bundle) -> RiskModel:
    """Load a risk model; see `load_model`."""
    from models.risk import RiskModel

    check_spec(bundle)
    return RiskModel.load(bundle)


def load_xray(bundle: Bundle) -> XrayModel:
    """Load an X-ray detector; see `load_model`."""
    from models.xray import XrayModel

    check_spec(bundle)
    return XrayModel.load(bundle)


def check_spec(bundle: Bundle) -> None:
    """Check that a bundle was made for the features of this version.

    Raises:
        CheckFailed: It was made for others; its scores here would mean nothing.
    """
    if bundle.card.feature_spec != (here := spec_of(bundle.card)):
        raise CheckFailed(
            f"{bundle.folder}: made for another feature specification ({bundle.card.feature_spec[:12]}, here "
            f"{here[:12]}); train it again."
        )


def spec_of(card: Card) -> str:
    """Return the feature specification that a bundle of this kind must name to be used here."""
    return FEATURE_SPEC.digest if card.kind == "risk" else XRAY_SPEC
