"""A small history whose figures can be counted by hand, and the two procedures that it is replayed under."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import pyarrow as pa

from sop.bulk.columns import from_stored
from sop.evidence_json import Stored
from sop.package import Package
from sop.reading.packages import parse_package
from sop.types import Evidence

POLICY = """\
sop: example
version: "{version}"
effective_from: 2026-10-01
owner: Risk Analysis Unit
time_zone: Europe/London
lanes: {{detain: DNL, examine: RFS, scan: RFS, documents: RFI, release: AC}}
rules:
  - id: GUN
    title: Gun seen
    when: {{xray: {{at_least: 0.90}}}}
    lane: detain
    reviewed: 2026-10-01
  - id: HIGH
    title: High risk
    when: {{stage: station, risk: {{at_least: {high}}}}}
    lane: examine
    reviewed: 2026-10-01
  - id: MID
    title: Raised risk
    when: {{risk: {{at_least: {mid}}}}}
    lane: scan
    reviewed: 2026-10-01
  - id: LOW
    title: Low risk
    when: {{risk: {{below: {mid}}}}}
    lane: release
    reviewed: 2026-10-01
missing_evidence: {{image_unreadable: examine, image_shielded: examine, scanner_uncalibrated: documents,
                   risk_unavailable: scan, xray_unavailable: examine}}
random_selection: {{rate: 0.1, lane: examine, seed_from: item_id}}
workload: {{examine: {{at_most_share: 0.5}}}}
default_lane: scan
"""


def policy_text(version: str = "1", high: str = "0.50", mid: str = "0.20") -> str:
    return POLICY.format(version=version, high=high, mid=mid)


def procedure(version: str = "1", high: str = "0.50", mid: str = "0.20") -> Package:
    return parse_package({"policy.yaml": policy_text(version, high, mid).encode()}, "policy.yaml")


def candidate() -> Package:
    """Opens from 0.60 instead of 0.50, scans from 0.30 instead of 0.20."""
    return procedure("2", "0.60", "0.30")


class Row(NamedTuple):
    """One screening; `draw` below 0.1 is selected by chance."""

    item: str
    at: str
    stage: str
    risk: float | None
    draw: float
    lane: str
    rule: str
    found: str | None
    origin: str | None = "GB"


ROWS = (
    Row("A", "2026-10-24T10:00:00Z", "station", 0.55, 0.9, "examine", "HIGH", "illicit"),
    Row("B", "2026-10-24T11:00:00Z", "station", 0.65, 0.9, "examine", "HIGH", "illicit"),
    # Half past eleven in Greenwich is half past midnight of the next day in London's summer time.
    Row("C", "2026-10-24T23:30:00Z", "station", 0.25, 0.9, "scan", "MID", None, "CN"),
    Row("D", "2026-10-25T10:00:00Z", "station", 0.10, 0.05, "examine", "RANDOM", "illicit", "CN"),
    Row("E", "2026-10-25T10:10:00Z", "station", 0.10, 0.01, "examine", "RANDOM", "nothing"),
    Row("F", "2026-10-25T12:00:00Z", "pre_arrival", 0.70, 0.9, "scan", "MID", None),
    Row("F", "2026-10-27T12:00:00Z", "station", 0.70, 0.9, "examine", "HIGH", "nothing"),
    Row("G", "2026-10-27T12:00:01Z", "station", None, 0.9, "scan", "MISSING:risk_unavailable", None, None),
    Row("H", "2026-10-27T13:00:00Z", "station", 0.55, 0.9, "examine", "HIGH", "nothing"),
)


def history(rows: tuple[Row, ...] = ROWS) -> pa.Table:
    """The rows as columns, as the store's reader gives them."""
    table = from_stored([_stored(row) for row in rows])
    for name in ("lane", "rule", "found"):
        table = table.append_column(name, pa.array([getattr(row, name) for row in rows], pa.string()))
    return table.append_column("selection_probability", pa.array([0.1] * len(rows)))


def _stored(row: Row) -> Stored:
    evidence: dict[str, Any] = {"item_id": row.item, "stage": row.stage, "risk": row.risk, "origin_country": row.origin}
    at = datetime.fromisoformat(row.at)
    return Stored(evidence=Evidence(**evidence), at=at, draw=row.draw, tie_draw=0.5, policy="0" * 64)
