"""Warnings about a valid procedure: things that are allowed, but hardly meant. docs/lint.md has an example of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from sop.findings import POLICY, Finding
from sop.lint.accept import accepted_by_file, unused
from sop.lint.base import Context, Notes, Subject
from sop.lint.carrier import check_carrier
from sop.lint.dates import check_dates
from sop.lint.lists import check_lists, check_watchlists, names_of_lists
from sop.lint.order import check_order
from sop.lint.override import check_override, scope_when
from sop.lint.people import check_people
from sop.lint.release import check_missing
from sop.lint.whole import check_cases, check_chance, check_lanes, check_thresholds
from sop.lint.workload import check_workload
from sop.package import Package
from sop.reading.yaml_reader import Node

CHECKS: tuple[Callable[[Subject, Notes], None], ...] = (
    check_lanes,
    check_order,
    check_thresholds,
    check_missing,
    check_dates,
    check_people,
    check_carrier,
    check_watchlists,
    check_workload,
    check_chance,
    check_cases,
)


def lint(
    package: Package, trees: Mapping[str, Node], context: Context, findings: tuple[Finding, ...] = ()
) -> tuple[Finding, ...]:
    """Return all that is to be said about a procedure that the loader accepted, by file and place.

    Args:
        package: The procedure.
        trees: Its files as read.
        context: What it is checked against.
        findings: What the loader warned of; returned too, where its author accepted it with the reason.
    """
    context = replace(context, lists=package.lists)
    base = Subject(policy=package.base, trees=trees, context=context)
    notes = [_notes(base)]
    check_lists(base, notes[0], frozenset().union(*(names_of_lists(one) for one in package.policies)))
    for one in package.overrides:
        subject = replace(base, policy=one.policy, file=one.file, base=package.base, scope=scope_when(one.scope))
        notes.append(_notes_of_override(subject, notes[0]))
    found = [finding for one in notes for finding in one.findings]
    found += accepted_by_file(package, trees, findings, notes)
    found += unused(package, trees, context, notes)
    return in_order(found)


def in_order(findings: list[Finding]) -> tuple[Finding, ...]:
    """Return findings by file, the policy first, and by their place in it."""
    return tuple(sorted(dict.fromkeys(findings), key=lambda one: (one.file != POLICY, one.file, one)))


def _notes(subject: Subject) -> Notes:
    notes = Notes(subject.policy)
    for check in CHECKS:
        check(subject, notes)
    return notes


def _notes_of_override(subject: Subject, base: Notes) -> Notes:
    """Return what is to be said about an override only: what was said of the policy already is left out."""
    notes = _notes(subject)
    check_override(subject, notes)
    said = {_place(one) for one in base.findings}
    notes.findings = list(_named(subject, (one for one in notes.findings if _place(one) not in said)))
    return notes


def _named(subject: Subject, findings: Iterator[Finding]) -> Iterator[Finding]:
    for one in findings:
        yield one if one.file == subject.file else replace(one, message=f"Under {subject.file}: {one.message}")


def _place(finding: Finding) -> tuple[str, str, int, int]:
    return finding.code, finding.file, finding.line, finding.column
