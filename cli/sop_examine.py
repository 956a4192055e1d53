"""Checks and tests a candidate before somebody puts their name under it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import click

from cli.sop_context import check_context
from features.errors import CheckFailed, Problem
from service.settings import Settings
from sop.casework.testing import run_package
from sop.casework.verdicts import TestRun, Verdict
from sop.check import check_package
from sop.findings import Finding
from sop.package import Package
from sop.reading.package_files import CASES


@dataclass(frozen=True, slots=True)
class Examined:
    """A candidate that may be approved: no errors, no failing case; `findings` are its warnings and accepted ones."""

    package: Package
    findings: tuple[Finding, ...]
    run: TestRun

    def as_record(self) -> dict[str, Any]:
        """Return what goes on record with the approval."""
        return {
            "warnings": [one.as_json() for one in self.findings],
            "cases": self.run.cases,
            "boundaries": len(self.run.verdicts) - self.run.cases,
        }


def examine(name: str, files: Mapping[str, bytes], today: date, settings: Settings) -> Examined:
    """Check and test a procedure.

    Args:
        name: As messages call it.
        files: Its files by path, read once: what is examined is what is approved.
        today: The day on which it is checked.
        settings: Of the installation, whose models and watch lists it is checked against.

    Raises:
        CheckFailed: `sop check` finds errors, or cases come out otherwise than expected; each is listed.
    """
    package, findings = checked(name, files, today, settings)
    run = run_package(package)
    _refuse(name, "does not do what its cases expect", [_problem(one) for one in run.failures])
    return Examined(package, (*_untried(run), *findings), run)


def _untried(run: TestRun) -> tuple[Finding, ...]:
    """Warn of a procedure without any case: whoever deletes the file is rid of every example that speaks against it."""
    if run.cases:
        return ()
    message = "No case says what this procedure is to do; `sop test --write` proposes some. Only its edges were tried."
    return (Finding(1, 1, "warning", "cases_absent", message, CASES),)


def checked(name: str, files: Mapping[str, bytes], on: date, settings: Settings) -> tuple[Package, tuple[Finding, ...]]:
    """Check a procedure as it will be on a day; returns it with what is no error.

    Raises:
        CheckFailed: `sop check` finds errors; each is listed.
    """
    found = check_package(files, check_context(settings, on))
    _refuse(name, "has errors", [one.as_problem() for one in found.errors])
    if found.package is None:
        raise CheckFailed(f"{name}: cannot be used.")
    return found.package, (*found.warnings, *found.accepted)


def tell(examined: Examined) -> None:
    """Say what was found and how it was tested."""
    tell_findings(examined.findings)
    warnings = sum(one.severity == "warning" for one in examined.findings)
    generated = len(examined.run.verdicts) - examined.run.cases
    warned = f"{warnings} warning{'' if warnings == 1 else 's'}, on record" if warnings else "no warning"
    click.echo(f"Checked: no error, {warned}.")
    click.echo(f"Tested: {examined.run.cases} cases and {generated} boundaries, all as expected.")


def tell_findings(findings: Sequence[Finding]) -> None:
    """Print each finding with its place."""
    for one in findings:
        colour = {"warning": "yellow", "accepted": "cyan"}[one.severity]
        click.echo(click.style(one.severity, fg=colour) + f" {one.file}:{one.line}:{one.column} {one.code}")
        click.echo(f"    {one.message}")


def _refuse(name: str, what: str, problems: list[Problem]) -> None:
    if problems:
        noun = "problem" if len(problems) == 1 else "problems"
        raise CheckFailed(f"{name}: {what}; {len(problems)} {noun} to mend, nothing was changed.", problems)


def _problem(failed: Verdict) -> Problem:
    place = f"{failed.file}:{failed.line}" if failed.line else f"{failed.policy}, at a boundary of {failed.rule}"
    why = f" {failed.why}" if failed.why else ""
    return Problem(place, "case_failed", f"{failed.name}: expected {failed.expected}, got {failed.actual}.{why}")
