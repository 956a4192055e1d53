"""Runs a policy on its cases and on its boundaries, and says what differs from what was expected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sop.boundaries import Boundary, boundaries
from sop.cases import Case
from sop.engine import decide_selected, first_match
from sop.types import DEFAULT_RULE, MISSING_KEYS, MISSING_RULE, RANDOM_RULE, Policy

Kind = Literal["case", "boundary"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One case after its run. `rule` is the one it stands for; `line` is 0 where it was generated."""

    kind: Kind
    rule: str
    name: str
    line: int
    expected: str
    actual: str
    reason: str
    passed: bool


@dataclass(frozen=True, slots=True)
class Covered:
    """How often a rule was put to the test, and whether it always did what was expected."""

    rule: str
    title: str
    cases: int
    boundaries: int
    passed: bool


@dataclass(frozen=True, slots=True)
class TestRun:
    """All verdicts and the coverage by rule, in the policy's order."""

    __test__ = False  # not a test of pytest's

    verdicts: tuple[Verdict, ...]
    coverage: tuple[Covered, ...]

    @property
    def failures(self) -> tuple[Verdict, ...]:
        """The verdicts that differ from what was expected."""
        return tuple(one for one in self.verdicts if not one.passed)

    def as_json(self) -> dict[str, Any]:
        """Return the object that `sop test --json` prints."""
        return {"passed": not self.failures, **asdict(self)}


def run_tests(policy: Policy, cases: Iterable[Case]) -> TestRun:
    """Run the written cases and the generated boundaries."""
    verdicts = (
        *(_run_case(policy, case) for case in cases),
        *(_run_boundary(policy, boundary) for boundary in boundaries(policy)),
    )
    return TestRun(verdicts, tuple(_coverage(policy, verdicts)))


def _run_case(policy: Policy, case: Case) -> Verdict:
    decision = decide_selected(policy, case.evidence, case.selected)
    expected, actual = f"{case.lane} by {case.rule}", f"{decision.lane} by {decision.rule}"
    return Verdict("case", case.rule, case.name, case.line, expected, actual, decision.reason, expected == actual)


def _run_boundary(policy: Policy, boundary: Boundary) -> Verdict:
    rule = first_match(policy, boundary.evidence)
    decided = rule.id if rule else DEFAULT_RULE
    own = boundary.rule.id
    expected = f"decided by {own}" if boundary.matches else f"not decided by {own}"
    reason = f"{rule.title}." if rule else "No rule applies."
    passed = (decided == own) == boundary.matches
    return Verdict("boundary", own, boundary.name, 0, expected, f"decided by {decided}", reason, passed)


def _coverage(policy: Policy, verdicts: tuple[Verdict, ...]) -> Iterable[Covered]:
    titles = {rule.id: rule.title for rule in policy.rules}
    titles |= {MISSING_RULE + key: "missing evidence" for key in MISSING_KEYS}
    titles |= {RANDOM_RULE: "random selection", DEFAULT_RULE: "no rule applies"}
    for rule, title in titles.items():
        own = [one for one in verdicts if one.rule == rule]
        written = sum(one.kind == "case" for one in own)
        yield Covered(rule, title, written, len(own) - written, all(one.passed for one in own))
