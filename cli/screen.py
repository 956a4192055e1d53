"""`screen`: one parcel without a server, by the same function as the route."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from ulid import ULID

from cli.present import parcel
from features.errors import InputError
from features.history import entity_keys
from features.manifest import Manifest
from features.manifest_schema import parse_manifest_json
from models.xray import Picture
from service.answer import answer
from service.composition import load_tools
from service.scanner_watch import with_drift_of_home
from service.screening import ScreeningRequest, Stage
from service.screening import screen as run_screening
from service.settings import Settings
from service.store.history import past_parcels_of_home

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
    """Screen one parcel: MANIFEST is a JSON file with the whole manifest.

    The home's store, if there is one, is asked for history; nothing is recorded. A store that cannot be read is an
    error: an answer without history would look like one about people never seen.
    """
    settings = Settings.from_environment(os.environ)
    request = ScreeningRequest(
        manifest=_manifest(manifest),
        pictures=_pictures(images, views),
        station_id=station_id,
        scanner_id=scanner_id,
        stage=stage,
    )
    tools = with_drift_of_home(load_tools(settings), settings)
    past = past_parcels_of_home(settings, entity_keys(request.manifest), request.manifest.item_id)
    result = answer(run_screening(request, tools, past, screening_id=str(ULID()), at=datetime.now(UTC)))
    if as_json:
        click.echo(json.dumps(result, indent=2, ensure_ascii=False))
    else:
        Console().print(parcel(result))


def _manifest(path: Path) -> Manifest:
    data = _read(path)
    try:
        return parse_manifest_json(data)
    except InputError as error:
        raise InputError(f"{path}: {error.message}", error.problems) from error


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
