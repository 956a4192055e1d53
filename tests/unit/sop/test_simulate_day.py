"""A rule that is not yet in force changes nothing in the past, unless one asks for the procedure as it will stand."""

from __future__ import annotations

from datetime import date

from past_screenings import history, policy_text

from sop.bulk.decide import decide_all
from sop.reading.packages import parse_package
from sop.simulation.day import standing_on
from sop.types import LANES

LIST = b"""\
list: far
kind: country
source: A notice
issued: 2026-10-01
expires: 2099-01-01
entries: [{code: CN, from: 2026-12-01}, {code: SE, until: 2026-11-30}]
"""
RULE = """\
rules:
  - id: NEW
    title: Far away
    when: {any: [{origin_country: {list: far}}]}
    lane: detain
    from: 2026-12-01
    until: 2026-12-31
    reviewed: 2026-10-01
"""


def test_a_procedure_is_replayed_as_it_will_stand() -> None:
    files = {"policy.yaml": policy_text().replace("rules:\n", RULE).encode(), "lists/far.yaml": LIST}
    package, table = parse_package(files, "x"), history()
    origins = table.column("origin_country").to_pylist()

    def detained(on: date | None) -> list[str]:
        decided = decide_all(standing_on(package, on) if on else package, table)
        return [origins[row] for row, lane in enumerate(decided.lane) if LANES[lane] == "detain"]

    assert detained(None) == []
    assert detained(date(2026, 12, 31)) == ["CN", "CN"]
    assert detained(date(2027, 1, 1)) == []
