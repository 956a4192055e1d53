"""What the models answer: plain frozen types that every layer above may rely on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from features.xray_statistics import PictureStatistics

Part = Literal[
    "barrel", "slide", "frame", "magazine", "trigger_group", "bolt", "cylinder",
    "suppressor", "pistol", "revolver", "long_gun", "ammunition", "firearm_like",
]  # fmt: skip
PARTS: tuple[Part, ...] = (
    "barrel", "slide", "frame", "magazine", "trigger_group", "bolt", "cylinder",
    "suppressor", "pistol", "revolver", "long_gun", "ammunition", "firearm_like",
)  # fmt: skip
Assessment = Literal["alarm", "clear", "unknown"]
Ability = Literal["no_interference", "shield", "unreadable"]
ScannerState = Literal["calibrated", "uncalibrated"]
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the risk score is what it is: a coded, readable share of it.

    Attributes:
        code: Stable name of the group of features, for example PRICE_PER_KG_LOW.
        text: One sentence an officer understands, with the parcel's own figures.
        contribution: Share in log-odds; positive raises the score. The sum over all groups plus the base value is
            the raw score of the model (SHAP, Lundberg and Lee 2017). Answers give six decimals.
    """

    code: str
    text: str
    contribution: float


@dataclass(frozen=True, slots=True)
class RiskResult:
    """The manifest's risk.

    Attributes:
        score: Calibrated probability, 0 to 1, that the parcel holds illicit firearms, parts or ammunition.
        percentile: Where the score stands in the reference distribution, 0 to 100.
        reasons: Strongest first.
    """

    score: float
    percentile: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the picture that resembles a firearm part; `box` is [x, y, width, height] in pixels as sent.

    `score` is on the scale of the whole picture's score, which was fitted on the strongest region of each picture: for
    that one it is the chance of a part at even odds, for weaker ones it only orders them.
    """

    part: Part
    score: float
    box: Box


@dataclass(frozen=True, slots=True)
class PictureProblem:
    """Why a picture cannot be judged, or only in part."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class PictureLook:
    """What the picture shows as a whole, all shares 0 to 1.

    Attributes:
        object_share: Pixels that are not air, of all pixels.
        dense_metal_share: Pixels of dense metal, of the object's pixels.
        opaque_share: Pixels that no useful signal came through, of the object's pixels.
        organic_share: Pixels of organic material, of the object's pixels.
    """

    object_share: float
    dense_metal_share: float
    opaque_share: float
    organic_share: float


@dataclass(frozen=True, slots=True)
class DenseArea:
    """A part of the picture, large enough to hide a firearm part, through which little or nothing came.

    Attributes:
        box: [x, y, width, height] in pixels as sent.
        share: Of the parcel's pixels, 0 to 1.
        opaque: Whether no useful signal came through at all: the picture then counts as shielded.
    """

    box: Box
    share: float
    opaque: bool


@dataclass(frozen=True, slots=True)
class ImageResult:
    """One picture's answer. `look` is None for an unreadable picture; width and height are 0 where unknown.

    `dense` are the dense areas, opaque ones first. `statistics` are what a scanner's profile is compared with; None
    where no profile is in use.
    """

    view: str | None
    width: int
    height: int
    sha256: str
    assessment: Assessment
    ability: Ability
    score: float | None
    problems: tuple[PictureProblem, ...]
    regions: tuple[Region, ...]
    look: PictureLook | None
    statistics: PictureStatistics | None = None
    dense: tuple[DenseArea, ...] = ()


@dataclass(frozen=True, slots=True)
class ProfileUsed:
    """The profile that a scanner's pictures were judged by.

    Attributes:
        digest: Its SHA-256.
        threshold: Score from which a picture is an alarm on this scanner, on the scale of the answers.
        false_alarms: Share of this scanner's benign pictures expected to reach it.
    """

    digest: str
    threshold: float
    false_alarms: float


@dataclass(frozen=True, slots=True)
class ViewLink:
    """Two regions of different views that lie at the same place of the belt, so they may be one thing.

    Attributes:
        images: Numbers of the two pictures, from 0.
        regions: Numbers of the region in either, from 0.
    """

    images: tuple[int, int]
    regions: tuple[int, int]


@dataclass(frozen=True, slots=True)
class XrayResult:
    """All pictures of one parcel: the worst assessment and ability, the highest any-part score.

    `score` says of how many such pictures a part would be in, were half of all pictures to hold one (0.90: nine of
    ten); `combined` is what remains of that at the parcel's own odds. None where no picture could be read. `profile`
    is None where the scanner is uncalibrated. `links` are regions of two views that may be the same thing.
    """

    assessment: Assessment
    ability: Ability
    score: float | None
    scanner: ScannerState
    images: tuple[ImageResult, ...]
    profile: ProfileUsed | None = None
    links: tuple[ViewLink, ...] = ()


@dataclass(frozen=True, slots=True)
class Contradiction:
    """The picture does not look like the declared contents."""

    code: str
    text: str
