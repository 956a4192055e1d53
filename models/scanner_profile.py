"""What calibration on a scanner's own pictures found: the threshold to use there, and what its pictures look like.

A profile holds for one scanner and one bundle: the same score means something else after another training, so a profile
made with another bundle is never used.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any, Literal

from features.palettes import PALETTES, Palette
from features.version import __version__
from models.loading import XRAY_SPEC
from models.xray_parameters import Parameters

ESTIMATED = "estimated"
"""Stands for a palette in a profile whose pictures' hues are estimated one by one."""
RatioSource = Literal["bundle", "own"]


@dataclass(frozen=True, slots=True)
class Rate:
    """A share, 0 to 1, of `count` pictures, with its 95 % interval."""

    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Recall:
    """What share of labelled pictures with a part alarms.

    Attributes:
        rate: With its interval.
        bags: Groups of pictures that the interval rests on.
        unreadable: Pictures with a part that could not be read; they count as not found.
        left_out: Labelled pictures that were among the benign ones too, or look like one of them.
        checked: False alarms on labelled pictures without a part, none of which set the threshold; None without any.
    """

    rate: Rate
    bags: int
    unreadable: int
    left_out: int
    checked: Rate | None


@dataclass(frozen=True, slots=True)
class Counted:
    """The pictures of the benign folder.

    Attributes:
        files: That were read.
        unreadable: That could not be.
        duplicates: Near-duplicates of another one.
        used: What is left.
        not_clear: Of these, shielded or negative: never clear, whatever the threshold.
    """

    files: int
    unreadable: int
    duplicates: int
    used: int
    not_clear: int


@dataclass(frozen=True, slots=True)
class Choice:
    """What another false-alarm rate would have meant: threshold on the scale of the answers, and recall, 0 to 1."""

    wanted: float
    threshold: float
    recall: float | None


@dataclass(frozen=True, slots=True)
class Reference:
    """How a statistic is distributed on this scanner: even quantiles from 0 to 1, and of how many pictures."""

    count: int
    quantiles: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class ScannerProfile:
    """A scanner, calibrated.

    Attributes:
        scanner: As stations name it.
        model, model_digest: Title and SHA-256 of the card of the bundle it was made with.
        picture_spec, software: What the detector sees of a picture, and the version of this product.
        palette: A name of `features.palettes`, or `estimated`.
        wanted: Share of benign pictures that may alarm.
        threshold: Any-part output of the network from which a picture is an alarm, 0 to 1.
        threshold_told: The same on the scale of the answers.
        false_alarms: Expected share of benign pictures that alarm, and its interval.
        benign: What was in the folder of benign pictures.
        recall: None where no labelled pictures were given.
        choices: What other false-alarm rates would have meant, as far as there are pictures enough.
        ratio: Where the likelihood ratios come from: this scanner's own labelled pictures, or the bundle's, held
            within what the benign pictures support.
        ratio_scores, ratio_values: Their knots; see `models.xray_parameters.Parameters`.
        reference: What the scanner's pictures look like, by statistic of `features.xray_statistics`.
        created_at: RFC 3339.
        command: That made it.
        data: SHA-256 of the inputs, by name.
        notes: What its reader should know.
    """

    scanner: str
    model: str
    model_digest: str
    palette: str
    wanted: float
    threshold: float
    threshold_told: float
    false_alarms: Rate
    benign: Counted
    recall: Recall | None
    choices: tuple[Choice, ...]
    ratio: RatioSource
    ratio_scores: tuple[float, ...]
    ratio_values: tuple[float, ...]
    reference: Mapping[str, Reference]
    created_at: str
    command: str
    data: Mapping[str, str]
    notes: tuple[str, ...] = ()
    picture_spec: str = XRAY_SPEC
    software: str = __version__

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all of it."""
        return hashlib.sha256(json.dumps(plain(self), sort_keys=True).encode("utf-8")).hexdigest()

    @cached_property
    def title(self) -> str:
        """How answers name it, for example `belt-3 2026-11-20T12:00:00Z 1f0c9a2b7d3e`."""
        return f"{self.scanner} {self.created_at} {self.digest[:12]}"

    @property
    def known_palette(self) -> Palette | None:
        """The palette that was stated; None where each picture's hues are estimated."""
        return None if self.palette == ESTIMATED else PALETTES[self.palette]

    def parameters(self, base: Parameters) -> Parameters:
        """Return how the network's scores are to be read on this scanner.

        Args:
            base: How the bundle's card says they are.
        """
        return replace(
            base,
            threshold=self.threshold,
            least_region=min(base.least_region, self.threshold),
            ratio_scores=self.ratio_scores,
            ratio_values=self.ratio_values,
        )


def why_not(profile: ScannerProfile, model: str, model_digest: str) -> str | None:
    """Return why a profile does not hold for a bundle, in words that follow "it"; None where it does.

    Args:
        profile: The profile.
        model: Title of the bundle in use.
        model_digest: SHA-256 of its card.
    """
    if profile.model != model:
        return f"was made with {profile.model}, and {model} is in use"
    if profile.model_digest != model_digest:
        return f"was made with another bundle that is called {model} too"
    if profile.picture_spec != XRAY_SPEC or _minor(profile.software) != _minor(__version__):
        return f"was made with version {profile.software} of parcel-screening, and this is {__version__}"
    return None


def plain(profile: ScannerProfile) -> dict[str, Any]:
    """Return a profile in JSON types."""
    found: dict[str, Any] = json.loads(json.dumps(asdict(profile)))
    return found


def _minor(version: str) -> tuple[str, ...]:
    """Corrections do not change what a picture scores; whatever does raises the minor version."""
    return tuple(version.split(".")[:2])
