"""How many requests one worker works on, lets wait and listens to; nothing heavy is imported here."""

from __future__ import annotations

from dataclasses import dataclass

from service.settings import Settings

FORM_READERS = 8
SCORING = 2
"""Scores that are worked on at once: a core each, and few enough to leave room for screenings."""
SPARE_THREADS = 16
"""For health, reading and everything else that takes no slot."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many are worked on at once, and how many may wait for that."""

    slots: int
    queue: int


def server_threads(settings: Settings) -> int:
    """Return how many threads a worker needs so that a refusal never waits behind those who work or wait."""
    in_pools = (
        settings.threads + SCORING + 2 * settings.manifest_queue + settings.picture_threads + settings.picture_queue
    )
    return in_pools + settings.body_readers + FORM_READERS + settings.batches + SPARE_THREADS
