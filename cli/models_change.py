"""`models promote` and `models rollback`."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from cli.models_find import find, signature_of
from cli.models_history import told
from cli.models_judge import judge, judgement_lines
from cli.scanner_list import tell_uncalibrated
from features.errors import CheckFailed, UsageError
from models import registry_change
from models.bundle import Bundle
from models.card import KINDS, Kind
from models.loading import load_model
from models.registry import standing
from models.registry_change import Order
from models.registry_history import Event
from service.bundles import check_licence, named, open_allowed, trust_of
from service.settings import Settings

FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
_by = click.option("--by", help="Who gives the order; the account is on record in any case.")
_as_json = click.option("--json", "as_json", is_flag=True, help="Print the line of the history as JSON.")


@click.command()
@click.argument("model")
@click.option("--data", type=FILE, help="Labelled parcels to measure both risk models on: CSV, Parquet or NDJSON.")
@click.option("--mapping", type=FILE, help="YAML file that says which column of --data is what.")
@click.option(
    "--bad-rows", type=click.Choice(["drop", "blank", "refuse"]), default="drop", show_default=True,
    help="Rows of --data that cannot be read: drop them, blank the fields at fault, or refuse the file.",
)  # fmt: skip
@click.option("--annotations", type=FILE, help="COCO file of labelled pictures to measure both detectors on.")
@click.option("--images", type=FOLDER, help="Folder of the pictures that --annotations names.")
@click.option("--force", is_flag=True, help="Promote it although the judgement is against it; needs --reason.")
@click.option("--reason", help="Why; goes on record.")
@_by
@_as_json
def promote_model(model: str, **options: Any) -> None:
    """Put MODEL in use, a bundle's folder or a name as `models list` shows it.

    It is verified, loaded, and compared with the model in use: on labelled parcels or pictures where you give them,
    else by the two cards where both were measured on the same ones. It is refused where it is worse beyond the 95 %
    interval, where its probabilities cannot be believed, or where it was made for other features. --force overrides the
    comparison, never hashes, signature or features. Running services take it within two seconds, without a restart.
    """
    settings = Settings.from_environment(os.environ)
    _check_options(options)
    bundle = open_allowed(settings, find(model, settings), None)
    _check_kind(bundle, options)
    challenger, kind = load_model(bundle), bundle.card.kind
    now = standing(settings.home, kind)
    if not now.shipped and now.digest == bundle.digest:
        raise CheckFailed(f"{bundle.card.title} is in use already; nothing was changed.")
    found = judge(settings, bundle, challenger, options)
    if not options["as_json"]:
        click.echo("\n".join(judgement_lines(found)), err=bool(found.refusals) and not options["force"])
    order = _order(options, forced=bool(options["force"] and found.refusals))
    if found.refusals and not options["force"]:
        registry_change.refused(settings.home, bundle, order, now, found.as_dict())
        text = f"{bundle.card.title} was not put in use; {told(now)} stays. --force --reason overrides this, on record."
        raise CheckFailed(text, found.refusals)
    trust = trust_of(settings)
    event = registry_change.promote(settings.home, bundle, trust, order, judged_against=now, judgement=found.as_dict())
    _tell(event, settings, signature_of(bundle, trust), options["as_json"])


@click.command()
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--reason", help="Why; goes on record.")
@_by
@_as_json
def rollback_model(kind: Kind, **options: Any) -> None:
    """Put back in use the model of KIND that was in use before the present one; again goes one further back.

    It is verified and loaded first. Running services take it within two seconds, without a restart.
    """
    settings = Settings.from_environment(os.environ)

    def usable(bundle: Bundle) -> None:
        check_licence(settings, bundle)
        load_model(bundle)

    event = registry_change.rollback(settings.home, kind, trust_of(settings), _order(options), usable)
    _tell(event, settings, None, options["as_json"])


def _order(options: dict[str, Any], forced: bool = False) -> Order:
    return Order(at=datetime.now(UTC), by=options["by"], reason=options["reason"], forced=forced)


def _check_options(options: dict[str, Any]) -> None:
    if options["force"] and not (options["reason"] or "").strip():
        raise UsageError("--force needs --reason: whoever reads the history must learn why.")
    if options["mapping"] and not options["data"]:
        raise UsageError("--mapping says how to read --data, which is missing.")
    if bool(options["annotations"]) != bool(options["images"]):
        raise UsageError("--annotations and --images belong together.")


def _check_kind(bundle: Bundle, options: dict[str, Any]) -> None:
    if bundle.card.kind == "risk" and options["annotations"]:
        raise UsageError(f"{bundle.card.title} is a risk model: compare it on parcels, with --data.")
    if bundle.card.kind == "xray" and options["data"]:
        raise UsageError(f"{bundle.card.title} is an X-ray detector: compare it with --annotations and --images.")


def _tell(event: Event, settings: Settings, signature: str | None, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(event), indent=2, ensure_ascii=False))
    else:
        signed = f" ({signature})" if signature else ""
        click.echo(f"{told(event.after)} is in use{signed}; before, {told(event.before)} was.")
        if event.action == "promote":
            if event.forced:
                click.echo("The judgement was overridden; what speaks against the model is on record: models history.")
            click.echo(f"To go back: parcel-screening models rollback {event.kind}")
    if event.kind == "xray":
        tell_uncalibrated(settings)
    if (folder := named(settings, event.kind)) is not None:
        name = f"PARCEL_SCREENING_{event.kind.upper()}_MODEL"
        click.echo(f"warning: {name} names {folder}; while it is set, that one is used and no promoted one.", err=True)
