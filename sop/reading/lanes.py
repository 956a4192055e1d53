"""Lanes and outcomes as authors write them, and the keys that several blocks of the language share."""

from __future__ import annotations

from collections.abc import Mapping as Map
from typing import Any

from sop.findings import CODES, Mark, Report
from sop.reading.scalars import Choice, Text
from sop.reading.shapes import Check, Key, Made, Table

LANE_WORDS: dict[str, str] = {
    "detain": "Held by the authority; nobody opens it without the duty officer.",
    "examine": "Opened and searched by an officer.",
    "scan": "X-rayed, or X-rayed again.",
    "documents": "Held until papers or answers have come.",
    "release": "Goes on its way.",
}
OUTCOME_WORDS: dict[str, str] = {
    "DNL": "Do not load.",
    "RFS": "Request for screening.",
    "RFI": "Request for information.",
    "RFA": "Request for amendment.",
    "AC": "Assessment complete.",
}
LANE = Choice(LANE_WORDS, "lane")
OUTCOME = Choice(OUTCOME_WORDS, "outcome")
REFERENCE: Key[str] = Key(
    "reference", Text(), "The clause of your written procedure; the officer sees it.", 'reference: "SOP 4.3"'
)
INSTRUCTIONS: Key[str] = Key(
    "instructions", Text(), "What the officer does now, in full sentences.", "instructions: Hold the parcel closed."
)
LANE_KEY: Key[str] = Key("lane", LANE, "Where the parcel goes.", "lane: examine", required=True)
VERSION = Text("a version", r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,39}", "is letters, digits, `.`, `-`, `_` and `+`")
Accepted = tuple[tuple[str, str], ...]


def accept_key() -> Key[Accepted]:
    """Return the key under which authors write which warnings they live with, and why."""
    warnings = {code: text for code, text in CODES.items() if text.startswith("Warning:")}
    return Key(
        "accept",
        Made(Table(warnings, Text(longest=500), "warning"), lambda table: tuple(sorted(table.items()))),
        "Warnings of `sop check` that you live with here, each with the reason; they are shown as accepted.",
        "accept: {review_missing: The unit reviews this rule together with SOP 4 in spring.}",
    )


def in_order(first: str, last: str) -> Check:
    """Return a check that the day under the key `last` does not lie before the one under `first`."""

    def check(values: dict[str, Any], marks: Map[str, Mark], _mark: Mark, report: Report) -> bool:
        start, end = values.get(first), values.get(last)
        if start is None or end is None or start <= end:
            return True
        report.error(marks[last], "date_order", days_message(first, start, last, end))
        return False

    return check


def days_message(first: str, start: object, last: str, end: object) -> str:
    """Return what is wrong with a period that ends before it begins."""
    return f"`{last}: {end}` lies before `{first}: {start}`, so no day would count; exchange or correct them."
