"""`sop`: the author's desk: check, test, show and compare policies."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import click

from cli import sop_present as present
from cli.lazy import LazyGroup
from features.errors import CheckFailed
from service.settings import Settings
from sop.active import active_policy_path
from sop.check import check_text
from sop.diff import compare
from sop.export import policy_as_json
from sop.loader import load_policy, read_text
from sop.schema import policy_schema

FILE = click.argument("file", required=False, type=click.Path(path_type=Path))
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs instead of text for people.")


LAZY: dict[str, tuple[str, str]] = {
    "init": ("cli.sop_init:init", "Copy the procedure in force into a folder, to change it there."),
    "approve": ("cli.sop_approval:approve", "Approve a candidate, after checking and testing it."),
    "activate": ("cli.sop_approval:activate", "Put an approved version in force, now or on a day to come."),
    "rollback": ("cli.sop_approval:rollback", "Put back in force what was in force before."),
    "withdraw": ("cli.sop_approval:withdraw", "Withdraw an activation to come, or an approval."),
    "status": ("cli.sop_status:status", "Say what is in force, since when, by whom, and what is to come."),
    "versions": ("cli.sop_status:versions", "List the versions that were approved or in force."),
    "history": ("cli.sop_history:history", "Show who changed the procedure, when, why, and the difference."),
    "stop": ("cli.sop_stop:stop", "Switch the models off: rules alone decide."),
    "resume": ("cli.sop_stop:resume", "Switch the models on again."),
    "test": ("cli.sop_test:test", "Run a procedure on its cases, and on parcels at the edges of its rules."),
}
"""Commands whose modules are imported when they are called."""


@click.group(cls=LazyGroup, lazy=LAZY)
def sop() -> None:
    """Check, test and show the standard operating procedure.

    FILE is a policy; without it, the active one: PARCEL_SCREENING_SOP, else policy.yaml of the home folder, else the
    one that came with the product.
    """


@sop.command()
@FILE
@JSON
def check(file: Path | None, as_json: bool) -> None:
    """Say everything that is wrong with a policy, by line and column.

    Exit code 0 without errors (warnings are allowed), 1 with errors, 3 when the file cannot be read.
    """
    path = _active(file)
    text = read_text(path)
    findings = check_text(text, date.today())
    if as_json:
        _print_json([one.as_json() for one in findings])
    else:
        present.findings(path, text, findings)
    errors = sum(one.severity == "error" for one in findings)
    if errors:
        raise CheckFailed(f"{path}: {errors} {'error' if errors == 1 else 'errors'}; this policy cannot be used.")


@sop.command()
@FILE
@click.option("--full", is_flag=True, help="Also what the officer is told to do.")
@JSON
def show(file: Path | None, full: bool, as_json: bool) -> None:
    """Show a policy in plain words."""
    path = _active(file)
    policy = load_policy(path)
    if as_json:
        _print_json(policy_as_json(policy))
    else:
        present.policy(path, policy, full)


@sop.command()
def schema() -> None:
    """Print the JSON Schema of policies, with which editors complete and check while one types."""
    _print_json(policy_schema())


@sop.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@JSON
def diff(old: Path, new: Path, as_json: bool) -> None:
    """Show in words what changed from policy OLD to policy NEW."""
    changes = compare(load_policy(_file(old)), load_policy(_file(new)))
    if as_json:
        _print_json([one.as_json() for one in changes])
    else:
        present.changes(old, new, changes)


def _active(file: Path | None) -> Path:
    settings = Settings.from_environment(os.environ)
    return active_policy_path(settings.sop, settings.home, file)


def _file(path: Path) -> Path:
    return active_policy_path(None, None, path)


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))
