"""`keys`: make, list and revoke the keys of the service."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from rich.console import Console
from rich.table import Table

from features.errors import CheckFailed
from service.auth import ROLES, create_key, revoke_key
from service.settings import Settings
from service.store import keys as store_keys
from service.store.keys import KeyRecord
from service.store.store import Store, open_store


@click.group()
def keys() -> None:
    """Make, list and revoke keys."""


@keys.command()
@click.option("--role", required=True, type=click.Choice(ROLES), help="What the key may do.")
@click.option("--name", default="", help="Whose key it is; shown in lists.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def create(role: str, name: str, as_json: bool) -> None:
    """Make a key. It is shown once and kept only as a hash."""
    with _store() as store:
        record, key = create_key(store, role, name, _now())
    if as_json:
        click.echo(json.dumps({**_plain(record), "key": key}, ensure_ascii=False))
        return
    click.echo(key)
    click.echo(f"Key {record.id} of role {role} was made. Keep it now; it cannot be shown again.", err=True)


@keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
def list_keys(as_json: bool) -> None:
    """List all keys, without their secrets."""
    with _store() as store, store.reading() as connection:
        found = store_keys.all_keys(connection)
    if as_json:
        click.echo(json.dumps([_plain(record) for record in found], indent=2, ensure_ascii=False))
        return
    table = Table("Id", "Role", "Name", "Made", "Revoked")
    for record in found:
        row = _plain(record)
        table.add_row(row["id"], row["role"], row["name"] or "", row["created_at"], row["revoked_at"] or "")
    Console().print(table)


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


def _plain(record: KeyRecord) -> dict[str, str | None]:
    return {
        "id": record.id,
        "role": record.role,
        "name": record.name or None,
        "created_at": record.created_at.isoformat(timespec="seconds"),
        "revoked_at": record.revoked_at.isoformat(timespec="seconds") if record.revoked_at else None,
    }


def _now() -> datetime:
    return datetime.now(UTC)
