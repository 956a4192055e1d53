"""Lets go of what was kept for replays once no answer on record names it any more: watch lists name people."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import select

from features.errors import ParcelScreeningError
from models.card import KINDS
from models.places import locate
from models.scanner_profile_file import read_profiles
from service.bundles import named
from service.kept import FOLDER, INDICATORS, MODELS, SCANNERS, WATCHLISTS, card_digest, watchlists_digest
from service.settings import Settings
from service.site_lists import site_version
from service.store.store import Store
from service.store.tables import screening
from service.watchlists import load_watchlists

UNUSED = timedelta(days=30)
"""What was kept later than this may be in use by a service that has not answered yet."""
NAMES = {
    "risk_model_digest": MODELS,
    "xray_model_digest": MODELS,
    "scanner_profile_digest": SCANNERS,
    "watchlists": WATCHLISTS,
    "indicators": INDICATORS,
}
"""What an answer names under which of its versions."""


def sweep_kept(store: Store, settings: Settings, at: datetime) -> int:
    """Remove what no answer on record names and nothing of the home uses now; return how much.

    Raises:
        StoreUnavailable: The store cannot be read; nothing was removed.
    """
    needed = {*_on_record(store), *_in_use(settings)}
    count = 0
    for kind in (MODELS, SCANNERS, WATCHLISTS, INDICATORS):
        for path in sorted((settings.home / FOLDER / kind).glob("[!.]*")):
            old = path.stat().st_mtime < (at - UNUSED).timestamp()
            if old and (kind, path.name.removesuffix(".json")) not in needed:
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
                count += 1
    return count


def _on_record(store: Store) -> Iterator[tuple[str, str]]:
    with store.reading() as connection:
        texts = connection.execute(select(screening.c.versions).distinct()).scalars().all()
    for text in texts:
        versions = json.loads(text)
        yield from ((kind, versions[name]) for name, kind in NAMES.items() if versions.get(name))


def _in_use(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield what the next start of a service would use; what cannot be read now is none of it."""
    for kind in KINDS:
        with contextlib.suppress(ParcelScreeningError):
            yield MODELS, card_digest(locate(kind, settings.home, named(settings, kind))) or ""
    for mine in read_profiles(settings.home).by_scanner.values():
        yield from ((SCANNERS, one.digest) for one in mine)
    with contextlib.suppress(ParcelScreeningError):
        yield WATCHLISTS, watchlists_digest(load_watchlists(settings.home)) or ""
    with contextlib.suppress(ParcelScreeningError):
        yield INDICATORS, site_version(settings.home)
