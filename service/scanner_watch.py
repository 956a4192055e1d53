"""Keeps the scanners of a running service up to date: profiles as they are written, and what left its profile.

What a scanner's pictures look like stands in the stored answers, so every worker comes to the same verdict, and a
restart forgets nothing.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from features.errors import ParcelScreeningError
from models.scanner_drift import WINDOW, Moved, Statistics, drift, sentence
from models.scanner_profile import ScannerProfile
from models.scanner_profile_file import Profiles, mark, read_profiles
from service.kept import keep_profiles
from service.live import Part
from service.scanners import in_use, statistics_in
from service.screening import Tools
from service.settings import Settings
from service.store.scanner_pictures import newest, newest_answers
from service.store.store import Store, existing_store

EVERY_SECONDS = 5.0
LOOK_BACK = 20_000
"""Screenings that are searched for a scanner's pictures at the start; a scanner rarer than that begins anew."""
log = logging.getLogger("parcel_screening")


def profiles_of(home: Path) -> Profiles:
    """Read the profiles of a home; those that cannot be used are logged."""
    profiles = read_profiles(home)
    for problem in profiles.problems:
        log.error("scanner profile not used", extra={"cause": str(problem)})
    keep_profiles(home, profiles)
    return profiles


def profiles_part(settings: Settings) -> Part:
    """Return the part of the tools that is replaced when a profile is written or removed."""

    def look() -> Hashable:
        return mark(settings.home)

    def rebuilt(tools: Tools) -> Tools:
        return replace(tools, profiles=profiles_of(settings.home))

    return Part("scanner_profiles", look, rebuilt, lambda tools: tools)


def drift_part(store: Store, tell: Callable[[Tools], None]) -> Part:
    """Return the part of the tools that says which scanners drift, looked at every EVERY_SECONDS.

    Args:
        store: Where answers are.
        tell: Hears of the tools after each look.
    """
    watch = DriftWatch(store)

    def rebuilt(tools: Tools) -> Tools:
        found = with_drift(tools, watch)
        tell(found)
        return found

    return Part("scanner_drift", lambda: int(time.monotonic() / EVERY_SECONDS), rebuilt, lambda tools: tools, True)


def with_drift(tools: Tools, watch: DriftWatch) -> Tools:
    """Return the tools with what drifts now; where the store fails, with what drifted before."""
    used = in_use(tools.profiles, *tools.detector)
    try:
        found = watch.look(used)
    except ParcelScreeningError as error:
        log.warning("scanners not looked at", extra={"cause": error.message})
        return tools
    for scanner in sorted(found.keys() - tools.drift.keys()):
        log.warning("scanner drifts", extra={"cause": sentence(used[scanner], found[scanner])})
    return tools if found == tools.drift else replace(tools, drift=found)


def with_drift_of_home(tools: Tools, settings: Settings) -> Tools:
    """Return the tools with what drifts by the store of a home, for a caller that keeps no store open."""
    store = existing_store(settings) if tools.profiles.by_scanner else None
    if store is None:
        return tools
    try:
        return with_drift(tools, DriftWatch(store))
    finally:
        store.close()


@dataclass(slots=True)
class _Window:
    """The newest pictures of a scanner, and the place in the chain up to which they were read."""

    after: int
    pictures: deque[Statistics] = field(default_factory=lambda: deque(maxlen=WINDOW))


class DriftWatch:
    """Holds the newest pictures of each calibrated scanner; for one thread.

    Args:
        store: Where answers are.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._windows: dict[str, _Window] = {}

    def look(self, profiles: Mapping[str, ScannerProfile]) -> dict[str, tuple[Moved, ...]]:
        """Read what came since the last look and return what left its profile, by scanner.

        Args:
            profiles: In use, by scanner.

        Raises:
            StoreUnavailable: The store cannot be read.
        """
        if not profiles:
            self._windows.clear()
            return {}
        with self._store.reading() as connection:
            upto = newest(connection)
            kept = {one.digest: self._windows.get(one.digest) for one in profiles.values()}
            # A new profile begins anew: its scanner's earlier pictures were judged by another.
            self._windows = {digest: one or _Window(max(0, upto - LOOK_BACK)) for digest, one in kept.items()}
            for scanner, profile in profiles.items():
                window = self._windows[profile.digest]
                answers = newest_answers(connection, scanner, window.after, upto, WINDOW)
                window.pictures.extend(statistics_in(answers, profile.digest))
                window.after = upto
        verdicts = {name: drift(one, tuple(self._windows[one.digest].pictures)) for name, one in profiles.items()}
        return {name: moved for name, moved in verdicts.items() if moved}
