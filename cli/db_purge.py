"""`db purge`: removes screenings whose time of keeping is over, and puts away what ended processes left behind."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import click

from cli.age import AGE
from cli.db_store import store_of_this_version
from cli.progress import bar
from features.errors import UsageError
from features.history import WINDOW
from models.account import account
from service.kept_sweep import sweep_kept
from service.purge import DEFAULT_LANES, Due, Forecast, criteria, forecast
from service.purge import purge as purge_due
from service.removing import Totals
from service.settings import Settings
from service.store.engine import vacuum
from service.store.removal import Order
from service.store.store import Store
from service.store.sweep import KEYS_LAST, Swept, forget_accesses, orphans
from service.store.sweep import sweep as sweep_store
from sop.types import LANES


@click.command()
@click.option("--older-than", "before", type=AGE, required=True, help="Screened longer ago than 90d, 26w, 18mo, 5y.")
@click.option("--lane", "lanes", multiple=True, type=click.Choice(LANES), help="Repeat it; default: all but detain.")
@click.option(
    "--keep-findings/--with-findings",
    default=True,
    help="Spare every item about which an officer recorded a finding (default), or purge these too.",
)
@click.option("--access-log", "log_before", type=AGE, help="Also delete lines of the access log older than this.")
@click.option("--reason", default="", help="Why; goes on record. Name nobody in it.")
@click.option("--dry-run", is_flag=True, help="Say what would go; change nothing.")
@click.option("--vacuum", "compact", is_flag=True, help="Write the database's files anew afterwards.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def purge(
    before: datetime,
    lanes: tuple[Any, ...],
    keep_findings: bool,
    log_before: datetime | None,
    reason: str,
    dry_run: bool,
    compact: bool,
    as_json: bool,
) -> None:
    """Remove screenings whose time of keeping is over: manifests, answers, pictures, and the keys of their people.

    Items with a detained screening are spared unless --lane detain is given, items with a finding unless
    --with-findings is. What stays is a tombstone with the hashes, so that `db verify` still walks the whole chain; the
    purge is itself on record. It works in batches beside a running service.

    Pictures that no record names, half-written files, rows of candidates that ended and idempotency keys older than 30
    days are put away as well.
    """
    due = Due(before, tuple(lanes) or DEFAULT_LANES, not keep_findings)
    _check_reason(reason, dry_run)
    now = datetime.now(UTC)
    with store_of_this_version() as store:
        with store.reading() as connection:
            found = forecast(connection, due)
        if dry_run:
            _tell_forecast(found, orphans(store), as_json)
            return
        order = Order(action="purge", at=now, by=account(), reason=reason.strip(), criteria=criteria(due))
        with bar("screenings purged", found.screenings) as update:
            totals = purge_due(store, due, order, update)
        swept = _sweep(store, now)
        if log_before is not None:
            click.echo(f"{forget_accesses(store, log_before):,} lines of the access log were deleted.", err=True)
        if compact:
            vacuum(store.engine)
        _tell(store, totals, swept, found, as_json, compact)
    if before > now - WINDOW and totals.screenings and not as_json:
        click.echo(f"Parcels of the last {WINDOW.days} days count in the history of their people; now these do not.")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def sweep(as_json: bool) -> None:
    """Put away what processes that ended left behind: pictures without a record, half-written files, old keys."""
    with store_of_this_version() as store:
        swept = _sweep(store, datetime.now(UTC))
    click.echo(json.dumps(asdict(swept)) if as_json else _swept(swept))


def _sweep(store: Store, now: datetime) -> Swept:
    settings = Settings.from_environment(os.environ)
    return replace(sweep_store(store, now), kept=sweep_kept(store, settings, now))


def _check_reason(reason: str, dry_run: bool) -> None:
    if not reason.strip() and not dry_run:
        raise UsageError("--reason must say why: whoever reads the record must learn it.")


def _tell_forecast(found: Forecast, without: int, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({**asdict(found), "screenings": found.screenings, "pictures_without_record": without}))
        return
    click.echo(f"{found.screenings:,} screenings would be purged; nothing was changed.")
    for lane, count in found.by_lane.items():
        click.echo(f"  {count:>9,}  {lane}")
    _tell_spared(found)
    click.echo(f"  {without:>9,}  pictures that no record names would be put away")


def _tell_spared(found: Forecast) -> None:
    if found.spared_findings:
        click.echo(f"  {found.spared_findings:>9,}  spared: a finding is on record about the item (--with-findings)")
    if found.spared_detained:
        click.echo(f"  {found.spared_detained:>9,}  spared: the item was detained (--lane detain)")


def _tell(store: Store, totals: Totals, swept: Swept, found: Forecast, as_json: bool, compact: bool) -> None:
    if as_json:
        click.echo(json.dumps({**asdict(totals), "swept": asdict(swept)}))
        return
    click.echo(
        f"Purged: {totals.screenings:,} screenings, {totals.findings:,} findings, {totals.pictures:,} pictures; "
        f"on record as {len(totals.removals):,} removals."
    )
    _tell_spared(found)
    click.echo(_swept(swept))
    tell_rest(store, totals, compact)


def tell_rest(store: Store, totals: Totals, compact: bool) -> None:
    """Say where removed bytes may still be."""
    if not totals.settled:
        click.echo("Somebody reads an older state of the store: its write-ahead log is emptied with the next removal.")
    if store.engine.dialect.name == "postgresql" and totals.screenings and not compact:
        click.echo("PostgreSQL overwrites removed rows after VACUUM; autovacuum sees to it, or give --vacuum.")


def _swept(swept: Swept) -> str:
    return (
        f"Put away: {swept.pictures:,} pictures without a record, {swept.scratch:,} half-written files, "
        f"{swept.waiting:,} waiting rows of candidates, {swept.idempotency_keys:,} idempotency keys older than "
        f"{KEYS_LAST.days} days, {swept.kept:,} models and lists that no answer names any more."
    )
