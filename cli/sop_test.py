"""`sop test`: runs a procedure on its cases and its boundaries, and proposes cases where none are."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from cli import sop_test_present as present
from features.errors import CheckFailed
from service.settings import Settings
from sop.active import active_policy_path
from sop.casework.cases import Case, case_files, cases_of, load_cases
from sop.casework.proposals import as_yaml, proposals
from sop.casework.testing import run_package
from sop.casework.verdicts import TestRun
from sop.package import Package
from sop.reading.packages import load_package


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--cases", "cases_file", type=click.Path(path_type=Path), help="Instead of the procedure's own cases.")
@click.option("--full", is_flag=True, help="Show every alternative and threshold that no case tries.")
@click.option("--write", is_flag=True, help="Print a case for all that no case tries, to read and paste.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs instead of text for people.")
def test(file: Path | None, cases_file: Path | None, full: bool, write: bool, as_json: bool) -> None:
    """Run a procedure on its cases, and on parcels at the boundaries of its rules.

    FILE is a policy, its folder or one of its overrides; without it, the procedure in force. Boundaries are:
    just below, at and just above every threshold; the days around every date; codes on and off every list; stations of
    overrides; and lanes over or under their share.

    Exit code 0 when every parcel gets what was expected (and with --write), 1 when one does not, 3 when a file cannot
    be read.
    """
    settings = Settings.from_environment(os.environ)
    path = active_policy_path(settings.sop, settings.home, file)
    package = load_package(file if file is not None else path)
    run = run_package(package, _cases(package, cases_file))
    if write:
        click.echo(as_yaml(list(proposals(package, run)), package), nl=False)
        return
    if as_json:
        click.echo(json.dumps(run.as_json(), indent=2, ensure_ascii=False, default=str))
    else:
        present.show_run(path, bool(cases_file or case_files(package.files)), run, full)
    _fail(path, run)


def _cases(package: Package, cases_file: Path | None) -> tuple[Case, ...]:
    return load_cases(cases_file) if cases_file else cases_of(package)


def _fail(path: Path, run: TestRun) -> None:
    if run.failures:
        raise CheckFailed(f"{path}: {len(run.failures)} of {len(run.verdicts)} came out otherwise than expected.")
