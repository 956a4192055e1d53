"""`db`: the store."""

from __future__ import annotations

import json
import os

import click

from cli.db_store import store_of_this_version
from cli.lazy import LazyGroup
from features.errors import CheckFailed
from service.settings import Settings
from service.store.rekey import rekey as rekey_store
from service.store.store import open_store
from service.store.verify import verify as verify_store

LATER = {
    "export": ("cli.db_export:export", "Hand out screenings for training, or everything about one item."),
    "access": ("cli.db_access:show", "Who looked at what, and when."),
    "replay": ("cli.db_replay:replay", "Make stored answers again, models included, and compare them."),
    "purge": ("cli.db_purge:purge", "Remove screenings whose time of keeping is over."),
    "erase": ("cli.db_erase:erase", "Erase what is kept about one item or one person."),
    "removals": ("cli.db_removals:removals", "List what was removed; remove it again after a restore."),
    "sweep": ("cli.db_purge:sweep", "Put away what processes that ended left behind."),
}


@click.group(cls=LazyGroup, lazy=LATER)
def db() -> None:
    """Prepare, verify, replay, purge and export the store."""


@db.command()
def upgrade() -> None:
    """Make the tables, or bring them to this version's form. Safe to run at any time, also by several at once."""
    store = open_store(Settings.from_environment(os.environ))
    try:
        before, after = store.upgrade()
    finally:
        store.close()
    if before == after:
        click.echo(f"The store is up to date (revision {after}).")
    else:
        click.echo(f"The store was brought from revision {before or 'none'} to {after}.")


@db.command()
def rekey() -> None:
    """Compute the keys of people and addresses anew, after a version that computes them in another way.

    Verify the store with the version before first: whatever keys are missing or changed, this makes them whole.
    """
    with store_of_this_version() as store:
        result = rekey_store(store)
    click.echo(
        f"The keys of {result.items} items were compared with their manifests, those of {result.changed} made anew."
    )
    if result.unreadable:
        raise CheckFailed("Items keep their old keys: this version cannot read their manifests.", result.unreadable)


@db.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify(as_json: bool) -> None:
    """Walk the chain of records and check every picture; exit 1 and name every break where there is one."""
    with store_of_this_version() as store:
        result = verify_store(store)
    if as_json:
        problems = [{"path": one.path, "code": one.code, "message": one.message} for one in result.problems]
        walked = {"records": result.records, "removed": result.removed, "pictures": result.pictures}
        click.echo(json.dumps({**walked, "problems": problems}))
    if result.problems:
        text = f"The store is damaged or was tampered with: {len(result.problems)} breaks."
        raise CheckFailed(text, () if as_json else result.problems)
    if not as_json:
        gone = f" ({result.removed} of them removed, as is on record)" if result.removed else ""
        click.echo(f"{result.records} records{gone} and {result.pictures} pictures are whole and in order.")
