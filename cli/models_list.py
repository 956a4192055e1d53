"""`models list` and `models verify`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from cli.models_find import Found, find, found, signature_of
from cli.scanner_list import profile_lines, profile_rows
from features.errors import CheckFailed, ParcelScreeningError, Problem
from models.bundle import open_bundle
from models.card import KINDS
from models.loading import load_model
from models.places import promoted_link
from models.scanner_profile_file import read_profiles
from models.trust import Trust
from service.bundles import trust_of
from service.settings import Settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_models(as_json: bool) -> None:
    """List the shipped bundles and those of the home folder, the ones in use marked, and the scanners' profiles."""
    settings = Settings.from_environment(os.environ)
    rows, profiles = found(settings), read_profiles(settings.home)
    if as_json:
        listed = [*(_row(one) for one in rows), *profile_rows(profiles, settings)]
        click.echo(json.dumps(listed, indent=2, ensure_ascii=False))
    else:
        for one in rows:
            _show(one)
        for line in profile_lines(profiles, settings):
            click.echo(line)
    for kind in KINDS:
        if (link := promoted_link(settings.home, kind)).is_symlink() and not link.exists():
            text = f"warning: {link} leads to {os.readlink(link)}, which is not there; no {kind} model is in use."
            click.echo(f"{text} `models rollback {kind}` goes back.", err=True)


@click.command()
@click.argument("model", required=False)
def verify_models(model: str | None) -> None:
    """Check every file of MODEL (default: of all bundles) against its card, its signature, and that it loads here."""
    settings = Settings.from_environment(os.environ)
    trust = trust_of(settings)
    folders = [find(model, settings)] if model else [one.folder for one in found(settings)]
    found_wrong = [problems for folder in folders if (problems := _verify(folder, trust))]
    if found_wrong:
        text = f"{len(found_wrong)} of {len(folders)} bundles cannot be used here."
        raise CheckFailed(text, [problem for problems in found_wrong for problem in problems])


def _verify(folder: Path, trust: Trust) -> list[Problem]:
    try:
        bundle = open_bundle(folder, None, trust)
        load_model(bundle)
    except ParcelScreeningError as error:
        whole = Problem("", "bundle_unusable", error.message)
        return [whole, *(Problem(f"{folder.name}/{one.path}", one.code, one.message) for one in error.problems)]
    files = len(bundle.contents)
    click.echo(f"{bundle.card.title}: {files} files as the card says; loads; {signature_of(bundle, trust)}.")
    return []


def _show(one: Found) -> None:
    if one.card is None:
        click.echo(click.style(one.folder.name, bold=True) + click.style("  cannot be read", fg="red"))
        click.echo(f"  {one.problem}")
        return
    marks = [word for word, holds in _marks(one).items() if holds]
    title = click.style(one.card.title, bold=True)
    click.echo(title + (f"  ({', '.join(marks)})" if marks else ""))
    click.echo(f"  {one.card.kind}, licence {one.card.licence}, made {one.card.created_at}, {one.signature}")
    click.echo(f"  {one.folder}")


def _marks(one: Found) -> dict[str, bool]:
    research = one.card is not None and one.card.research_only
    return {"in use": one.in_use, "promoted": one.promoted, "shipped": one.shipped, "research-only": research}


def _row(one: Found) -> dict[str, Any]:
    card = one.card
    return {
        "kind": card.kind if card else None,
        "title": card.title if card else one.folder.name,
        "licence": card.licence if card else None,
        "created_at": card.created_at if card else None,
        "feature_spec": card.feature_spec if card else None,
        "in_use": one.in_use,
        "promoted": one.promoted,
        "shipped": one.shipped,
        "research_only": card.research_only if card else None,
        "signature": one.signature,
        "problem": one.problem,
        "folder": str(one.folder),
    }
