"""Builds what a screening needs, once, from the settings: the only place that knows where things lie."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import date
from pathlib import Path

from features.errors import ParcelScreeningError
from models.card import KINDS, Card, Kind
from models.loading import load_risk, load_xray
from models.risk import RiskModel
from models.xray import PictureLimits, XrayModel
from service.bundles import mark, open_in_use
from service.home import secret_of_home
from service.live import LiveTools, Observer, Part, cause_of
from service.scanner_watch import drift_part, profiles_of, profiles_part
from service.screening import Notice, Tools
from service.settings import Settings
from service.site_lists import site_lists
from service.store.store import Store
from service.watchlists import load_watchlists
from sop.active import active_policy_path
from sop.loader import load_policy
from sop.package import Package

SELECTION_KEY = "selection.key"
NAMES: dict[Kind, str] = {"risk": "risk model", "xray": "X-ray detector"}
log = logging.getLogger("parcel_screening")


def load_tools(settings: Settings) -> Tools:
    """Load policy, models and lists.

    A model that cannot be loaded is left out and named in `Tools.warnings`: the SOP says what a missing model means.
    An invalid policy, watch list or `indicators.json` is an error, because nothing else could stand in for it.

    Raises:
        InputError: The policy, a watch list, the site's own lists or the public keys of models are not usable.
    """
    notices: list[Notice] = []
    lists, lists_version = site_lists(settings.home)
    watchlists = load_watchlists(settings.home)
    today = date.today()
    for one in watchlists:
        if expired := one.expired(today):
            notices.append(Notice("watchlist_expired", f"Watch list {one.name}: {expired} entries have expired."))
    tools = Tools(
        package=_package(active_policy_path(settings.sop, settings.home)),
        risk=None,
        xray=None,
        limits=PictureLimits(max_bytes=settings.max_picture_bytes, max_pixels=settings.max_picture_pixels),
        selection_secret=selection_secret(settings.home),
        lists=lists,
        lists_version=lists_version,
        watchlists=watchlists,
        warnings=tuple(notices),
        profiles=profiles_of(settings.home),
    )
    for kind in KINDS:
        tools = _first(kind, tools, settings)
    return tools


def live_tools(
    settings: Settings,
    observer: Observer | None = None,
    store: Store | None = None,
    tell: Callable[[Tools], None] = lambda tools: None,
) -> LiveTools:
    """Load everything, ready to take the models that are promoted or rolled back later, and scanner profiles.

    Args:
        settings: All settings.
        observer: Is told of every replacement.
        store: Where it is looked up whether scanners drift; None: nowhere.
        tell: Hears of the tools after each such look.

    Raises:
        InputError: As `load_tools`.
    """
    parts = [*(_part(kind, settings) for kind in KINDS), profiles_part(settings)]
    if store is not None:
        parts.append(drift_part(store, tell))
    return LiveTools(lambda: load_tools(settings), parts, observer)


def with_model(kind: Kind, tools: Tools, settings: Settings) -> Tools:
    """Return the tools with the model of a kind that is in use now.

    Raises:
        ParcelScreeningError: It cannot be loaded.
    """
    bundle = open_in_use(settings, kind)
    risk: RiskModel | None = load_risk(bundle) if kind == "risk" else tools.risk
    xray: XrayModel | None = load_xray(bundle) if kind == "xray" else tools.xray
    others: list[Card] = [card for card in tools.cards if card.kind != kind]
    cards = tuple(sorted([*others, bundle.card], key=lambda card: KINDS.index(card.kind)))
    return replace(tools, risk=risk, xray=xray, cards=cards, warnings=_other_notices(kind, tools))


def unavailable(kind: Kind) -> str:
    """Return the code of the notice that there is no model of a kind."""
    return f"{kind}_model_unavailable"


def not_replaced(kind: Kind) -> str:
    """Return the code of the notice that a model stays in use because the one promoted since does not load."""
    return f"{kind}_model_not_replaced"


def selection_secret(home: Path) -> bytes:
    """Return the home's secret for random selection, making it on first use.

    Without a secret, whoever knows the policy could compute which item numbers are selected.
    """
    return secret_of_home(home, SELECTION_KEY)


def _package(path: Path) -> Package:
    return Package(base=load_policy(path), files={path.name: path.read_bytes()})


def _first(kind: Kind, tools: Tools, settings: Settings) -> Tools:
    try:
        return with_model(kind, tools, settings)
    except ParcelScreeningError as error:
        # Callers learn that the model is out; where it lies and why it was refused is for whoever runs the service.
        log.warning("%s model not loaded: %s", kind, cause_of(error))
        return _kept(kind, tools)


def _part(kind: Kind, settings: Settings) -> Part:
    def rebuilt(tools: Tools) -> Tools:
        return with_model(kind, tools, settings)

    def kept(tools: Tools) -> Tools:
        return _kept(kind, tools)

    def look() -> Hashable:
        return mark(settings, kind)

    return Part(f"{kind}_model", look, rebuilt, kept)


def _kept(kind: Kind, tools: Tools) -> Tools:
    """Return the tools with a notice that the model in use now could not be loaded."""
    before = {"risk": tools.risk, "xray": tools.xray}[kind]
    if before is None:
        notice = Notice(unavailable(kind), f"The {NAMES[kind]} is not available; the log says why.")
    else:
        text = f"The {NAMES[kind]} put in use since cannot be loaded; {before.title} goes on. The log says why."
        notice = Notice(not_replaced(kind), text)
    return replace(tools, warnings=(*_other_notices(kind, tools), notice))


def _other_notices(kind: Kind, tools: Tools) -> tuple[Notice, ...]:
    return tuple(one for one in tools.warnings if one.code not in {unavailable(kind), not_replaced(kind)})
