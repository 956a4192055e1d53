"""`screen`: one parcel without a server, by the same function as the route."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from ulid import ULID

from cli.present import parcel
from features.errors import InputError
from features.history import PastParcel, entity_keys
from features.manifest import Manifest
from features.manifest_schema import parse_manifest_json
from models.xray import Picture
from service.answer import answer
from service.composition import load_tools
from service.screening import ScreeningRequest, Stage
from service.screening import screen as run_screening
from service.settings import Settings
from service.store.errors import StoreUnavailable
from service.store.history import past_parcels
from service.store.store import existing_store

MAX_PICTURES = 4


@click.command()
@click.argument("manifest", type=click.Path(path_type=Path))
@click.option("--image", "images", multiple=True, type=click.Path(path_type=Path), help="Picture; up to four.")
@click.option("--view", "views", multiple=True, help="Name of the picture's view, in the order of --image.")
@click.option("--station-id", help="The station that asks.")
@click.option("--scanner-id", help="The scanner the pictures come from.")
@click.option("--stage", type=click.Choice(["pre_arrival", "station"]), help="Default: station with a picture.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as the service would send it.")
def screen(
    manifest: Path,
    images: tuple[Path, ...],
    views: tuple[str, ...],
    station_id: str | None,
    scanner_id: str | None,
    stage: Stage | None,
    as_json: bool,
) -> None:
    """Screen one parcel: MANIFEST is a JSON file.

    The home's store, if there is one, is asked for history; nothing is recorded.
    """
    settings = Settings.from_environment(os.environ)
    request = ScreeningRequest(
        manifest=parse_manifest_json(_read(manifest)),
        pictures=_pictures(images, views),
        station_id=station_id,
        scanner_id=scanner_id,
        stage=stage,
    )
    tools = load_tools(settings)
    past = _past(settings, request.manifest)
    result = answer(run_screening(request, tools, past, screening_id=str(ULID()), at=datetime.now(UTC)))
    if as_json:
        click.echo(json.dumps(result, indent=2, ensure_ascii=False))
    else:
        Console().print(parcel(result))


def _past(settings: Settings, manifest: Manifest) -> Sequence[PastParcel]:
    store = existing_store(settings)
    if store is None:
        return []
    try:
        with store.reading() as connection:
            return past_parcels(connection, entity_keys(manifest), manifest.item_id)
    except StoreUnavailable as error:
        click.echo(f"warning: the history of the parcel's people was not read: {error.message}", err=True)
        return []
    finally:
        store.close()


def _pictures(images: tuple[Path, ...], views: tuple[str, ...]) -> tuple[Picture, ...]:
    if len(images) > MAX_PICTURES:
        raise click.UsageError(f"At most {MAX_PICTURES} pictures of one parcel; {len(images)} were given.")
    if len(views) > len(images):
        raise click.UsageError("More --view than --image.")
    names = (*views, *[None] * (len(images) - len(views)))
    return tuple(Picture(_read(path), view) for path, view in zip(images, names, strict=True))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from error
