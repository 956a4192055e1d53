"""Builds what a screening needs, once, from the settings: the only place that knows where things lie."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from models.card import KINDS
from models.xray import PictureLimits
from service.home import secret_of_home
from service.in_force import package_in_force
from service.kept import keep_watchlists
from service.live import LiveTools, Observer
from service.model_watch import model_part
from service.order_watch import order_notes_part
from service.pictures.reading import ReadHere, Reading
from service.policy_watch import first_package, policy_part
from service.scanner_watch import drift_part, profiles_of, profiles_part
from service.screening import Notice, Tools
from service.settings import Settings
from service.shadow_load import shadow_part
from service.site_lists import site_lists
from service.stop_switch import stop_part, with_stop
from service.store.store import Store
from service.watchlists import load_watchlists
from service.workload_watch import workload_part
from sop.package import Package
from sop.registry.standing import stop_state

SELECTION_KEY = "selection.key"


def load_tools(settings: Settings) -> Tools:
    """Load the procedure in force, models and lists.

    A model that cannot be loaded is left out and named in `Tools.warnings`: the SOP says what a missing model means;
    while the models are stopped, none is loaded. An invalid policy, watch list or `indicators.json` is an error,
    because nothing else could stand in for it.

    Raises:
        InputError: The policy, a watch list, the site's own lists or the public keys of models are not usable.
        CheckFailed: The registry's history, or the activated version's files, were changed.
    """
    return _tools(settings, ReadHere(), package_in_force(settings)[1], ())


def _tools(settings: Settings, reading: Reading, package: Package, about_it: tuple[Notice, ...]) -> Tools:
    notices = list(about_it)
    lists, lists_version = site_lists(settings.home)
    watchlists = load_watchlists(settings.home)
    today = date.today()
    for one in watchlists:
        if expired := one.expired(today):
            notices.append(Notice("watchlist_expired", f"Watch list {one.name}: {expired} entries have expired."))
    tools = Tools(
        package=package,
        risk=None,
        xray=None,
        limits=PictureLimits(max_bytes=settings.max_picture_bytes, max_pixels=settings.max_picture_pixels),
        selection_secret=selection_secret(settings.home),
        lists=lists,
        lists_version=lists_version,
        watchlists=watchlists,
        watchlists_digest=keep_watchlists(settings.home, watchlists),
        warnings=tuple(notices),
        profiles=profiles_of(settings.home),
        reading=reading,
    )
    return with_stop(tools, stop_state(settings.home), settings)


def live_tools(
    settings: Settings,
    observer: Observer | None = None,
    store: Store | None = None,
    tell: Callable[[Tools], None] = lambda tools: None,
    reading: Reading | None = None,
) -> LiveTools:
    """Load everything, ready to take what is put in force, promoted, stopped or calibrated later.

    Args:
        settings: All settings.
        observer: Is told of every replacement.
        store: Where it is looked up whether scanners drift, and how full lanes are; None: nowhere.
        tell: Hears of the tools after each such look.
        reading: Reads the pictures; None: this process does.

    Raises:
        ParcelScreeningError: As `load_tools`, where no service ever took a procedure of this home.
    """
    # The switch first: a model that is promoted while the models are stopped must not be loaded.
    parts = [stop_part(settings), policy_part(settings)]
    parts += [*(model_part(kind, settings) for kind in KINDS), profiles_part(settings), shadow_part(settings)]
    if store is not None:
        # The workload last: it works out the cuts of a candidate that was just taken.
        parts += [order_notes_part(settings, store), drift_part(store, tell), workload_part(store)]
    return LiveTools(lambda: _tools(settings, reading or ReadHere(), *first_package(settings)), parts, observer)


def selection_secret(home: Path) -> bytes:
    """Return the home's secret for random selection, making it on first use.

    Without a secret, whoever knows the policy could compute which item numbers are selected.
    """
    return secret_of_home(home, SELECTION_KEY)
