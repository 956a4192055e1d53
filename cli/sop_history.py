"""`sop history`: who changed the procedure, when, why, and the difference in words."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from typing import Any

import click

from cli.sop_order_words import VERBS, change_lines, moment
from features.errors import CheckFailed, ParcelScreeningError, Problem
from service.in_force import kept_package
from service.order_notes import missing_orders, note_orders
from service.settings import Settings
from service.store.store import existing_store
from sop.diff.packages import compare_packages
from sop.diff.policies import Change
from sop.registry.chain import events, head
from sop.registry.events import Event
from sop.registry.state import withdrawn
from sop.registry.versions import kept_digests, kept_files


@click.command()
@click.argument("version", required=False)
@click.option("--diff", "with_diff", is_flag=True, help="Every difference in words, before and after.")
@click.option("--verify", is_flag=True, help="Check that no line and no kept version was changed since.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, the oldest first.")
def history(version: str | None, with_diff: bool, verify: bool, as_json: bool) -> None:
    """Show who approved, activated, rolled back or stopped what, when and why; the newest first.

    VERSION shows only what is about one version, named by its version or the beginning of its digest. The file is
    sop/history.ndjson in the home folder: every line carries the SHA-256 of the line before.
    """
    settings = Settings.from_environment(os.environ)
    if verify:
        _verify(settings)
        return
    whole = events(settings.home)
    shown = [one for one in whole if version is None or _is_about(one, version)]
    differences = {one.seq: _difference(settings, one) for one in shown} if with_diff else {}
    if as_json:
        rows = [{**asdict(one), **_as_json(differences.get(one.seq))} for one in shown]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    if not shown:
        about = f" about {version}" if version else ""
        click.echo(f"Nothing{about} is on record; the procedure was never approved, activated or stopped here.")
    gone = withdrawn(whole)
    for one in reversed(shown):
        _show(one, one.seq in gone, differences.get(one.seq))


def _verify(settings: Settings) -> None:
    """Walk the chain, then every version that is kept."""
    history = events(settings.home)
    named = {one.reference.digest for one in history if one.version is not None}
    kept = kept_digests(settings.home)
    problems = [problem for digest in sorted({*kept, *named}) if (problem := _changed(settings, digest))]
    problems += _missing(settings)
    if problems:
        raise CheckFailed("The history or the versions are not as they were; restore them from a backup.", problems)
    click.echo(f"{len(history)} lines, each follows the one before; {len(kept)} versions, each as it was kept.")
    click.echo(f"SHA-256 of the newest line: {head(settings.home)}")
    click.echo("Keep it elsewhere: it shows later whether newest lines were cut off.")


def _missing(settings: Settings) -> list[Problem]:
    """Return the orders that the store has noted and that the history lacks."""
    store = existing_store(settings)
    if store is None:
        return []
    try:
        store.upgrade()
        missing = missing_orders(store, settings.home)
        note_orders(store, settings.home)
    finally:
        store.close()
    text = "The store has noted an order by {one} that the history lacks."
    return [Problem("", "order_missing", text.format(one=one)) for one in missing]


def _changed(settings: Settings, digest: str) -> Problem | None:
    try:
        kept_files(settings.home, digest)
    except ParcelScreeningError as error:
        return Problem(digest[:12], "version_changed", error.message)
    return None


def _is_about(event: Event, text: str) -> bool:
    one = event.version
    by_digest = one is not None and len(text) >= 6 and one.digest.startswith(text)
    return one is not None and (by_digest or text in (one.version, one.title))


def _difference(settings: Settings, event: Event) -> tuple[Change, ...] | str | None:
    """Return what an activation or a rollback changed; in words why that cannot be said any more."""
    if event.before is None or event.version is None:
        return None
    try:
        old, new = (kept_package(settings.home, one.digest) for one in (event.before, event.version))
    except ParcelScreeningError as error:
        return f"The difference cannot be shown: {error.message}"
    return compare_packages(old, new)


def _as_json(difference: tuple[Change, ...] | str | None) -> dict[str, Any]:
    if difference is None:
        return {}
    return {"changes": difference if isinstance(difference, str) else [one.as_json() for one in difference]}


def _show(event: Event, gone: bool, difference: tuple[Change, ...] | str | None) -> None:
    title = f" {event.version.title}" if event.version else ""
    click.echo(f"{event.seq:>4}  {moment(event.recorded)}  " + click.style(VERBS[event.action] + title, bold=True))
    for line in _details(event, gone):
        click.echo(f"      {line}")
    if isinstance(difference, str):
        click.echo(f"      {difference}")
    for line in change_lines(difference) if isinstance(difference, tuple) else ():
        click.echo(f"      {line}")


def _details(event: Event, gone: bool) -> list[str]:
    lines = [f"by {event.by.words}, account {event.account}", f"reason: {event.reason}"]
    if event.effective:
        lines.insert(0, f"in force from {moment(event.starts)}")
    if event.before is not None:
        lines.insert(0, f"before: {event.before.title} ({event.before.short})")
    if event.version is not None:
        lines.append(f"SHA-256 {event.version.short}")
    if event.withdraws is not None:
        lines.append(f"withdraws line {event.withdraws}")
    if event.examined is not None:
        lines += _examined(event.examined)
    return [*lines, "withdrawn since"] if gone else lines


def _examined(found: dict[str, Any]) -> list[str]:
    tested = f"tested on {found.get('cases')} cases and {found.get('boundaries')} boundaries"
    warnings = [f"{one['severity']} {one['file']}:{one['line']} {one['code']}" for one in found.get("warnings", [])]
    return [tested, *warnings]
