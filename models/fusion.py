"""Manifest and picture together: the combined probability, and where the picture contradicts the declaration.

`combine` is Bayes' rule in odds: posterior odds = prior odds x likelihood ratio, the prior being the manifest's
calibrated probability. It holds as far as picture and manifest are independent given the truth, which is why the
likelihood ratio is measured on pictures alone and never on the manifest's features.

`contradictions` compares the expected look of the declared goods (`features.contents`) with what the pictures show.
A picture that could not be read contradicts nothing: that is the SOP's missing evidence. A shielded one may: what is
opaque among shirts is not shirts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import exp, isnan, log, log1p

from features.contents import LOOKS, ExpectedLook, expected_look
from features.contents_words import KINDS
from features.manifest import Manifest
from models.results import Contradiction, ImageResult, PictureLook

SMALLEST_PROBABILITY = 1e-9
"""Probabilities are clipped to [1e-9, 1 - 1e-9]: certainty cannot be revised, and no sample of ours supports it."""

STRONGEST_EVIDENCE = log(1e6)
"""Log likelihood ratios are clipped to +/- ln(1,000,000), far beyond what a measured ratio can support."""

EMPTY_SHARE = 0.005
EMPTY_WEIGHT_G = 1000.0
EMPTY_GRAMS_PER_CM2 = 0.4
"""A picture in which under 0.5 % of the pixels absorb anything is empty. Contents must be seen where they lie at least
0.4 g on a square centimetre: organic matter then attenuates about 0.08 at 60 keV (0.19 cm2/g), above the 0.05 that
counts as air. Where no size is declared, a kilogram cannot lie thinner in any postal parcel (60 x 40 cm)."""

NOT_SEEN_WEIGHT_G = 500.0
NOT_SEEN_ORGANIC = 0.5
"""Half a kilogram of iron or copper is seen from every side; and only a picture that tells materials apart (a large
organic share shows that it does) may say that there is none."""

EMPTY = "PICTURE_EMPTY"
NOT_SEEN = "METAL_DECLARED_NOT_SEEN"
_NAMES = {kind.code: kind.name for kind in KINDS}

CONTRADICTIONS: Mapping[str, str] = {
    **{
        f"DENSE_METAL_IN_{code}": f"Declared as {_NAMES[code]}; the picture shows more dense metal than these hold."
        for code in LOOKS
    },
    NOT_SEEN: "Declared as goods of heavy metal; the picture shows hardly any dense metal.",
    EMPTY: "The declared weight asks for contents; the picture shows next to nothing.",
}
"""Every contradiction that can be found, with its meaning."""


def combine(risk: float | None, log_likelihood_ratio: float | None, base_rate: float | None) -> float | None:
    """Return the probability that the parcel holds illicit firearms, parts or ammunition, given all that is known.

    Args:
        risk: The manifest's calibrated probability, 0 to 1; None where it is not known, then `base_rate` stands in.
        log_likelihood_ratio: Natural logarithm of how much likelier this picture is from such a parcel than from a
            harmless one; None where no picture could be judged, which counts as a ratio of 1.
        base_rate: Share of such parcels among all, 0 to 1; None where nobody knows.

    Returns:
        A probability in [1e-9, 1 - 1e-9]. It rises with `risk` and with the ratio. None where neither manifest nor
        picture was judged, or there is no prior at all: a bare base rate would look like a judgement of this parcel.
        Inputs are clipped (SMALLEST_PROBABILITY, STRONGEST_EVIDENCE).

    Raises:
        ValueError: An input is not a number, or a probability lies outside 0 to 1.
    """
    prior = base_rate if risk is None else risk
    if prior is None or (risk is None and log_likelihood_ratio is None):
        return None
    prior = _clip(_probability(prior))
    evidence = _evidence(log_likelihood_ratio)
    if evidence == 0.0:
        return prior
    return _clip(_sigmoid(log(prior) - log1p(-prior) + evidence))


def contradictions(manifest: Manifest, images: Sequence[ImageResult]) -> tuple[Contradiction, ...]:
    """Return how the pictures contradict the declared contents; empty where they agree or nothing can be said.

    Of several views the largest share counts: a bar seen end on shows little of itself, seen from the side all. So
    metal is found where one view shows it, and missed only where no view does.
    """
    looks = [image.look for image in images if image.look is not None and image.ability != "unreadable"]
    if not looks:
        return ()
    look = _widest(looks)
    expected = expected_look(manifest)
    return tuple(_found(manifest, look, expected, len(looks)))


def _found(manifest: Manifest, look: PictureLook, expected: ExpectedLook, views: int) -> Iterator[Contradiction]:
    gross = manifest.gross_weight_g or 0.0
    if look.object_share < EMPTY_SHARE and _must_be_seen(manifest):
        shown = f"only {look.object_share:.1%} of the picture absorbs anything"
        yield Contradiction(EMPTY, f"Declared with {gross:g} g gross; {shown}{_in_views(views)}.")
        return
    seen = f"{look.dense_metal_share:.1%} of what the picture shows is dense metal{_in_views(views)}"
    if expected.kind in LOOKS and look.dense_metal_share > expected.most_metal:
        text = f"Declared as {expected.name}, which show at most {expected.most_metal:.0%}; {seen}."
        yield Contradiction(f"DENSE_METAL_IN_{expected.kind}", text)
    if _misses_metal(look, expected) and gross >= NOT_SEEN_WEIGHT_G:
        text = f"Declared as heavy metal goods of {gross:g} g gross; {seen}, {look.organic_share:.0%} is organic."
        yield Contradiction(NOT_SEEN, text)


def _must_be_seen(manifest: Manifest) -> bool:
    gross = manifest.gross_weight_g or 0.0
    sides = sorted(manifest.dimensions_mm or ())
    if not sides or sides[0] <= 0:
        return gross >= EMPTY_WEIGHT_G
    return gross / (sides[1] * sides[2] / 100.0) >= EMPTY_GRAMS_PER_CM2


def _misses_metal(look: PictureLook, expected: ExpectedLook) -> bool:
    return look.dense_metal_share < expected.least_metal and look.organic_share >= NOT_SEEN_ORGANIC


def _widest(looks: Sequence[PictureLook]) -> PictureLook:
    return PictureLook(
        object_share=max(look.object_share for look in looks),
        dense_metal_share=max(look.dense_metal_share for look in looks),
        opaque_share=max(look.opaque_share for look in looks),
        organic_share=max(look.organic_share for look in looks),
    )


def _in_views(views: int) -> str:
    return "" if views == 1 else f" (largest of {views} views)"


def _probability(value: float) -> float:
    if isnan(value) or not 0.0 <= value <= 1.0:
        raise ValueError(f"A probability lies between 0 and 1, not {value}.")
    return value


def _evidence(log_likelihood_ratio: float | None) -> float:
    if log_likelihood_ratio is None:
        return 0.0
    if isnan(log_likelihood_ratio):
        raise ValueError("The log likelihood ratio is not a number.")
    return max(-STRONGEST_EVIDENCE, min(STRONGEST_EVIDENCE, log_likelihood_ratio))


def _clip(probability: float) -> float:
    return max(SMALLEST_PROBABILITY, min(1.0 - SMALLEST_PROBABILITY, probability))


def _sigmoid(log_odds: float) -> float:
    if log_odds >= 0:
        return 1.0 / (1.0 + exp(-log_odds))
    return exp(log_odds) / (1.0 + exp(log_odds))
