"""What a procedure is checked against on this installation: the day, its models and its watch lists."""

from __future__ import annotations

from datetime import date

from features.errors import ParcelScreeningError
from features.watchlist import WatchList
from models.bundle import Bundle, open_bundle
from models.card import Kind
from models.places import locate
from models.scanner_profile_file import read_profiles
from models.score_range import ScoreRange, ranges_of
from service.settings import Settings
from service.watchlists import FOLDER, load_watchlists
from sop.check import Context


def check_context(settings: Settings, today: date) -> Context:
    """Return what `sop check` compares a procedure to; what cannot be read here is told elsewhere, and not compared."""
    return Context(today=today, scores=_scores(settings), watchlists=_watchlists(settings))


def _scores(settings: Settings) -> dict[str, ScoreRange]:
    risk, xray = _bundle("risk", settings), _bundle("xray", settings)
    profiles = [one for several in read_profiles(settings.home).by_scanner.values() for one in several]
    try:
        return ranges_of(risk, xray, profiles)
    except ParcelScreeningError:
        return {}


def _bundle(kind: Kind, settings: Settings) -> Bundle | None:
    named = settings.risk_model if kind == "risk" else settings.xray_model
    try:
        return open_bundle(locate(kind, settings.home, named), kind)
    except ParcelScreeningError:
        return None


def _watchlists(settings: Settings) -> tuple[WatchList, ...] | None:
    # An author's own computer has no watch lists; that says nothing about those of the service.
    if not (settings.home / FOLDER).is_dir():
        return None
    try:
        return load_watchlists(settings.home)
    except ParcelScreeningError:
        return None
