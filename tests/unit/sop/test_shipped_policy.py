"""What the shipped policy promises to those who run it unchanged."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sop.active import cases_path, shipped_policy_path
from sop.casework.cases import Case, load_cases
from sop.casework.given import harmless
from sop.casework.testing import run_tests
from sop.check import check_file
from sop.engine import decide_selected
from sop.reading.packages import load_package
from sop.types import MISSING_KEYS, Evidence, Policy


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_package(shipped_policy_path()).base


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    return load_cases(cases_path(shipped_policy_path()))


def test_nothing_is_wrong_with_it_and_nothing_to_warn_of(policy: Policy) -> None:
    assert check_file(shipped_policy_path(), policy.effective_from + timedelta(days=30)) == ()


def test_every_case_and_every_threshold_comes_out_as_expected(policy: Policy, cases: tuple[Case, ...]) -> None:
    run = run_tests(policy, cases)
    assert run.failures == ()
    assert [row.rule for row in run.coverage if not row.cases] == []


def test_every_hold_is_explained(policy: Policy) -> None:
    for rule in policy.rules:
        assert rule.reference, rule.id
        assert rule.instructions, rule.id
    assert all(step.reference and step.instructions for step in policy.missing_evidence.values())
    references = [rule.reference for rule in policy.rules]
    assert len(set(references)) == len(references)


@pytest.mark.parametrize("key", MISSING_KEYS)
@pytest.mark.parametrize("stage", ["pre_arrival", "station"])
def test_nothing_missing_is_ever_released(policy: Policy, key: str, stage: str) -> None:
    base = harmless(stage)
    unsure = Evidence(item_id="x", stage=stage, risk=base.risk, xray=0.0, xray_assessment="clear", combined=0.0,
                      missing=frozenset({key}))  # fmt: skip
    decision = decide_selected(policy, unsure, selected=False, on=policy.effective_from)
    assert decision.lane != "release"
    assert key in decision.degraded


def test_a_parcel_about_which_nothing_is_known_is_not_released(policy: Policy) -> None:
    for stage in ("pre_arrival", "station"):
        assert (
            decide_selected(policy, Evidence(item_id="x", stage=stage), selected=False, on=policy.effective_from).lane
            != "release"
        )
