"""`db erase`: removes what is kept about one item, or about one person wherever a manifest names them."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from cli.db_person import read_person
from cli.db_purge import tell_rest
from cli.db_store import store_of_this_version
from cli.progress import bar
from features.errors import CheckFailed, Problem, UsageError
from models.account import account
from service.answer import timestamp
from service.erase import Found, Match, Person, find_person, of_item
from service.removing import Totals, remove_all
from service.store import access
from service.store.engine import snapshot, vacuum
from service.store.removal import Order
from service.store.store import Store

SHOWN = 40
NOBODY = Found((), (), (), ())


@click.command()
@click.option("--item", "item_id", help="The item whose screenings are erased.")
@click.option("--person-file", type=click.Path(path_type=Path), help="JSON file with the details of one person.")
@click.option("--same-name", is_flag=True, help="Also parcels of somebody of the same name at another address.")
@click.option("--reason", default="", help="Why, for example the request's number; goes on record. Name nobody in it.")
@click.option("--dry-run", is_flag=True, help="Show what would go; change nothing.")
@click.option("--vacuum", "compact", is_flag=True, help="Write the database's files anew afterwards.")
@click.option("--yes", is_flag=True, help="Do not ask on a terminal.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def erase(
    item_id: str | None,
    person_file: Path | None,
    same_name: bool,
    reason: str,
    dry_run: bool,
    compact: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Erase what is kept about one item, or about one person wherever a manifest names them.

    The person's file holds any of name, company, address (a list of lines), city, postcode, country, phone, email,
    tax_id, account_id, platform and seller_id. A parcel is the person's when a phone, e-mail, account, tax or seller
    number is the same, or name and address together; an address alone never makes it theirs. Parcels with the same name
    and another address are shown, and erased with --same-name alone.

    Manifests, answers, evidence, pictures that no other parcel needs, findings with the officers' words, keys of
    people, candidates' rows and idempotency keys go. Hashes stay, so that `db verify` still walks the whole chain.
    """
    if (item_id is None) == (person_file is None):
        raise UsageError("Name either an item (--item) or a person (--person-file).")
    if not reason.strip() and not dry_run:
        raise UsageError("--reason must say why: whoever reads the record must learn it.")
    person = read_person(person_file) if person_file else None
    with store_of_this_version() as store:
        matches, found = _matches(store, item_id, person, same_name)
        _check(matches, found)
        if dry_run:
            _note_search(store, len(matches))
            _show(matches, found, same_name, as_json)
            return
        if sys.stdin.isatty() and not yes:
            _show(matches, found, same_name, False)
            click.confirm("Erase them for good?", abort=True, err=True)
        criteria = {"by": "item" if item_id else "person", "same_name": same_name}
        order = Order(action="erase", at=datetime.now(UTC), by=account(), reason=reason.strip(), criteria=criteria)
        with bar("screenings erased", len(matches)) as update:
            totals = remove_all(store, [one.screening_id for one in matches], order, update)
        if compact:
            vacuum(store.engine)
        _tell(store, totals, found, same_name, as_json, compact)


def _matches(store: Store, item_id: str | None, person: Person | None, same_name: bool) -> tuple[list[Match], Found]:
    with snapshot(store.engine) as connection:
        if item_id is not None:
            return list(of_item(connection, item_id)), NOBODY
        assert person is not None  # noqa: S101 - one of the two is given
        with bar("manifests looked at") as update:
            found = find_person(connection, person, update)
    return [*found.certain, *(found.same_name if same_name else ())], found


def _check(matches: Sequence[Match], found: Found) -> None:
    if matches:
        return
    if found.same_name:
        text = f"{len(found.same_name)} screenings name somebody of this name at another address, or none."
        raise CheckFailed(f"{text} Give more details of the person, or --same-name to erase them all.")
    raise CheckFailed("No screening names this item or person; nothing was changed.", _unreadable(found))


def _unreadable(found: Found) -> list[Problem]:
    text = "Its manifest is none that this version reads: look for yourself whom it names."
    return [Problem(f"screening {one}", "manifest_unreadable", text) for one in found.unreadable]


def _note_search(store: Store, count: int) -> None:
    with store.writing() as connection:
        subject = f"dry run: {count} screenings"
        access.note(connection, "db.erase", subject, at=datetime.now(UTC), key_id=None, account=account())


def _show(matches: Sequence[Match], found: Found, same_name: bool, as_json: bool) -> None:
    if as_json:
        shown = [{**asdict(one), "created_at": timestamp(one.created_at), "by": list(one.by)} for one in matches]
        rest = [] if same_name else [one.screening_id for one in found.same_name]
        more = {"same_name": rest, "mentions": list(found.mentions), "unreadable": list(found.unreadable)}
        click.echo(json.dumps({"screenings": shown, **more}))
        return
    click.echo(f"{len(matches):,} screenings would be erased; nothing was changed yet.")
    for one in matches[:SHOWN]:
        click.echo(f"  {one.screening_id}  {timestamp(one.created_at)}  {one.lane:<9}  {', '.join(one.by)}")
    if len(matches) > SHOWN:
        click.echo(f"  and {len(matches) - SHOWN:,} more; --json lists them all")
    _tell_rest(found, same_name)


def _tell_rest(found: Found, same_name: bool) -> None:
    if found.same_name and not same_name:
        text = "name somebody of this name at another address, or none (--same-name)"
        click.echo(f"{len(found.same_name):,} more {text}.")
    for one in found.mentions:
        click.echo(f"The words of finding {one} about another parcel hold the name; look at it by hand.")
    for problem in _unreadable(found):
        click.echo(str(problem))


def _tell(store: Store, totals: Totals, found: Found, same_name: bool, as_json: bool, compact: bool) -> None:
    if as_json:
        click.echo(json.dumps({**asdict(totals), "mentions": list(found.mentions)}))
        return
    click.echo(
        f"Erased: {totals.screenings:,} screenings, {totals.findings:,} findings, {totals.pictures:,} pictures; "
        f"on record as {', '.join(totals.removals)}."
    )
    _tell_rest(found, same_name)
    tell_rest(store, totals, compact)
    click.echo("Backups hold it still: keep the list of `db removals`, and apply it after a restore.")
