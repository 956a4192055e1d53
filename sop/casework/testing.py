"""Runs a procedure on its cases and on its boundaries, and says what differs from what was expected, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sop.casework.boundaries import Boundary, boundaries
from sop.casework.boundary_moves import Move, Taken, moves, taken
from sop.casework.cases import Case, cases_of
from sop.casework.coverage import APPLIES_TO, coverage, own_rules
from sop.casework.explain import why_not
from sop.casework.placed import Placed, deciding, place
from sop.casework.verdicts import TestRun, Verdict
from sop.engine import decide_selected, first_match
from sop.package import Package
from sop.types import DEFAULT_RULE, Decision, Policy

__all__ = ["TestRun", "run_package", "run_tests"]


def run_package(package: Package, cases: Iterable[Case] | None = None) -> TestRun:
    """Run the cases of a base and its overrides, and the boundaries of all rules that each of them has as its own.

    Args:
        package: The procedure.
        cases: What to run; None: the package's own files of cases.

    Raises:
        InputError: A file of cases holds something that is no case.
    """
    placed = tuple(place(package, case) for case in (cases_of(package) if cases is None else cases))
    verdicts = (*map(_run_case, placed), *_generated(package))
    return TestRun(verdicts, coverage(package, placed, verdicts))


def run_tests(policy: Policy, cases: Iterable[Case]) -> TestRun:
    """Run a policy that has no overrides."""
    return run_package(Package(base=policy, files={}), cases)


def _generated(package: Package) -> Iterator[Verdict]:
    for file, policy, rules in own_rules(package):
        yield from (_run_boundary(file, policy, one) for one in boundaries(policy) if one.rule in rules)
        yield from (_run_move(file, policy, one) for one in moves(policy) if one.rule in rules)
    yield from (_run_taken(package, one) for one in taken(package))


def _run_case(one: Placed) -> Verdict:
    decision = one.decide()
    expected, actual = f"{one.case.lane} by {one.case.rule}", f"{decision.lane} by {decision.rule}"
    differing = list(_differing(one.case, decision))
    passed = expected == actual and not differing
    return Verdict(
        kind="case", policy=one.file, rule=one.case.rule, name=one.case.name, file=one.case.file, line=one.case.line,
        day=one.on, passed=passed, reason=decision.reason,
        expected=", ".join((expected, *(f"{name} {wanted}" for name, wanted, _ in differing))),
        actual=", ".join((actual, *(f"{name} {got}" for name, _, got in differing))),
        why="" if passed else _why(one, decision),
    )  # fmt: skip


def _differing(case: Case, decision: Decision) -> Iterator[tuple[str, str, str]]:
    """Yield what else the case expects and does not get: name, expected, actual."""
    if case.outcome is not None and case.outcome != decision.outcome:
        yield "outcome", case.outcome, decision.outcome
    if case.placed_by is not None and case.placed_by != decision.placed_by:
        yield "placed by", case.placed_by, decision.placed_by
    if case.missing is not None and case.missing != set(decision.degraded):
        yield "missing", " and ".join(sorted(case.missing)) or "nothing", " and ".join(decision.degraded) or "nothing"


def _why(one: Placed, decision: Decision) -> str:
    case = one.case
    if case.rule != decision.rule:
        return why_not(one.policy, case.rule, decision, one.evidence, one.on, case.pressures)
    if case.lane != decision.lane:
        return f"{decision.rule} decides as expected, but it leads to {decision.lane}."
    names = ", ".join(name for name, _, _ in _differing(case, decision))
    return f"Lane and rule are as expected; what differs: {names}."


def _run_boundary(file: str, policy: Policy, boundary: Boundary) -> Verdict:
    rule = first_match(policy, boundary.evidence, boundary.on)
    decided = rule.id if rule else DEFAULT_RULE
    own = boundary.rule.id
    passed = (decided == own) == boundary.matches
    return Verdict(
        kind="boundary", policy=file, rule=own, name=boundary.name, day=boundary.on, passed=passed,
        expected=f"decided by {own}" if boundary.matches else f"not decided by {own}",
        actual=f"decided by {decided}",
        reason=f"{rule.title}." if rule else "No rule applies.",
        why="" if passed or not boundary.matches else _why_not_decided(policy, boundary),
    )  # fmt: skip


def _why_not_decided(policy: Policy, boundary: Boundary) -> str:
    decision = decide_selected(policy, boundary.evidence, False, on=boundary.on)
    return why_not(policy, boundary.rule.id, decision, boundary.evidence, boundary.on)


def _run_move(file: str, policy: Policy, one: Move) -> Verdict:
    decision = decide_selected(policy, one.evidence, False, on=one.on, cuts=(one.cut,))
    expected, actual = f"{one.lane} by {one.by}", f"{decision.lane} by {decision.rule}"
    return Verdict(
        kind="boundary", policy=file, rule=one.by, name=f"{one.rule.id}: {one.name}", day=one.on,
        expected=expected, actual=actual, reason=decision.reason, passed=expected == actual,
        why="" if expected == actual else f"{one.rule.id} gives {one.rule.lane}; see its `trim` and `workload`.",
    )  # fmt: skip


def _run_taken(package: Package, one: Taken) -> Verdict:
    file, policy = deciding(package, one.evidence)
    return Verdict(
        kind="boundary", policy=one.override.file, rule=APPLIES_TO, name=one.name, day=policy.effective_from,
        expected=f"decided under {one.file}", actual=f"decided under {file}", reason=f"{policy.title}.",
        why="" if file == one.file else "See `applies_to` of both files.", passed=file == one.file,
    )  # fmt: skip
