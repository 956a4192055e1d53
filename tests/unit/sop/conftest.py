from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from sop.reading.loader import parse_policy
from sop.types import Evidence, Policy
from sop.vocabulary import Vocabulary

VOCABULARY = Vocabulary(
    {"S10_INVALID": "The number is wrong.", "DESCRIPTION_VAGUE": "The description says nothing."},
    {"DENSE_METAL_IN_TEXTILES": "Dense metal where cloth was declared."},
)
TODAY = date(2026, 11, 21)
HEAD = """\
sop: example
version: "1"
effective_from: 2026-11-21
owner: Risk Analysis Unit
lanes: {detain: DNL, examine: RFS, scan: RFS, documents: RFI, release: AC}
"""
TAIL = """\
missing_evidence: {image_unreadable: examine, image_shielded: examine, scanner_uncalibrated: documents,
                   risk_unavailable: scan, xray_unavailable: examine}
"""
CHANCE = "random_selection: {rate: 0.01, lane: examine}\n"
DEFAULT = "default_lane: release\n"


def policy_text(*rules: str, chance: str = CHANCE, default: str = DEFAULT, tail: str = TAIL) -> str:
    """A whole policy with rules written as `ID LANE WHEN`."""
    lines = ["rules:"]
    for rule in rules:
        name, lane, when = rule.split(" ", 2)
        lines += [f"  - id: {name}", f"    title: Title of {name}", f"    when: {when}", f"    lane: {lane}",
                  "    reviewed: 2026-11-01"]  # fmt: skip
    return HEAD + "\n".join(lines) + "\n" + tail + chance + default


@pytest.fixture
def vocabulary() -> Vocabulary:
    return VOCABULARY


@pytest.fixture
def make_policy() -> Callable[..., Policy]:
    def make(*rules: str, **parts: str) -> Policy:
        return parse_policy(policy_text(*rules, **parts), "policy.yaml", VOCABULARY)

    return make


@pytest.fixture
def text_of() -> Callable[..., str]:
    return policy_text


@pytest.fixture
def parcel() -> Callable[..., Evidence]:
    """A parcel before arrival with no risk; keywords change it."""

    def make(**changes: object) -> Evidence:
        values: dict[str, object] = {"item_id": "RR473124829GB", "stage": "pre_arrival", "risk": 0.0, **changes}
        return Evidence(**values)  # type: ignore[arg-type]

    return make
