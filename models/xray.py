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
from functools import partial
from typing import Any

import numpy as np

from features.palettes import Palette
from features.xray_checks import check_is_xray
from features.xray_header import UnreadablePicture
from features.xray_image import XrayImage, canonical
from features.xray_look import dense_regions, shares, shields
from features.xray_read import Decoded, PictureLimits, read_picture
from features.xray_statistics import PictureStatistics, statistics_of
from models.bundle import Bundle
from models.geometry import corners, intersections, whole_box
from models.heat_drawing import draw_heat
from models.results import (
    Ability,
    Assessment,
    DenseArea,
    ImageResult,
    Part,
    PictureLook,
    PictureProblem,
    Region,
    XrayResult,
)
from models.scanner_profile import ScannerProfile, why_not
from models.xray_engine import Engine, EngineName, best_engine, open_engine
from models.xray_heads import Found, find
from models.xray_heat import heat
from models.xray_parameters import Parameters
from models.xray_views import together

__all__ = [
    "NETWORK",
    "NETWORK_INT8",
    "Picture",
    "PictureLimits",
    "Seen",
    "XrayModel",
    "assess_one_without_model",
    "assess_without_model",
    "not_read",
    "read_and_check",
]

NETWORK, NETWORK_INT8 = "detector.onnx", "detector-int8.onnx"
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

    def __init__(self, title: str, engine: Engine, parameters: Parameters, digest: str = "") -> None:
        self.title, self.digest = title, digest
        self.engine = engine
        self.parameters = parameters

    @classmethod
    def load(cls, bundle: Bundle, engine: EngineName | None = None) -> XrayModel:
        """Load a verified bundle.

        Args:
            bundle: Of kind xray.
            engine: Which engine runs it; None takes the fastest that this machine and the bundle have.

        Raises:
            InputError: The card or the network cannot be used.
        """
        parameters = Parameters.from_card(bundle.card.parameters)
        name = engine or best_engine(NETWORK_INT8 in bundle.contents)
        network = bundle.read(NETWORK_INT8 if name == "onnxruntime-int8" else NETWORK)
        if name == "onnxruntime-int8":
            # Another machine takes the other network of the same bundle: one that cannot be loaded must be told here.
            open_engine(bundle.read(NETWORK), "onnxruntime")
        return cls(bundle.card.title, open_engine(network, name), parameters, bundle.digest)

    @property
    def threshold(self) -> float:
        """The score from which a picture is an alarm, on the scale of the answers."""
        return float(self.parameters.told(self.parameters.threshold))

    def log_likelihood_ratio(self, score: float | None, profile: ScannerProfile | None = None) -> float:
        """Return how much more often parcels with a part reach this picture score than parcels without.

        Natural logarithm of the ratio of the two densities; a score is a chance at even odds, so this is its log-odds,
        held within what the sample behind it supports. 0 where there is no score.

        Args:
            score: Of the answer.
            profile: The scanner's, where the answer was made with one.
        """
        if score is None:
            return 0.0
        values = profile.ratio_values if profile else self.parameters.ratio_values
        odds = max(score, 1e-9) / max(1.0 - score, 1e-9)
        return min(max(math.log(odds), values[0]), values[-1])

    def assess(
        self,
        pictures: Sequence[Picture],
        limits: PictureLimits = DEFAULT_LIMITS,
        profile: ScannerProfile | None = None,
    ) -> XrayResult:
        """Judge the pictures of one parcel.

        Args:
            pictures: One or more files.
            limits: What is accepted as a picture.
            profile: The scanner's; its threshold, palette and likelihood ratios then take the place of the bundle's.

        Returns:
            The worst of all pictures. What goes wrong with one picture is told there and does not touch the others.

        Raises:
            ValueError: The profile does not hold for this model.
        """
        self.check(profile)
        return together([self.assess_one(picture, limits, profile) for picture in pictures], profile)

    def check(self, profile: ScannerProfile | None) -> None:
        """Check that a scanner's profile was made with this model.

        Raises:
            ValueError: It was made with another one, so its threshold means nothing here.
        """
        if profile is not None and (reason := why_not(profile, self.title, self.digest)):
            raise ValueError(f"the profile of scanner {profile.scanner!r} {reason}")

    def assess_one(self, picture: Picture, limits: PictureLimits, profile: ScannerProfile | None) -> ImageResult:
        """Judge one picture, with a profile that was checked; see `assess`."""
        parameters = profile.parameters(self.parameters) if profile else self.parameters
        return _assess_one(picture, limits, partial(self._judge, parameters=parameters), profile)

    def peak(self, image: XrayImage) -> float:
        """Return the network's highest any-part output for a picture, 0 to 1: what thresholds are set on.

        Raises:
            ValueError: The network returned no number.
        """
        return find(image, self.engine, self.parameters.least_region).peak

    def heat_map(
        self, data: bytes, limits: PictureLimits = DEFAULT_LIMITS, profile: ScannerProfile | None = None
    ) -> bytes:
        """Return a picture with how sure the detector is of a part at every place, as PNG.

        Args:
            data: The file's bytes.
            limits: What is accepted as a picture.
            profile: The scanner's, as for `assess`.

        Raises:
            UnreadablePicture: It cannot be read, or is no X-ray scan.
        """
        seen = read_and_check(data, limits, profile.known_palette if profile else None)
        parameters = profile.parameters(self.parameters) if profile else self.parameters
        scores = parameters.told(heat(seen.image, self.engine)).astype(np.float32)
        return draw_heat(seen.decoded, seen.image, scores, float(parameters.told(parameters.threshold)), self.title)

    def _judge(self, image: XrayImage, result: ImageResult, parameters: Parameters) -> ImageResult:
        try:
            found = find(image, self.engine, parameters.least_region)
        # Whatever fails in the engine, the picture then counts as not judged, and the other pictures still count.
        except Exception:
            log.exception("the detector failed on a picture")
            text = "The detector failed on this picture; it was not judged."
            return replace(result, problems=(*result.problems, PictureProblem("model_failed", text)))
        score = round(float(parameters.told(found.peak)), 4)
        assessment = _assessment(found.peak, image, result.ability, parameters)
        regions = self._regions(found, result.width, result.height, parameters)
        return replace(result, score=score, assessment=assessment, regions=regions)

    def _regions(self, found: Found, width: int, height: int, parameters: Parameters) -> tuple[Region, ...]:
        told = parameters.told(found.scores)
        # On a scanner whose threshold is lower than that, the region behind an alarm must still be shown.
        least = min(LEAST_TOLD, round(float(parameters.told(parameters.threshold)), 4))
        return tuple(
            Region(self._part(shares), round(float(score), 4), whole_box(box, width, height))
            for box, score, shares in zip(found.boxes, told, found.parts, strict=True)
            if round(float(score), 4) >= least
        )

    def _part(self, shares: Any) -> Part:
        best = int(np.argmax(shares))
        return self.parameters.parts[best] if float(shares[best]) >= LEAST_PART_SHARE else "firearm_like"


