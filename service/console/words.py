"""How figures and codes read on the console's pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sop.placi.words import OUTCOME_NAMES

LANES = {
    "detain": "Detain",
    "examine": "Examine",
    "scan": "Scan",
    "documents": "Ask for documents",
    "release": "Release",
}
# A sign beside each colour: about one man in twelve cannot tell some of the colours apart.
SIGNS = {"detain": "■", "examine": "▲", "scan": "◆", "documents": "●", "release": "✓"}
OUTCOMES = OUTCOME_NAMES
ASSESSMENTS = {"alarm": "Alarm", "clear": "Nothing seen", "unknown": "Not judged"}
ABILITIES = {
    "no_interference": "readable throughout",
    "shield": "opaque region that could hide a part",
    "unreadable": "unreadable",
}
FOUND = {
    "illicit": "Firearms, parts or ammunition found",
    "other_offence": "Opened: another offence",
    "nothing": "Opened: as declared, nothing found",
    "not_opened": "Could not be opened",
}
FOUND_SHORT = {
    "illicit": "found",
    "other_offence": "other offence",
    "nothing": "nothing found",
    "not_opened": "not opened",
}
MISSING = {
    "image_unreadable": "a picture could not be read",
    "image_shielded": "a picture has an opaque region",
    "scanner_uncalibrated": "the scanner is not calibrated",
    "risk_unavailable": "the manifest risk is missing",
    "xray_unavailable": "the X-ray detector is missing",
}
PLACED_BY = {
    "rule": "a rule",
    "default": "the default lane, as no rule matched",
    "missing_evidence": "missing evidence",
    "chance": "chance",
    "workload": "the workload: the lane is kept to its share",
}
REQUESTS = {"missing": "Missing", "amend": "To be amended", "screening": "To be sent back", "papers": "To be sent"}
BAR_WIDTH = 100


def part(name: str) -> str:
    """Return a firearm part's name as a person writes it."""
    return name.replace("_", " ").replace("firearm like", "firearm-like")


def chance(probability: float) -> str:
    """Return a probability so that small ones can be told apart: `43 %`, `2.1 %`, `1 in 2,300`."""
    if probability >= 0.1:
        return f"{probability:.0%}".replace("%", " %")
    if probability >= 0.01:
        return f"{probability:.1%}".replace("%", " %")
    return f"1 in {1 / probability:,.0f}" if probability > 0 else "0"


def percentile(value: float) -> str:
    """Return where a score stands: `higher than 98.7 % of parcels`."""
    shown = f"{value:.2f}" if 99.9 < value < 100 else f"{value:.1f}"
    return f"higher than {shown} % of parcels"


def cut(found: dict[str, Any]) -> str:
    """Return the cut of the workload that moved a parcel, in words."""
    bound = "at least" if found["moves"] == "in" else "at most"
    share, tie = found["share"], found["tie"]
    lot = f"; of the parcels ranked exactly there, {chance(tie)} by lot" if 0 < tie < 1 else ""
    where = f"cut at rank {found['rank']:.4g}, from the last {found['parcels']:,} parcels{lot}"
    return f"{LANES[found['lane']]} is to hold {bound} {chance(share)} of parcels; {where}"


def moment(text: str) -> str:
    """Return a moment of an answer as `2026-11-20 08:15:00 UTC`."""
    return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M:%S UTC")


def bar(contribution: float, contributions: list[float]) -> tuple[float, float]:
    """Return (x, width) of a reason's bar in a drawing 200 wide with zero at 100; the strongest fills its side."""
    strongest = max((abs(one) for one in contributions), default=0.0)
    width = BAR_WIDTH * abs(contribution) / strongest if strongest else 0.0
    return (BAR_WIDTH if contribution >= 0 else BAR_WIDTH - width), max(width, 1.0)
