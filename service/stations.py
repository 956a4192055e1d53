"""Which stations a key is for: names, or names with one `*` that stands for anything."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from features.errors import Problem, UsageError

ANY = "*"
MAX_PATTERNS = 32
MAX_PATTERN = 64
"""A station's own name has no more (`service.schemas.MAX_NAME`)."""


@dataclass(frozen=True, slots=True)
class Stations:
    """The stations of a key.

    Attributes:
        patterns: Each a station's name, or one with a single `*`: `belt-*`, `*-export`, `leeds-*-xray`.
    """

    patterns: tuple[str, ...]

    def admits(self, station_id: str | None) -> bool:
        """Return whether a station is one of them; a screening without a station is nobody's but an unscoped key's."""
        return station_id is not None and any(_fits(pattern, station_id) for pattern in self.patterns)

    @property
    def only(self) -> str | None:
        """The station's name where there is exactly one; None where there could be several."""
        (first, *others) = self.patterns
        return None if others or ANY in first else first

    def as_text(self) -> str:
        """Return the form that the store keeps: a JSON list."""
        return json.dumps(self.patterns, ensure_ascii=False)

    def __str__(self) -> str:
        return ", ".join(self.patterns)


def stations_of(patterns: Sequence[str]) -> Stations | None:
    """Return the stations that somebody named; None where nobody named any: every station.

    Raises:
        UsageError: Something named cannot be a pattern; all of them are told.
    """
    problems = [problem for pattern in patterns if (problem := _fault(pattern))]
    if len(patterns) > MAX_PATTERNS:
        problems.append(Problem("--station", "too_many", f"A key takes at most {MAX_PATTERNS} stations or patterns."))
    if problems:
        raise UsageError("The stations cannot be used.", problems)
    return Stations(tuple(dict.fromkeys(patterns))) if patterns else None


def read_stations(text: str | None) -> Stations | None:
    """Return the stations that the store keeps for a key; None: every station."""
    return Stations(tuple(json.loads(text))) if text is not None else None


def _fault(pattern: str) -> Problem | None:
    if not 0 < len(pattern) <= MAX_PATTERN or not pattern.isprintable():
        return Problem(pattern[:MAX_PATTERN], "station_invalid", f"Takes 1 to {MAX_PATTERN} printable characters.")
    if pattern.count(ANY) > 1:
        return Problem(pattern, "station_invalid", "Takes one * at most; it stands for anything, also for nothing.")
    return None


def _fits(pattern: str, station_id: str) -> bool:
    start, star, end = pattern.partition(ANY)
    if not star:
        return station_id == pattern
    return len(station_id) >= len(start) + len(end) and station_id.startswith(start) and station_id.endswith(end)
