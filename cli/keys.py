"""`keys`: make, list, rotate and revoke the keys of the service."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import click
from rich.console import Console

from cli.keys_present import as_json, as_table
from cli.keys_time import expiry, span
from features.errors import CheckFailed
from service.certificates import binding_of
from service.key_form import ROLES
from service.key_making import OVERLAP, Grant, create_key, revoke_key, rotate_key
from service.settings import Settings
from service.stations import stations_of
from service.store import keys as store_keys
from service.store.keys import KeyRecord
from service.store.store import Store, open_store


@click.group()
def keys() -> None:
    """Make, list, rotate and revoke keys."""


@keys.command()
@click.option("--role", required=True, type=click.Choice(ROLES), help="What the key may do.")
@click.option("--name", default="", help="Whose key it is; shown in lists.")
@click.option(
    "--station",
    "stations",
    multiple=True,
    metavar="PATTERN",
    help="Station that the key is for; may hold one * (belt-*) and may be repeated. Without it: every station.",
)
@click.option(
    "--expires", default="", metavar="WHEN", help="When it ends: 90d, 12h, a date (its last day, UTC), a time."
)
@click.option(
    "--requests-per-minute",
    type=int,
    help="How many requests it may make; without it as many as PARCEL_SCREENING_REQUESTS_PER_MINUTE says.",
)
@click.option(
    "--certificate",
    metavar="BINDING",
    help="Client certificate that must come with it: its PEM file, sha256:HEX or subject:NAME (docs/security.md).",
)
@click.option("--json", "in_json", is_flag=True, help="Print one JSON object.")
def create(
    role: str,
    name: str,
    stations: Sequence[str],
    expires: str,
    requests_per_minute: int | None,
    certificate: str | None,
    in_json: bool,
) -> None:
    """Make a key. It is shown once and kept only as a hash."""
    now = _now()
    grant = Grant(
        stations=stations_of(stations),
        expires_at=expiry(expires, now) if expires else None,
        requests_per_minute=requests_per_minute,
        certificate=binding_of(certificate) if certificate else None,
    )
    with _store() as store:
        record, key = create_key(store, role, name, now, grant)
    _show(record, key, now, in_json)


@keys.command("list")
@click.option("--json", "in_json", is_flag=True, help="Print a JSON array.")
def list_keys(in_json: bool) -> None:
    """List all keys, without their secrets."""
    now = _now()
    with _store() as store, store.reading() as connection:
        found = store_keys.all_keys(connection)
    if in_json:
        click.echo(json.dumps([as_json(record, now) for record in found], indent=2, ensure_ascii=False))
        return
    Console().print(as_table(found, now))


@keys.command()
@click.argument("key_id")
@click.option(
    "--overlap",
    default="",
    metavar="SPAN",
    help="How long the old key goes on: 24h (as without this option), 7d, 30m, or 0 to end it now.",
)
@click.option("--json", "in_json", is_flag=True, help="Print one JSON object.")
def rotate(key_id: str, overlap: str, in_json: bool) -> None:
    """Make a successor with the same role and scope; the old key ends after the overlap."""
    now, beside = _now(), span(overlap, "--overlap") if overlap else OVERLAP
    with _store() as store:
        record, key = rotate_key(store, key_id, now, beside)
    _show(record, key, now, in_json)
    click.echo(f"Key {key_id} {_ending(now, beside)}.", err=True)


@keys.command()
@click.argument("key_id")
def revoke(key_id: str) -> None:
    """Revoke a key at once. KEY_ID is the part between the two underscores, as `keys list` shows it."""
    with _store() as store:
        if not revoke_key(store, key_id, _now()):
            raise CheckFailed(f"{key_id[:40]}: there is no valid key of this id; see `parcel-screening keys list`.")
    click.echo(f"Key {key_id} is revoked.", err=True)


@contextmanager
def _store() -> Iterator[Store]:
    store = open_store(Settings.from_environment(os.environ))
    try:
        store.upgrade()
        yield store
    finally:
        store.close()


def _show(record: KeyRecord, key: str, now: datetime, in_json: bool) -> None:
    if in_json:
        click.echo(json.dumps({**as_json(record, now), "key": key}, ensure_ascii=False))
        return
    click.echo(key)
    click.echo(f"Key {record.id} of role {record.role} was made. Keep it now; it cannot be shown again.", err=True)


def _ending(now: datetime, overlap: timedelta) -> str:
    if overlap:
        return f"goes on until {(now + overlap).isoformat(timespec='minutes')}"
    return "has ended"


def _now() -> datetime:
    return datetime.now(UTC)
