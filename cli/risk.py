"""Commands of the risk model: synthetic manifests, training, bulk scores, evaluation."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path

import click

from cli.bundles import bundle_name, creation_time
from cli.files import refuse_existing, whole_file
from cli.progress import bar, stages
from cli.risk_input import (
    FILE,
    FOLDER,
    bad_rows_option,
    mapping_option,
    model_option,
    open_data,
    open_model,
    report_rows,
    show_figures,
)
from models.bundle import write_bundle
from training.data import BadRows


@click.command()
@click.option("--count", type=click.IntRange(min=1), required=True, help="Number of parcels.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same file.")
@click.option("--output", type=FILE, required=True, help="NDJSON file to write.")
@click.option("--base-rate", type=click.FloatRange(0.0, 0.5), default=0.02, show_default=True, help="Share of illicit.")
def synth_manifests(count: int, seed: int, output: Path, base_rate: float) -> None:
    """Make labelled synthetic parcels."""
    from training.parcels.generate import generate

    with whole_file(output) as scratch, bar("parcels", count) as progress, scratch.open("w", encoding="utf-8") as file:
        for done, record in enumerate(generate(count, seed, base_rate), start=1):
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            progress(done)
    click.echo(f"{output}: {count} parcels.")


@click.command()
@click.option("--data", type=FILE, required=True, help="Labelled parcels: CSV, Parquet or NDJSON.")
@mapping_option
@click.option("--output", type=FOLDER, required=True, help="Folder of the new bundle, best NAME-1.2.3.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of every random choice.")
@click.option(
    "--base-rate", type=click.FloatRange(0.0, 1.0, min_open=True, max_open=True),
    help="Share of illicit parcels where the model will be used; default: as in the data.",
)  # fmt: skip
@click.option("--note", default="", help="What the data are and where they come from; goes into the card.")
@click.option("--licence", default="Apache-2.0", show_default=True, help="Licence of the bundle.")
@click.option("--created-at", help="Time for the card; default: SOURCE_DATE_EPOCH, else now.")
@bad_rows_option
def train_risk(
    data: Path,
    mapping: Path | None,
    output: Path,
    seed: int,
    base_rate: float | None,
    note: str,
    licence: str,
    created_at: str | None,
    bad_rows: BadRows,
) -> None:
    """Train a risk model and write its bundle."""
    from training.frame import make_frame
    from training.risk import Options, train

    refuse_existing(output)
    name, version = bundle_name(output)
    source = open_data(data, mapping, bad_rows)
    with stages() as stage:
        frame = make_frame(source, stage("parcels", source.contents.rows), histories=stage("history"))
    report_rows(source)
    options = Options(
        seed=seed, base_rate=base_rate, name=name, version=version, note=note, licence=licence,
        created_at=created_at or creation_time(os.environ),
        command=_train_command(data, mapping, output, seed, base_rate),
    )  # fmt: skip
    with stages() as stage:
        trained = train(source, frame, options, stage.step)
    card = write_bundle(output, trained.card, trained.contents)
    click.echo(f"{output}: {card.title}")
    show_figures(card.figures["unseen_groups_later_time"]["models"])


@click.command()
@click.argument("source", metavar="INPUT", type=FILE)
@click.option("--output", type=FILE, required=True, help="CSV, Parquet or NDJSON file to write.")
@mapping_option
@model_option
@click.option("--reasons", type=click.IntRange(0, 20), default=3, show_default=True, help="Reasons for each parcel.")
@bad_rows_option
def score(
    source: Path, output: Path, mapping: Path | None, risk_model: Path | None, reasons: int, bad_rows: BadRows
) -> None:
    """Score a file of manifests in bulk."""
    from training.scoring import check_output, score_source, write_rows

    check_output(output)
    model = open_model(risk_model)
    parcels = open_data(source, mapping, bad_rows)
    with whole_file(output) as scratch, stages() as stage:
        histories, progress = (stage(title, parcels.contents.rows) for title in ("history", "parcels"))
        written = write_rows(scratch, score_source(model, parcels, reasons, progress, histories), reasons)
    report_rows(parcels)
    click.echo(f"{output}: {written} parcels scored by {model.title}.")


@click.command()
@click.option("--data", type=FILE, required=True, help="Labelled parcels: CSV, Parquet or NDJSON.")
@mapping_option
@model_option
@click.option("--output", type=FOLDER, required=True, help="Folder for metrics.json and report.html.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the bootstrap and the folds.")
@bad_rows_option
def evaluate_risk(
    data: Path, mapping: Path | None, risk_model: Path | None, output: Path, seed: int, bad_rows: BadRows
) -> None:
    """Measure a risk model beside its anchors, on data it has not seen."""
    from training.evaluate import evaluate
    from training.frame import make_frame
    from training.report import render

    model = open_model(risk_model)
    source = open_data(data, mapping, bad_rows)
    with stages() as stage:
        rows, histories = stage("parcels", source.contents.rows), stage("history")
        frame = make_frame(source, rows, model.fitted.numeric, model.fitted.categorical, histories=histories)
    report_rows(source)
    words = ["evaluate", "risk", "--data", data.name, *(["--mapping", mapping.name] if mapping else [])]
    words += ["--risk-model", model.title, "--output", output.name, "--seed", str(seed)]
    command = shlex.join(["parcel-screening", *words])
    with stages() as stage:
        stage.step("measuring")
        metrics = evaluate(model, source, frame, seed, command).metrics
    output.mkdir(parents=True, exist_ok=True)
    for name, text in (("metrics.json", json.dumps(metrics, indent=1) + "\n"), ("report.html", render(metrics))):
        with whole_file(output / name) as scratch:
            scratch.write_text(text, encoding="utf-8")
    click.echo(f"{output / 'report.html'}: {model.title} on {len(frame)} parcels.")
    show_figures(metrics["figures"])


def _train_command(data: Path, mapping: Path | None, output: Path, seed: int, base_rate: float | None) -> str:
    """Return the command with file names alone, so that the card does not depend on where the files lie."""
    words = ["parcel-screening", "train", "risk", "--data", data.name]
    words += ["--mapping", mapping.name] if mapping else []
    words += ["--output", output.name, "--seed", str(seed)]
    return shlex.join([*words, *(["--base-rate", f"{base_rate:g}"] if base_rate is not None else [])])