def _assessment(peak: float, image: XrayImage, ability: Ability, parameters: Parameters) -> Assessment:
    if round(peak, 4) >= parameters.threshold:
        return "alarm"
    return "clear" if ability == "no_interference" and not image.inverted else "unknown"


def assess_without_model(pictures: Sequence[Picture], limits: PictureLimits = DEFAULT_LIMITS) -> XrayResult:
    """Judge what needs no detector (can it be read, is something opaque); no picture is clear by that."""
    return together([assess_one_without_model(picture, limits) for picture in pictures], None)


def assess_one_without_model(picture: Picture, limits: PictureLimits) -> ImageResult:
    """Judge one picture; see `assess_without_model`."""
    return _assess_one(picture, limits, _unjudged)


def not_read(picture: Picture, text: str) -> ImageResult:
    """Return the answer about a picture that nobody could read, for a reason of ours.

    Args:
        picture: As it was sent.
        text: Why, and what to do, in a sentence for the officer.
    """
    return _unreadable(picture, hashlib.sha256(picture.data).hexdigest(), UnreadablePicture("failed", text))


def _unjudged(image: XrayImage, result: ImageResult) -> ImageResult:
    problem = PictureProblem("no_detector", "No detector was available; nobody has judged this picture.")
    return replace(result, problems=(*result.problems, problem))


def _assess_one(
    picture: Picture,
    limits: PictureLimits,
    judge: Callable[[XrayImage, ImageResult], ImageResult],
    profile: ScannerProfile | None = None,
) -> ImageResult:
    digest = hashlib.sha256(picture.data).hexdigest()
    try:
        seen = read_and_check(picture.data, limits, profile.known_palette if profile else None)
        image, dense, look = seen.image, _dense(seen.image), PictureLook(**_rounded(seen.image))
        statistics = seen.statistics() if profile else None
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
        ability="shield" if any(area.opaque for area in dense) else "no_interference",
        score=None,
        problems=tuple(_reservations(image, dense)),
        regions=(),
        look=look,
        statistics=statistics,
        dense=dense,
    )
    return judge(image, result)


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture that was read and is an X-ray scan: its pixels as they came, and in canonical form."""

    decoded: Decoded
    image: XrayImage

    def statistics(self) -> PictureStatistics:
        """Return what tells its scanner from others."""
        return statistics_of(self.decoded, self.image)


def read_and_check(data: bytes, limits: PictureLimits = DEFAULT_LIMITS, palette: Palette | None = None) -> Seen:
    """Read a picture as the detector sees it.

    Args:
        data: The file's bytes.
        limits: What is accepted as a picture.
        palette: The scanner's, where it was stated.

    Raises:
        UnreadablePicture: It cannot be read, or is no X-ray scan.
    """
    decoded = read_picture(data, limits)
    image = canonical(decoded, palette)
    check_is_xray(decoded, image)
    return Seen(decoded, image)


def _dense(image: XrayImage) -> tuple[DenseArea, ...]:
    opaque = [DenseArea(one.box, round(one.share, 4), True) for one in shields(image)]
    known = corners([area.box for area in opaque])
    # What is dense around an opaque region is its rim, and told with it.
    dense = [one for one in dense_regions(image) if not intersections(corners([one.box]), known).any()]
    return (*opaque, *(DenseArea(one.box, round(one.share, 4), False) for one in dense))


def _reservations(image: XrayImage, dense: tuple[DenseArea, ...]) -> Iterator[PictureProblem]:
    """Yield what keeps a readable picture from being clear."""
    if image.inverted:
        text = "Air is black: read as a negative. A plate over everything would look the same, so it is not clear."
        yield PictureProblem("inverted", text)
    for area in dense:
        if area.opaque:
            text = (
                f"No signal came through at {list(area.box)}, {area.share:.1%} of the parcel, which is large enough to "
                "hide a part."
            )
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
