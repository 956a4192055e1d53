"""Builds what a screening needs, once, from the settings: the only place that knows where things lie."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

from features.errors import CheckFailed, ParcelScreeningError
from models.bundle import Bundle, Kind, locate, open_bundle
from models.risk import RiskModel
from models.xray import PictureLimits, XrayModel
from service.home import secret_of_home
from service.screening import Notice, Tools
from service.settings import Settings
from service.site_lists import site_lists
from service.watchlists import load_watchlists
from sop.active import active_policy_path
from sop.loader import load_policy

Model = TypeVar("Model", RiskModel, XrayModel)
SELECTION_KEY = "selection.key"
NAMES: dict[Kind, str] = {"risk": "risk model", "xray": "X-ray detector"}
log = logging.getLogger("parcel_screening")


def load_tools(settings: Settings) -> Tools:
    """Load policy, models and lists.

    A model that cannot be loaded is left out and named in `Tools.warnings`: the SOP says what a missing model means.
    An invalid policy, watch list or `indicators.json` is an error, because nothing else could stand in for it.

    Raises:
        InputError: The policy, a watch list or the site's own lists are not usable.
    """
    notices: list[Notice] = []
    lists, lists_version = site_lists(settings.home)
    watchlists = load_watchlists(settings.home)
    today = date.today()
    for one in watchlists:
        if expired := one.expired(today):
            notices.append(Notice("watchlist_expired", f"Watch list {one.name}: {expired} entries have expired."))
    return Tools(
        policy=load_policy(active_policy_path(settings.sop, settings.home)),
        risk=_load("risk", settings, settings.risk_model, RiskModel.load, notices),
        xray=_load("xray", settings, settings.xray_model, XrayModel.load, notices),
        limits=PictureLimits(max_bytes=settings.max_picture_bytes, max_pixels=settings.max_picture_pixels),
        selection_secret=selection_secret(settings.home),
        lists=lists,
        lists_version=lists_version,
        watchlists=watchlists,
        warnings=tuple(notices),
    )


def selection_secret(home: Path) -> bytes:
    """Return the home's secret for random selection, making it on first use.

    Without a secret, whoever knows the policy could compute which item numbers are selected.
    """
    return secret_of_home(home, SELECTION_KEY)


def _load(
    kind: Kind, settings: Settings, explicit: Path | None, load: Callable[[Bundle], Model], notices: list[Notice]
) -> Model | None:
    try:
        bundle = open_bundle(locate(kind, settings.home, explicit), kind)
        if bundle.card.research_only and not settings.allow_research_models:
            raise CheckFailed(
                f"{bundle.folder}: the card says licence: research-only; "
                "set PARCEL_SCREENING_ALLOW_RESEARCH_MODELS=1 to allow it."
            )
        return load(bundle)
    except ParcelScreeningError as error:
        # Callers learn that the model is out; where it lies and why it was refused is for whoever runs the service.
        log.warning("%s model not loaded: %s", kind, _detail(error))
        notices.append(Notice(f"{kind}_model_unavailable", f"The {NAMES[kind]} is not available; the log says why."))
        return None


def _detail(error: ParcelScreeningError) -> str:
    return "; ".join([error.message, *(str(problem) for problem in error.problems)])
