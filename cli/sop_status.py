"""`sop status` and `sop versions`: what is in force, since when, by whom, and what is to come."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from cli.sop_order_words import moment, order_line, tell_setting, until
from cli.sop_present import count
from cli.sop_versions import known_versions
from features.errors import ParcelScreeningError
from service.in_force import package_in_force
from service.settings import Settings
from sop.active import place_in_force
from sop.findings import POLICY
from sop.package import Package
from sop.registry.as_json import standing_as_json, version_as_json
from sop.registry.events import VersionRef
from sop.registry.standing import registry_state
from sop.registry.state import State, ever_in_force
from sop.registry.versions import kept_files, version_folder

SOURCES = {
    "setting": "named by PARCEL_SCREENING_SOP",
    "registry": "by order",
    "home": "a file of the home folder, never approved",
    "shipped": "shipped with the product",
}
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command()
@JSON
def status(as_json: bool) -> None:
    """Say what is in force, since when, who approved and activated it, what is to come, in shadow, or stopped.

    Exit code 1 where what should be in force cannot be used; running services go on with what they had.
    """
    settings = Settings.from_environment(os.environ)
    state = registry_state(settings.home)
    place = place_in_force(settings.sop, settings.home, state.at)
    package, failure = _loaded(settings)
    digest = package.digest if package else place.digest or ""
    if as_json:
        whole = {"source": place.source, "file": str(place.path), "title": package.title if package else None}
        rows = {**whole, "digest": digest, "problem": failure.message if failure else None}
        click.echo(json.dumps({**rows, **standing_as_json(state, digest)}, indent=2, ensure_ascii=False))
    else:
        _tell(place.source, place.path, package, digest, state)
        if place.source == "registry" and (own := settings.home / POLICY).exists():
            click.echo(f"Not used   {own}: what is in force by order comes before it")
        tell_setting(settings)
    if failure:
        raise failure


@click.command()
@JSON
def versions(as_json: bool) -> None:
    """List every version that was approved or in force, the newest first, and whether its files are as they were."""
    settings = Settings.from_environment(os.environ)
    state = registry_state(settings.home)
    rows = [_row(settings.home, one, state) for one in reversed(list(_known(state).values()))]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    if not rows:
        click.echo("No version was ever approved or activated here; `sop approve` comes first.")
    for row in rows:
        click.echo(click.style(row["title"], bold=True) + f"  {row['digest'][:12]}  {', '.join(row['standing'])}")
        click.echo(f"  {row['folder']}")
        if row["problem"]:
            click.echo(click.style(f"  {row['problem']}", fg="red"))


def _loaded(settings: Settings) -> tuple[Package | None, ParcelScreeningError | None]:
    try:
        return package_in_force(settings)[1], None
    except ParcelScreeningError as error:
        return None, error


def _tell(source: str, path: Path, package: Package | None, digest: str, state: State) -> None:
    title = package.title if package else "cannot be used"
    click.echo(f"In force   {click.style(title, bold=True)}, {SOURCES[source]}")
    click.echo(f"           {path}")
    click.echo(f"           SHA-256 {digest[:12] or 'unknown'}" + _differences(package))
    _tell_standing(digest, state)
    for one in state.pending:
        when = f"{moment(one.starts)} ({until(one.starts, state.at)})"
        click.echo(f"To come    {one.reference.title} from {when}, activated {order_line(one)}")
    if state.shadow is not None:
        what = state.shadow.version.title if state.shadow.version else "models"
        click.echo(f"In shadow  {what}, {order_line(state.shadow)}")
    if state.stop is not None:
        click.echo(click.style("STOPPED", fg="red", bold=True) + f"    models off, {order_line(state.stop)}")
    else:
        click.echo("Models     on")


def _tell_standing(digest: str, state: State) -> None:
    for one in state.approvals_of(digest):
        click.echo(f"Approved   {order_line(one)}")
    active = state.activation_of(digest)
    if active is None:
        return
    if not state.approvals_of(digest):
        click.echo("Approved   by nobody: it was in force before any version was activated")
    click.echo(("Back       " if active.action == "rollback" else "Activated  ") + order_line(active))


def _differences(package: Package | None) -> str:
    parts = [f"{len(package.overrides)} overrides"] if package and package.overrides else []
    parts += [count(len(package.lists), "list")] if package and package.lists else []
    return f", {', '.join(parts)}" if parts else ""


def _known(state: State) -> dict[str, VersionRef]:
    """Return versions by digest, the oldest first: what no approval put in force, then what was approved."""
    orders = [one for one in state.events if one.action in ("approve", "activate", "rollback")]
    approved = {one.reference.digest: one.reference for one in orders if one.action == "approve"}
    before = {one.before.digest: one.before for one in orders if one.before is not None}
    return {**{digest: one for digest, one in before.items() if digest not in approved}, **approved}


def _row(home: Path, version: VersionRef, state: State) -> dict[str, Any]:
    return {
        **(version_as_json(version) or {}),
        "standing": _standing(version, state),
        "folder": str(version_folder(home, version.digest)),
        "problem": _problem(home, version.digest),
    }


def _standing(version: VersionRef, state: State) -> list[str]:
    pending = [f"from {moment(one.starts)}" for one in state.pending if one.reference.digest == version.digest]
    was = version.digest in ever_in_force(state)
    words = {
        "in force": state.version is not None and state.version.digest == version.digest,
        "was in force": was and state.version != version,
        "approved": bool(state.approvals_of(version.digest)),
        "approval withdrawn": version.digest not in known_versions(state),
    }
    return [*(word for word, holds in words.items() if holds), *pending]


def _problem(home: Path, digest: str) -> str | None:
    try:
        kept_files(home, digest)
    except ParcelScreeningError as error:
        return error.message
    return None
