"""What a screening takes and gives, as plain data: the request, the tools, the answer and what could change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Literal

from features.history import History, entity_keys
from features.indicators.lists import DEFAULT_LISTS, IndicatorLists
from features.indicators.register import Raised
from features.manifest import Manifest
from features.spec import FEATURE_SPEC
from features.version import __version__
from features.watchlist import WatchList
from models.card import Card
from models.results import Contradiction, RiskResult, XrayResult
from models.risk import RiskModel
from models.scanner_drift import Moved
from models.scanner_profile import ScannerProfile
from models.scanner_profile_file import Profiles
from models.xray import Picture, PictureLimits, XrayModel
from service.deciding import Workload
from service.pictures.reading import ReadHere, Reading
from service.shadow_types import Candidate
from service.site_lists import DEFAULT_LISTS_VERSION
from sop.evidence_json import Stored
from sop.package import Package
from sop.placi.answer import CarrierAnswer
from sop.registry.events import Event
from sop.types import Decision, Evidence, Policy

Stage = Literal["pre_arrival", "station"]


@dataclass(frozen=True, kw_only=True)
class ScreeningRequest:
    """What the station sent. `stage` None means: station with a picture, pre_arrival without."""

    manifest: Manifest
    pictures: tuple[Picture, ...] = ()
    station_id: str | None = None
    scanner_id: str | None = None
    stage: Stage | None = None

    @property
    def effective_stage(self) -> Stage:
        """The stage with its default filled in."""
        return self.stage or ("station" if self.pictures else "pre_arrival")

    @cached_property
    def entities(self) -> tuple[str, ...]:
        """The keys of everybody and every address that the manifest names, see `features.history.entity_keys`."""
        return entity_keys(self.manifest)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the caller should know that did not decide the lane."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Recalled:
    """What earlier parcels said of a parcel, as it goes on record, so that a replay needs none of them.

    `history` is None where no risk model asked for it; `finds` counts earlier parcels with an illicit find.
    """

    history: History | None
    finds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """All that a screening needs beside the parcel; built by `service.composition`, never changed, only replaced whole.

    `risk` or `xray` is None where the model could not be loaded; `warnings` says why, and goes into every answer.
    `cards` are those of the loaded models, risk first. `drift` says, by scanner, what left its profile. `stopped` is
    the order that switched the models off; None: they are on. `workload` holds the cuts of `service.cuts`, `shadow` the
    candidate that runs beside, of which no answer says a word. `watchlists_digest` names what the watch lists say.
    `reading` reads the pictures.
    """

    package: Package
    risk: RiskModel | None
    xray: XrayModel | None
    limits: PictureLimits
    selection_secret: bytes
    lists: IndicatorLists = DEFAULT_LISTS
    lists_version: str = DEFAULT_LISTS_VERSION
    watchlists: tuple[WatchList, ...] = ()
    watchlists_digest: str | None = None
    warnings: tuple[Notice, ...] = ()
    cards: tuple[Card, ...] = ()
    profiles: Profiles = Profiles()
    drift: Mapping[str, tuple[Moved, ...]] = field(default_factory=dict)
    stopped: Event | None = None
    workload: Workload = Workload()
    shadow: Candidate | None = None
    reading: Reading = ReadHere()

    @property
    def policy(self) -> Policy:
        """The base of the procedure in force; overrides may decide about parcels of some stations or channels."""
        return self.package.base

    @property
    def detector(self) -> tuple[str | None, str]:
        """Title and SHA-256 of the card of the X-ray detector; no title where there is none."""
        return (self.xray.title, self.xray.digest) if self.xray else (None, "")

    def profile_of(self, scanner: str | None) -> ScannerProfile | None:
        """Return the profile that a scanner's pictures are judged by; None where it is uncalibrated."""
        model, digest = self.detector
        return self.profiles.choose(scanner, model, digest) if model else None


@dataclass(frozen=True, slots=True)
class Versions:
    """Everything that could change an answer, by version.

    `sop` names the policy that decided, with the override where one did; `sop_digest` is the SHA-256 of the whole
    procedure's files, None in answers of releases that did not know it. `scanner_profile` is of the one scanner that
    the answer is about. The digests of models are those of their cards, which list the SHA-256 of every file;
    `watchlists` is that of all watch lists together, None where there is none.
    """

    service: str
    risk_model: str | None
    xray_model: str | None
    sop: str
    feature_spec: str
    indicators: str
    scanner_profile: str | None = None
    sop_digest: str | None = None
    risk_model_digest: str | None = None
    xray_model_digest: str | None = None
    scanner_profile_digest: str | None = None
    watchlists: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """The whole answer about one parcel at one moment."""

    screening_id: str
    item_id: str
    created_at: datetime
    stage: Stage
    risk: RiskResult | None
    indicators: tuple[Raised, ...]
    xray: XrayResult | None
    combined: float | None
    contradictions: tuple[Contradiction, ...]
    decision: Decision
    carrier: CarrierAnswer | None
    versions: Versions
    warnings: tuple[Notice, ...]
    record: Stored
    recalled: Recalled
    limits: PictureLimits

    @property
    def evidence(self) -> Evidence:
        """What the decision rests on."""
        return self.record.evidence


def versions(tools: Tools, profile: ScannerProfile | None = None, policy: Policy | None = None) -> Versions:
    """Name the versions that every answer made with these tools carries.

    Args:
        tools: All tools.
        profile: Of the scanner whose pictures were judged by it; None: of none.
        policy: That decided; None: the base.
    """
    return Versions(
        service=__version__,
        risk_model=tools.risk.title if tools.risk else None,
        xray_model=tools.xray.title if tools.xray else None,
        sop=(policy or tools.policy).title,
        sop_digest=tools.package.digest,
        feature_spec=FEATURE_SPEC.digest,
        indicators=tools.lists_version,
        scanner_profile=profile.title if profile else None,
        risk_model_digest=tools.risk.digest if tools.risk else None,
        xray_model_digest=tools.xray.digest if tools.xray else None,
        scanner_profile_digest=profile.digest if profile else None,
        watchlists=tools.watchlists_digest,
    )
