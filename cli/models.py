"""`models`: which bundles there are, what their cards say, and whether their bytes are what the cards say."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from features.errors import InputError
from models.bundle import CARD, Bundle, Card, Kind, locate, open_bundle, read_card, shipped_bundles
from models.places import PROMOTED
from service.settings import Settings

KINDS: tuple[Kind, ...] = ("risk", "xray")
FOLDER = click.Path(path_type=Path, file_okay=False)
_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def models() -> None:
    """Show and verify model bundles."""


@models.command("list")
@_as_json
def list_models(as_json: bool) -> None:
    """List the shipped bundles and those of the home folder; the ones in use are marked."""
    settings = Settings.from_environment(os.environ)
    used = {folder.resolve() for folder in _in_use(settings)}
    rows = [_row(folder, folder.resolve() in used) for folder in _folders(settings)]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for row in rows:
        click.echo(click.style(row["title"], bold=True) + ("  (in use)" if row["in_use"] else ""))
        click.echo(f"  {row['kind']}, licence {row['licence']}, made {row['created_at']}")
        click.echo(f"  {row['folder']}")


@models.command("show")
@click.argument("model")
@_as_json
def show_model(model: str, as_json: bool) -> None:
    """Show the card of MODEL, a folder or a name as `models list` shows it."""
    folder = _find(model)
    card = read_card(folder)
    if as_json:
        click.echo(json.dumps({**asdict(card), "folder": str(folder)}, indent=2, ensure_ascii=False))
        return
    Console(soft_wrap=True, highlight=False, markup=False).print("\n".join(_lines(card, folder)))


@models.command("verify")
@click.argument("model", required=False)
def verify_models(model: str | None) -> None:
    """Check every file of MODEL (default: of all bundles) against its card, and that it loads here."""
    settings = Settings.from_environment(os.environ)
    folders = [_find(model)] if model else _folders(settings)
    for folder in folders:
        bundle = open_bundle(folder, read_card(folder).kind)
        _load(bundle)
        click.echo(f"{bundle.card.title}: {len(bundle.contents)} files as the card says; loads.")


def _load(bundle: Bundle) -> None:
    if bundle.card.kind == "risk":
        from models.risk import RiskModel

        RiskModel.load(bundle)
    else:
        from models.xray import XrayModel

        XrayModel.load(bundle)


def _folders(settings: Settings) -> list[Path]:
    """Return all bundles by kind, the shipped ones first; names that point to a bundle (promoted) are no bundles."""
    own = [path.parent for path in sorted((settings.home / PROMOTED).glob(f"*/{CARD}")) if not path.parent.is_symlink()]
    return [*(folder for kind in KINDS for folder in shipped_bundles(kind)), *own]


def _in_use(settings: Settings) -> list[Path]:
    found = []
    named = {"risk": settings.risk_model, "xray": settings.xray_model}
    for kind in KINDS:
        try:
            found.append(locate(kind, settings.home, named[kind]))
        except InputError:
            # None shipped, none named: then none of this kind is in use.
            continue
    return found


def _find(model: str) -> Path:
    """Return the folder of a model given by folder or by name.

    Raises:
        InputError: There is no such model.
    """
    if (Path(model) / CARD).exists():
        return Path(model)
    folders = _folders(Settings.from_environment(os.environ))
    titles = {read_card(folder).title: folder for folder in folders}
    if model not in titles:
        raise InputError(f"{model}: neither a bundle's folder nor one of {', '.join(titles) or 'no models at all'}.")
    return titles[model]


def _row(folder: Path, in_use: bool) -> dict[str, Any]:
    card = read_card(folder)
    return {
        "kind": card.kind,
        "title": card.title,
        "licence": card.licence,
        "created_at": card.created_at,
        "feature_spec": card.feature_spec,
        "in_use": in_use,
        "folder": str(folder),
    }


def _lines(card: Card, folder: Path) -> list[str]:
    lines = [f"{card.title}  ({card.kind}, licence {card.licence}, made {card.created_at})", f"folder   {folder}"]
    lines += [f"command  {card.command}", f"data     {json.dumps(card.data, ensure_ascii=False)}"]
    lines += ["limits", *(f"  - {limit}" for limit in card.limits), "figures", *_figure_lines(card.figures, "  ")]
    return lines


def _figure_lines(figures: dict[str, Any], indent: str) -> list[str]:
    """Lay out nested figures; a list of three is a value with its interval."""
    lines: list[str] = []
    for name, value in figures.items():
        if isinstance(value, dict):
            lines += [f"{indent}{name}", *_figure_lines(value, indent + "  ")]
        elif isinstance(value, list) and len(value) == 3 and None not in value:
            lines.append(f"{indent}{name:20} {value[0]} ({value[1]} to {value[2]})")
        else:
            lines.append(f"{indent}{name:20} {value}")
    return lines
