"""Checks and tests a candidate before somebody puts their name under it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click

from cli.sop_context import check_context
from features.errors import CheckFailed, Problem
from service.settings import Settings
from sop.check import check_package
from sop.findings import Finding
from sop.package import Package
from sop.packages import load_package, read_files
from sop.testing import run_package
from sop.verdicts import TestRun, Verdict


@dataclass(frozen=True, slots=True)
class Examined:
    """A candidate that may be approved: no errors, no failing case; `findings` are its warnings."""

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


def examine(path: Path, today: date, quiet: bool = False) -> Examined:
    """Check and test a procedure, and say what was found unless `quiet`.

    Args:
        path: Its `policy.yaml`.
        today: The day on which it is checked.
        quiet: Whether only errors are told.

    Raises:
        InputError: It is not valid; every problem is listed.
        CheckFailed: `sop check` finds errors, or cases come out otherwise than expected; each is listed.
    """
    package = load_package(path)
    found = check_package(read_files(path), check_context(Settings.from_environment(os.environ), today)).findings
    _refuse(path, "has errors", [one.as_problem() for one in found if one.severity == "error"])
    run = run_package(package)
    _refuse(path, "does not do what its cases expect", [_problem(one) for one in run.failures])
    examined = Examined(package, found, run)
    if not quiet:
        _tell(examined)
    return examined


def _refuse(path: Path, what: str, problems: list[Problem]) -> None:
    if problems:
        noun = "problem" if len(problems) == 1 else "problems"
        raise CheckFailed(f"{path}: {what}, so it cannot be approved; {len(problems)} {noun} to mend.", problems)


def _problem(failed: Verdict) -> Problem:
    place = f"{failed.file}:{failed.line}" if failed.line else f"{failed.policy}, at a boundary of {failed.rule}"
    why = f" {failed.why}" if failed.why else ""
    return Problem(place, "case_failed", f"{failed.name}: expected {failed.expected}, got {failed.actual}.{why}")


def _tell(examined: Examined) -> None:
    warnings = [one for one in examined.findings if one.severity == "warning"]
    for one in examined.findings:
        click.echo(click.style(one.severity, fg="yellow") + f" {one.file}:{one.line}:{one.column} {one.code}")
        click.echo(f"    {one.message}")
    generated = len(examined.run.verdicts) - examined.run.cases
    warned = f"{len(warnings)} warning{'' if len(warnings) == 1 else 's'}, on record" if warnings else "no warning"
    click.echo(f"Checked: no error, {warned}.")
    click.echo(f"Tested: {examined.run.cases} cases and {generated} boundaries, all as expected.")
