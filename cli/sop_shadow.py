"""`sop shadow`: runs a candidate beside what is in use, and compares the two."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

import click

from cli.db_store import store_of_this_version
from cli.sop_key import desk, order_options
from cli.sop_shadow_present import show
from cli.sop_versions import candidate as candidate_named
from cli.sop_versions import deciding
from features.errors import CheckFailed, UsageError
from models.card import Kind
from service.settings import Settings
from service.shadow_trials import Trial, begin, comparison, comparison_json, trials
from service.store.engine import snapshot
from sop.registry.change import switch
from sop.registry.standing import registry_state

ROLES = ("analyst", "sop_author", "admin")
FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)
_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group(invoke_without_command=True)
@click.option("--trial", type=int, help="Which run, by the number that `sop history` gives it; default: the newest.")
@_as_json
@click.pass_context
def shadow(context: click.Context, trial: int | None, as_json: bool) -> None:
    """Run a candidate beside what is in use on live parcels, and compare the two; without a command: compare.

    Nobody at the belt hears of a candidate. A procedure is asked at once, models in the background; what they say is
    kept with each screening.
    """
    if context.invoked_subcommand is not None:
        return
    settings = Settings.from_environment(os.environ)
    asked = _asked(settings, trial)
    with store_of_this_version() as store, snapshot(store.engine) as connection:
        found = comparison(connection, asked)
    if as_json:
        click.echo(json.dumps(comparison_json(asked, found), indent=2, ensure_ascii=False))
    else:
        show(asked, found)


@shadow.command()
@click.argument("wanted", metavar="[CANDIDATE]", required=False)
@click.option("--risk-model", type=FOLDER, help="Folder of a risk bundle to run beside.")
@click.option("--xray-model", type=FOLDER, help="Folder of an X-ray bundle to run beside.")
@order_options
@_as_json
def start(
    wanted: str | None,
    risk_model: Path | None,
    xray_model: Path | None,
    key_file: Path | None,
    reason: str,
    as_json: bool,
) -> None:
    """Let CANDIDATE run beside what is in use: a policy, its folder, or an approved version; models; or both.

    It is copied into the home, and runs as it is now. It need not be approved. Roles: analyst, sop_author, admin.
    """
    named: dict[Kind, Path | None] = {"risk": risk_model, "xray": xray_model}
    models = {kind: path for kind, path in named.items() if path is not None}
    if wanted is None and not models:
        raise UsageError("Name a candidate procedure, --risk-model, --xray-model, or several of them.")
    at = desk(key_file, reason, ROLES)
    state = registry_state(at.settings.home, at.order.at)
    package = candidate_named(wanted, at.settings, state) if wanted else None
    event = begin(at.settings, at.order, package, models, deciding(at.settings))
    if as_json:
        click.echo(json.dumps(asdict(event), indent=2, ensure_ascii=False))
        return
    title = click.style(Trial(started=event, ended=None).title, bold=True)
    click.echo(f"{title} runs beside what is in use. Running services begin within two seconds.")
    click.echo("To compare: parcel-screening sop shadow. To end it: parcel-screening sop shadow stop --reason ...")


@shadow.command()
@order_options
@_as_json
def stop(key_file: Path | None, reason: str, as_json: bool) -> None:
    """End the run of a candidate; what it said stays. Roles: analyst, sop_author, admin."""
    at = desk(key_file, reason, ROLES)
    event = switch(at.settings.home, "shadow_stop", at.order)
    if event is None:
        raise CheckFailed("No candidate runs beside what is in use; nothing was changed.")
    if as_json:
        click.echo(json.dumps(asdict(event), indent=2, ensure_ascii=False))
        return
    click.echo("The candidate no longer runs. What it said stays: parcel-screening sop shadow.")


def _asked(settings: Settings, number: int | None) -> Trial:
    known = trials(registry_state(settings.home).events)
    if not known:
        raise CheckFailed("No candidate ever ran beside; `sop shadow start CANDIDATE --reason ...` begins.")
    found = [one for one in known if number in (None, one.started.seq)]
    if not found:
        numbers = ", ".join(str(one.started.seq) for one in known)
        raise CheckFailed(
            f"--trial {number}: no candidate began to run with this line of the history; known: {numbers}."
        )
    return found[-1]
