"""The X-ray detector: pictures as they came from the scanner to assessment, ability and regions.

A picture is `clear` only where it could be read, nothing in it is opaque and large enough to hide a part, the detector
ran, and no region reached the alarm threshold. All else is `alarm` or `unknown`, never a silent `clear`.
"""

from __future__ import annotations

import hashlib
import logging
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from features.xray_checks import check_is_xray
from features.xray_header import UnreadablePicture
from features.xray_image import XrayImage, canonical
from features.xray_look import OpaqueRegion, shares, shields
from features.xray_read import PictureLimits, read_picture
from models.bundle import Bundle
from models.geometry import whole_box
from models.results import (
    Ability,
    Assessment,
    ImageResult,
    Part,
    PictureLook,
    PictureProblem,
    Region,
    XrayResult,
)
from models.xray_engine import Engine, EngineName, open_engine
from models.xray_heads import Found, find
from models.xray_parameters import Parameters

__all__ = ["NETWORK", "Picture", "PictureLimits", "XrayModel", "assess_without_model"]

NETWORK = "detector.onnx"
_WORST: tuple[Assessment, ...] = ("alarm", "unknown", "clear")
_LEAST_ABLE: tuple[Ability, ...] = ("unreadable", "shield", "no_interference")
# Below this share of the part names' probability the name would be a guess, and the region is told as firearm_like.
LEAST_PART_SHARE = 0.25
# Below this score a region tells an officer nothing; a picture full of such boxes would hide the one that counts.
LEAST_TOLD = 0.05
DEFAULT_LIMITS = PictureLimits()
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture file as sent, and the name of its view where it has one."""

    data: bytes
    view: str | None = None


class XrayModel:
    """A loaded detector; safe to share between threads."""

    def __init__(self, title: str, engine: Engine, parameters: Parameters) -> None:
        self.title = title
        self.engine = engine
        self.parameters = parameters

    @classmethod
    def load(cls, bundle: Bundle, engine: EngineName | None = None) -> XrayModel:
        """Load a verified bundle.

        Args:
            bundle: Of kind xray.
            engine: Which engine runs it; None takes onnxruntime where it is installed, else OpenCV.

        Raises:
            InputError: The card or the network cannot be used.
        """
        parameters = Parameters.from_card(bundle.card.parameters)
        return cls(bundle.card.title, open_engine(bundle.read(NETWORK), engine), parameters)

    @property
    def threshold(self) -> float:
        """The score from which a picture is an alarm, on the scale of the answers."""
        return float(self.parameters.told(self.parameters.threshold))

    def log_likelihood_ratio(self, score: float | None) -> float:
        """Return how much more often parcels with a part reach this picture score than parcels without.

        Natural logarithm of the ratio of the two densities; a score is a chance at even odds, so this is its log-odds,
        held within what the card's sample supports. 0 where there is no score.
        """
        if score is None:
            return 0.0
        values = self.parameters.ratio_values
        odds = max(score, 1e-9) / max(1.0 - score, 1e-9)
        return min(max(math.log(odds), values[0]), values[-1])

    def assess(
        self, pictures: Sequence[Picture], limits: PictureLimits = DEFAULT_LIMITS, calibrated: bool = False
    ) -> XrayResult:
        """Judge the pictures of one parcel.

        Args:
            pictures: One or more files.
            limits: What is accepted as a picture.
            calibrated: Whether the threshold in use was set on the scanner's own benign pictures.

        Returns:
            The worst of all pictures. What goes wrong with one picture is told there and does not touch the others.
        """
        return _together([_assess_one(picture, limits, self._judge) for picture in pictures], calibrated)

    def _judge(self, image: XrayImage, result: ImageResult) -> ImageResult:
        try:
            found = find(image, self.engine, self.parameters.least_region)
            if not math.isfinite(found.peak):
                raise ValueError("the network returned a score that is no number")
        # Whatever fails in the engine, the picture then counts as not judged, and the other pictures still count.
        except Exception:
            log.exception("the detector failed on a picture")
            text = "The detector failed on this picture; it was not judged."
            return replace(result, problems=(*result.problems, PictureProblem("model_failed", text)))
        score = round(float(self.parameters.told(found.peak)), 4)
        assessment = self._assessment(found.peak, image, result.ability)
        regions = self._regions(found, result.width, result.height)
        return replace(result, score=score, assessment=assessment, regions=regions)

    def _assessment(self, peak: float, image: XrayImage, ability: Ability) -> Assessment:
        if round(peak, 4) >= self.parameters.threshold:
            return "alarm"
        return "clear" if ability == "no_interference" and not image.inverted else "unknown"

    def _regions(self, found: Found, width: int, height: int) -> tuple[Region, ...]:
        told = self.parameters.told(found.scores)
        return tuple(
            Region(self._part(shares), round(float(score), 4), whole_box(box, width, height))
            for box, score, shares in zip(found.boxes, told, found.parts, strict=True)
            if score >= LEAST_TOLD
        )

    def _part(self, shares: Any) -> Part:
        best = int(np.argmax(shares))
        return self.parameters.parts[best] if float(shares[best]) >= LEAST_PART_SHARE else "firearm_like"


def assess_without_model(pictures: Sequence[Picture], limits: PictureLimits = DEFAULT_LIMITS) -> XrayResult:
    """Judge what needs no detector (can it be read, is something opaque); no picture is clear by that."""
    return _together([_assess_one(picture, limits, _unjudged) for picture in pictures], False)


def _unjudged(image: XrayImage, result: ImageResult) -> ImageResult:
    problem = PictureProblem("no_detector", "No detector was available; nobody has judged this picture.")
    return replace(result, problems=(*result.problems, problem))


def _assess_one(
    picture: Picture, limits: PictureLimits, judge: Callable[[XrayImage, ImageResult], ImageResult]
) -> ImageResult:
    digest = hashlib.sha256(picture.data).hexdigest()
    try:
        image, hidden, look = _looked_at(picture.data, limits)
    except UnreadablePicture as error:
        return _unreadable(picture, digest, error)
    # A reader that fails in a way nobody thought of must not take the parcel's other pictures with it.
    except Exception:
        log.exception("reading a picture failed")
        text = "Reading the picture failed unexpectedly; send the scan again or look at it by eye."
        return _unreadable(picture, digest, UnreadablePicture("failed", text))
    result = ImageResult(
        view=picture.view,
        width=image.size[0],
        height=image.size[1],
        sha256=digest,
        assessment="unknown",
        ability="shield" if hidden else "no_interference",
        score=None,
        problems=tuple(_reservations(image, hidden)),
        regions=(),
        look=look,
    )
    return judge(image, result)


def _looked_at(data: bytes, limits: PictureLimits) -> tuple[XrayImage, tuple[OpaqueRegion, ...], PictureLook]:
    decoded = read_picture(data, limits)
    image = canonical(decoded)
    check_is_xray(decoded, image)
    return image, shields(image), PictureLook(**_rounded(image))


def _reservations(image: XrayImage, hidden: tuple[OpaqueRegion, ...]) -> Iterator[PictureProblem]:
    """Yield what keeps a readable picture from being clear."""
    if image.inverted:
        text = "Air is black: read as a negative. A plate over everything would look the same, so it is not clear."
        yield PictureProblem("inverted", text)
    if hidden:
        x, y, width, height = hidden[0].box
        text = f"No signal came through at [{x}, {y}, {width}, {height}], which is large enough to hide a part."
        yield PictureProblem("opaque_region", text)


def _rounded(image: XrayImage) -> dict[str, float]:
    whole = shares(image)
    names = ("object_share", "dense_metal_share", "opaque_share", "organic_share")
    return {name: round(getattr(whole, name), 4) for name in names}


def _unreadable(picture: Picture, digest: str, error: UnreadablePicture) -> ImageResult:
    return ImageResult(
        view=picture.view,
        width=error.size[0],
        height=error.size[1],
        sha256=digest,
        assessment="unknown",
        ability="unreadable",
        score=None,
        problems=(PictureProblem(error.code, error.message),),
        regions=(),
        look=None,
    )


def _together(images: list[ImageResult], calibrated: bool) -> XrayResult:
    """Return the worst of all pictures; no picture at all is unknown, never clear."""
    scores = [image.score for image in images if image.score is not None]
    return XrayResult(
        assessment=min((image.assessment for image in images), key=_WORST.index, default="unknown"),
        ability=min((image.ability for image in images), key=_LEAST_ABLE.index, default="unreadable"),
        score=max(scores, default=None),
        scanner="calibrated" if calibrated else "uncalibrated",
        images=tuple(images),
    )
