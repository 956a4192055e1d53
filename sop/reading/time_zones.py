"""The time zone in which the days of a procedure begin."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from sop.findings import Report
from sop.reading.scalars import Text
from sop.reading.suggest import did_you_mean
from sop.reading.yaml_reader import Node

ABBREVIATIONS: Map[str, str] = {
    "CET": "Europe/Paris",
    "CEST": "Europe/Paris",
    "GMT+1": "Europe/Paris",
    "BST": "Europe/London",
    "EST": "America/New_York",
    "CST": "America/Mexico_City",
    "PST": "America/Los_Angeles",
}
"""What authors write and tz data know otherwise or not at all, with a zone they may mean."""


def is_time_zone(name: str) -> bool:
    """Return whether the tz data of this installation know the zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        # A name such as `Europe` is a folder of the data, one with `..` is refused.
        return False
    return True


@dataclass(frozen=True)
class TimeZone(Text):
    """A name of the IANA time zone data."""

    wanted: str = "a time zone"
    pattern: str = r"[A-Za-z0-9_+/-]{1,64}"
    form: str = "is a name such as `Europe/Madrid` or `UTC`"

    def read(self, node: Node, report: Report) -> str | None:
        """Return the name."""
        text = super().read(node, report)
        if text is None or (is_time_zone(text) and text not in ABBREVIATIONS):
            return text
        place = ABBREVIATIONS.get(text)
        hint = f"; write the place, for example `{place}`." if place else _close(text, report)
        report.error(node.mark, "time_zone_unknown", f"`{text}` is no time zone that this program knows{hint}")
        return None

    def schema(self) -> dict[str, Any]:
        """Return a string; which zones there are depends on the installation."""
        return {**super().schema(), "examples": ["UTC", "Europe/Madrid", "America/Mexico_City", "Asia/Seoul"]}


def _close(text: str, report: Report) -> str:
    zones = available_timezones()
    places = {name.rsplit("/", 1)[-1]: name for name in sorted(zones)}
    hint = did_you_mean(text, zones, report)
    by_place = did_you_mean(text, places, report)
    if "`" not in hint and "`" in by_place:
        return f"; did you mean `{places[by_place.split('`')[1]]}`?"
    return hint if "`" in hint else "; write one such as `Europe/Madrid` or `UTC`."
