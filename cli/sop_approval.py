"""`sop approve`, `activate`, `rollback` and `withdraw`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from cli.sop_examine import checked, examine, tell, tell_findings
from cli.sop_key import desk, order_options
from cli.sop_order_words import change_lines, moment, tell_setting, until
from cli.sop_versions import candidate, deciding, version_named
from features.errors import UsageError
from sop.diff.packages import compare_packages
from sop.engine import day_of
from sop.package import Package
from sop.reading.package_files import read_files
from sop.reading.packages import parse_package
from sop.registry import change as registry_change
from sop.registry.events import Event
from sop.registry.standing import registry_state
from sop.types import Policy

_as_json = click.option("--json", "as_json", is_flag=True, help="Print the line of the history as JSON.")


@click.command()
@click.argument("file", metavar="CANDIDATE", type=click.Path(path_type=Path, exists=True))
@order_options
@_as_json
def approve(file: Path, key_file: Path | None, reason: str, as_json: bool) -> None:
    """Approve CANDIDATE, a policy or the folder that holds it, with your key.

    It is checked and tested first, as by `sop check` and `sop test`; errors and failing cases refuse it, warnings are
    listed and go on record. What is approved is the content of every file: one that is changed afterwards needs a new
    approval. Another person's key activates it.
    """
    at = desk(key_file, reason)
    before = deciding(at.settings)
    found = examine(str(file), read_files(file), at.order.at.date(), at.settings)
    if not as_json:
        tell(found)
    event = registry_change.approve(
        at.settings.home, found.package, at.order, in_force=before, examined=found.as_record()
    )
    if as_json:
        _print(event)
        return
    _tell_difference(before, found.package)
    click.echo(f"\n{_strong(found.package.title)} (SHA-256 {event.reference.short}) is approved by {event.by.words}.")
    version = found.package.base.version
    click.echo(f"Next, with another person's key: parcel-screening sop activate {version} --reason ...")


@click.command()
@click.argument("wanted", metavar="VERSION|DIGEST|CANDIDATE")
@click.option("--effective", help="From when: 2026-12-01T00:00Z, or a day (its midnight in the policy's time zone).")
@order_options
@_as_json
def activate(wanted: str, effective: str | None, key_file: Path | None, reason: str, as_json: bool) -> None:
    """Put an approved version in force, at once or from --effective on, with another key than that of its approval.

    Running services take it within two seconds, without a restart; one to come takes effect by the clock.
    """
    at = desk(key_file, reason)
    package = candidate(wanted, at.settings, registry_state(at.settings.home, at.order.at))
    before = deciding(at.settings)
    start = _moment(effective, package.base)
    day = day_of(package.base, start or at.order.at)
    _, findings = checked(package.title, package.files, day, at.settings)
    event = registry_change.activate(
        at.settings.home, package, at.order, in_force=before, effective=start, revoked=at.revoked
    )
    if as_json:
        _print(event)
    else:
        tell_findings(findings)
        _tell_activation(event)
    tell_setting(at.settings)


@click.command()
@click.option("--to", metavar="VERSION", help="Which of the versions that were in force; default: the one before.")
@order_options
@_as_json
def rollback(to: str | None, key_file: Path | None, reason: str, as_json: bool) -> None:
    """Put back in force, at once, what was in force before; again goes one further back.

    One key suffices: what was in force was approved. Running services take it within two seconds.
    """
    at = desk(key_file, reason)
    state = registry_state(at.settings.home, at.order.at)
    target = version_named(to, state) if to else None
    event = registry_change.rollback(at.settings.home, at.order, target, _usable)
    if as_json:
        _print(event)
    else:
        click.echo(f"{_strong(event.reference.title)} is in force again; before, {_before(event)} was.")
        for one in registry_state(at.settings.home).pending:
            click.echo(f"Still to come: {one.reference.title} from {moment(one.starts)}; `sop withdraw` calls it off.")
    tell_setting(at.settings)


@click.command()
@click.argument("wanted", metavar="VERSION|DIGEST")
@order_options
@_as_json
def withdraw(wanted: str, key_file: Path | None, reason: str, as_json: bool) -> None:
    """Call off what is to come of a version: its activation or, where none is to come, its approval."""
    at = desk(key_file, reason)
    state = registry_state(at.settings.home, at.order.at)
    version = version_named(wanted, state)
    done = registry_change.withdraw(at.settings.home, version, at.order)
    numbers = {one.withdraws for one in done}
    for event in (one for one in state.events if one.seq in numbers):
        what = "approval" if event.action == "approve" else f"activation from {moment(event.starts)}"
        if not as_json:
            click.echo(f"{_strong(version.title)}: the {what} by {event.by.words} is withdrawn.")
    if as_json:
        click.echo(json.dumps([asdict(one) for one in done], indent=2, ensure_ascii=False))


def _usable(files: Mapping[str, bytes]) -> None:
    """Check that a version of old is still valid for this release of the product."""
    parse_package(files, "the version to go back to")


def _tell_difference(before: Package | None, after: Package) -> None:
    if before is None:
        click.echo("What is in force cannot be read, so there is nothing to compare with; see `sop status`.")
        return
    changes = compare_packages(before, after)
    if not changes:
        click.echo(f"It decides like {before.title}, which is in force.")
        return
    click.echo(f"Against {before.title}, which is in force:")
    for line in change_lines(changes):
        click.echo(f"  {line}")


def _tell_activation(event: Event) -> None:
    title = _strong(event.reference.title)
    if event.effective is None:
        click.echo(f"{title} is in force; before, {_before(event)} was.")
        click.echo("Running services take it within two seconds.")
        click.echo("To go back: parcel-screening sop rollback --reason ...")
    else:
        click.echo(f"{title} will be in force from {moment(event.starts)} ({until(event.starts, event.recorded)}).")
        click.echo(f"Until then {_before(event)} stays.")
        click.echo(f"To call it off: parcel-screening sop withdraw {event.reference.version} --reason ...")


def _before(event: Event) -> str:
    return event.before.title if event.before else "what cannot be read"


def _moment(text: str | None, policy: Policy) -> datetime | None:
    if text is None:
        return None
    try:
        if len(text) == len("2026-12-01"):
            return datetime.combine(date.fromisoformat(text), time(), ZoneInfo(policy.time_zone)).astimezone(UTC)
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--effective {text}: write a moment such as 2026-12-01T00:00Z, or a day.") from None
    if found.tzinfo is None:
        raise UsageError(f"--effective {text}: says no time zone; add Z for UTC, or an offset such as +01:00.")
    return found.astimezone(UTC)


def _print(event: Event) -> None:
    click.echo(json.dumps(asdict(event), indent=2, ensure_ascii=False))


def _strong(text: Any) -> str:
    return click.style(str(text), bold=True)
