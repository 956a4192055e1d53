"""What the commands of the risk model share: their options, opening a table and a model, the table of figures."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from cli.files import whole_file
from models.card import Card
from models.loading import load_risk
from models.risk import RiskModel
from service.bundles import open_in_use
from service.settings import Settings
from training.data import BadRows, Source, open_source
from training.mapping import load_mapping

FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
bad_rows_option = click.option(
    "--bad-rows", type=click.Choice(["drop", "blank", "refuse"]), default="drop", show_default=True,
    help="Rows that cannot be read: drop them, blank the fields at fault, or refuse the file.",
)  # fmt: skip
mapping_option = click.option("--mapping", type=FILE, help="YAML file that says which column is what.")
history_option = click.option(
    "--history", "earlier", type=FILE, multiple=True,
    help="File of earlier parcels, of the same form, that only fill the history; may be given several times.",
)  # fmt: skip
problems_option = click.option("--problems", type=FILE, help="CSV file to write that lists every problem of every row.")
model_option = click.option(
    "--risk-model", type=FOLDER, help="Folder of a bundle; default: the promoted or shipped one."
)


def open_data(data: Path, mapping: Path | None, bad_rows: BadRows) -> Source:
    """Open a table; nothing but its header is read."""
    return open_source(data, load_mapping(mapping) if mapping else None, bad_rows=bad_rows)


@contextmanager
def listed_problems(source: Source, path: Path | None) -> Iterator[None]:
    """Write every problem of every row that the block reads to a CSV file, whole or not at all; None writes nothing."""
    if path is None:
        yield
        return
    with whole_file(path) as scratch, scratch.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["row", "field", "code", "message"])
        source.watch = lambda row, problem: writer.writerow([row, problem.path, problem.code, problem.message])
        yield


def report_rows(source: Source) -> None:
    """Say on stderr what was wrong with the rows read."""
    report = source.report
    for warning in report.warnings:
        click.echo(f"warning: {source.path}: {warning}", err=True)
    if report.counts:
        click.echo(f"warning: {source.path}: {report.fate()}", err=True)
        for problem in report.problems():
            click.echo(f"  {problem}", err=True)


def open_model(folder: Path | None) -> RiskModel:
    """Load the model of a folder, or the one in use."""
    return open_model_and_card(folder)[0]


def open_model_and_card(folder: Path | None) -> tuple[RiskModel, Card]:
    """Load the model of a folder, or the one in use, with its card."""
    bundle = open_in_use(Settings.from_environment(os.environ), "risk", folder)
    return load_risk(bundle), bundle.card


def show_figures(models: dict[str, Any]) -> None:
    """Print the main figures of several models, one a line."""
    click.echo(f"{'':44}{'AUC':>8}{'AP':>8}{'P@1%':>8}{'P@10%':>8}{'R@1%':>8}{'R@5%':>8}")
    keys = ("auc", "ap", "precision@0.01", "precision@0.1", "recall@0.01", "recall@0.05")
    for name, figures in models.items():
        shown = [figures[key][0] for key in keys]
        click.echo(f"{name:44}" + "".join("       –" if one is None else f"{one:8.3f}" for one in shown))
