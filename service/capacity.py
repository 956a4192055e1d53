"""How many requests one worker works on, lets wait and listens to; nothing heavy is imported here."""

from __future__ import annotations

import math
from dataclasses import dataclass

from service.settings import Settings


@dataclass(frozen=True, slots=True)
class Size:
    """How many are worked on at once, how many may wait for that, and for how many seconds they may expect to."""

    slots: int
    queue: int
    most_wait: float = math.inf


ON_SQLITE, ON_POSTGRESQL = 1, 8
"""Manifests that are worked on at once. SQLite's answers are computed by the one who asks, so two would only take turns
and both come later; PostgreSQL's are waited for (`docs/operations.md`)."""
FORM_READERS = 8
SCORING = 2
"""Scores that are worked on at once: a core each, and few enough to leave room for screenings."""
DRAWING = Size(2, 16)
"""Pictures that are drawn for somebody to look at: each is up to 40 megapixels, decoded and encoded again."""
SPARE_THREADS = 16
"""For health, reading and everything else that takes no slot."""


def server_threads(settings: Settings) -> int:
    """Return how many threads a worker needs so that a refusal never waits behind those who work or wait."""
    in_pools = _screenings(settings) + SCORING + settings.manifest_queue + DRAWING.slots + DRAWING.queue
    reading = settings.body_readers + FORM_READERS + settings.batches
    return in_pools + reading + most_storing(settings) + SPARE_THREADS


def most_storing(settings: Settings) -> int:
    """Return how many requests may wait for the store at once: twice as many as are worked on or wait for that.

    While the store is well a few milliseconds' worth of requests wait for it; where a disk stalls everybody would, and
    with them health and refusals, which need a thread as well.
    """
    return 2 * _screenings(settings)


def manifests_at_once(settings: Settings) -> int:
    """Return how many manifests one worker works on at once: what the settings say, or what suits the store."""
    suits = ON_SQLITE if settings.effective_database_url.startswith("sqlite") else ON_POSTGRESQL
    return settings.threads or suits


def _screenings(settings: Settings) -> int:
    return manifests_at_once(settings) + settings.manifest_queue + settings.picture_threads + settings.picture_queue
