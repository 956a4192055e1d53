"""Conditions that are written out read back as what they were."""

from __future__ import annotations

import pytest
from past_screenings import policy_text

from sop.reading.packages import parse_package
from sop.simulation.when_yaml import when_yaml

LIST = b'list: far\nkind: country\nsource: A notice\nissued: 2026-10-01\nexpires: 2099-01-01\nentries: [SE, "NO"]\n'
WHENS = [
    "{stage: station, risk: {at_least: 0.00001, below: 0.125}}",
    "{xray: {at_least: 0.5, assessment: [alarm, unknown]}, combined: {below: 0.3}}",
    "{part: {barrel: {at_least: 0.5}, slide: {at_least: 0.7, below: 0.9}}, finding_history: {at_least: 2}}",
    '{origin_country: "NO", hs_code: ["9301", "0101"], transit_country: [SE, "NO"]}',
    "{origin_country: {codes: [GB], list: far}, destination_country: {list: far}}",
    "{any: [{watchlist: any}, {contradiction: any, channel: postal}, {indicator: [S10_INVALID]}]}",
    '{station: ["leeds-*", dover-1], mail_class: ems, direction: import, nature: gift}',
]


@pytest.mark.parametrize("when", WHENS)
def test_a_written_when_reads_back_as_the_same_conditions(when: str) -> None:
    first = _read(when)
    again = _read(when_yaml(first).removeprefix("when: "))
    assert again == first


def _read(when: str) -> tuple[object, ...]:
    text = policy_text().replace("{stage: station, risk: {at_least: 0.50}}", when)
    assert when in text
    package = parse_package({"policy.yaml": text.encode(), "lists/far.yaml": LIST}, "policy.yaml")
    return next(rule.when for rule in package.base.rules if rule.id == "HIGH")
