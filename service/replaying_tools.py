"""Finds again what an answer was made with: models, procedure, lists and profile, each by the digest on record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from features.errors import ParcelScreeningError
from features.indicators.lists import DEFAULT_LISTS, IndicatorLists
from features.indicators.site import read_site_lists
from features.watchlist import WatchList
from models.bundle import open_bundle
from models.card import Kind
from models.loading import load_risk, load_xray
from models.risk import RiskModel
from models.scanner_profile import ScannerProfile
from models.xray import XrayModel
from service.in_force import kept_package
from service.kept import kept_bundle, kept_indicators, kept_profile, kept_watchlists
from service.settings import Settings
from service.site_lists import DEFAULT_LISTS_VERSION
from sop.package import Package

Found = TypeVar("Found")
Versions = Mapping[str, Any]


class NotKept(Exception):
    """Something that an answer was made with is gone, or of no use to this release; the message says what and why."""


class Shelf:
    """Reads each thing once; what is gone stays gone.

    Args:
        settings: All settings; the home keeps what ever decided.
    """

    def __init__(self, settings: Settings) -> None:
        self._home = settings.home
        self._known: dict[tuple[str, str], Any] = {}

    def package(self, digest: str) -> Package:
        """Return the procedure of a digest; this and the others raise NotKept."""
        return self._once("procedure", digest, lambda: kept_package(self._home, digest))

    def risk(self, versions: Versions) -> RiskModel | None:
        """Return the risk model that an answer names; None where it had none."""
        return self._model("risk", versions, lambda folder: load_risk(open_bundle(folder, "risk")))

    def xray(self, versions: Versions) -> XrayModel | None:
        """Return the detector that an answer names; None where it had none."""
        return self._model("xray", versions, lambda folder: load_xray(open_bundle(folder, "xray")))

    def profile(self, versions: Versions) -> ScannerProfile | None:
        """Return the scanner profile that an answer names; None where it had none."""
        digest = versions.get("scanner_profile_digest")
        if digest is None:
            return None
        return self._once("scanner profile", digest, lambda: kept_profile(self._home, digest))

    def watchlists(self, versions: Versions) -> tuple[WatchList, ...]:
        """Return the watch lists as they were."""
        digest = versions.get("watchlists")
        if digest is None:
            return ()
        return self._once("state of the watch lists", digest, lambda: kept_watchlists(self._home, digest))

    def lists(self, versions: Versions) -> IndicatorLists:
        """Return the indicator lists that an answer names."""
        version: str = versions["indicators"]
        if version == DEFAULT_LISTS_VERSION:
            return DEFAULT_LISTS

        def read() -> IndicatorLists | None:
            data = kept_indicators(self._home, version)
            return read_site_lists(data, version) if data is not None else None

        return self._once("indicator lists", version, read)

    def _model(self, kind: Kind, versions: Versions, load: Callable[[Any], Found]) -> Found | None:
        title, digest = versions[f"{kind}_model"], versions.get(f"{kind}_model_digest")
        if title is None:
            return None
        if digest is None:
            raise NotKept(f"Which {title} decided is not on record: its release named models by title alone.")
        return self._once(f"model {title}", digest, lambda: self._load(kind, digest, load))

    def _load(self, kind: Kind, digest: str, load: Callable[[Any], Found]) -> Found | None:
        folder = kept_bundle(self._home, kind, digest)
        return load(folder) if folder else None

    def _once(self, what: str, name: str, find: Callable[[], Found | None]) -> Found:
        if (what, name) not in self._known:
            try:
                found = find()
                self._known[what, name] = NotKept(f"The {what} {name[:12]} is not kept.") if found is None else found
            except ParcelScreeningError as error:
                self._known[what, name] = NotKept(f"The {what} {name[:12]} cannot be used: {error.message}")
        found = self._known[what, name]
        if isinstance(found, NotKept):
            raise found
        known: Found = found
        return known
