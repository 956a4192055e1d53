"""Commands of the risk model: synthetic manifests, training, bulk scores."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path

import click

from cli.bundles import bundle_name, creation_time
from cli.files import refuse_existing, whole_file, written
from cli.progress import bar, stages
from cli.risk_input import (
    FILE,
    FOLDER,
    bad_rows_option,
    history_option,
    listed_problems,
    mapping_option,
    model_option,
    open_data,
    open_model,
    problems_option,
    report_rows,
    show_figures,
)
from cli.risk_running import cluster, grower, runner, scheduler_option, tuned
from models.bundle import write_bundle
from training.data import BadRows

HARDEST_FIRST = ("unseen_groups_later_time", "unseen_groups")
"""Slices of the card to show after training; a table with few illicit parcels, or without times, lacks the first."""
STEPS = 16
"""About so many named steps has a training, measuring included."""


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
@click.option("--tune", "minutes", type=click.FloatRange(min=0, min_open=True), help="Tune for so many minutes first.")
@click.option("--study", type=FILE, help="SQLite file to tune in, or to go on in; default: OUTPUT.study.sqlite.")
@scheduler_option
@bad_rows_option
@problems_option
def train_risk(
    data: Path,
    mapping: Path | None,
    output: Path,
    seed: int,
    base_rate: float | None,
    note: str,
    licence: str,
    created_at: str | None,
    minutes: float | None,
    study: Path | None,
    scheduler: str | None,
    bad_rows: BadRows,
    problems: Path | None,
) -> None:
    """Train a risk model and write its bundle."""
    from training.frame import make_frame
    from training.measured import labelled_part
    from training.risk import Options, train

    refuse_existing(output)
    name, version = bundle_name(output)
    source = open_data(data, mapping, bad_rows)
    # The scheduler is asked first: nobody should learn after an hour of reading that none answers.
    with cluster(scheduler) as client:
        with listed_problems(source, problems), stages() as stage:
            everything = make_frame(source, stage("parcels", source.contents.rows), histories=stage("history"))
        frame = labelled_part(everything, source.report, bad_rows)
        report_rows(source)
        tuning = tuned(source, frame, study or output.with_name(f"{output.name}.study.sqlite"), minutes, seed)
        with stages() as stage:
            step, rounds = stage.steps("training", STEPS), stage.counted("trees")
            options = Options(
                seed=seed, base_rate=base_rate, name=name, version=version, note=note, licence=licence,
                created_at=created_at or creation_time(os.environ),
                command=_train_command(data, mapping, output, seed, base_rate, minutes, bad_rows),
                parameters=tuning.parameters if tuning else None,
                tuning=tuning.card if tuning else {},
                grow=grower(client, rounds),
            )  # fmt: skip
            trained = train(source, frame, options, step)
    with written(output):
        card = write_bundle(output, trained.card, trained.contents)
    click.echo(f"{output}: {card.title}")
    show_figures(next(card.figures[name]["models"] for name in HARDEST_FIRST if name in card.figures))


@click.command()
@click.argument("source", metavar="INPUT", type=FILE)
@click.option("--output", type=FILE, required=True, help="CSV, Parquet or NDJSON file to write.")
@mapping_option
@model_option
@click.option("--reasons", type=click.IntRange(0, 20), default=3, show_default=True, help="Reasons for each parcel.")
@scheduler_option
@history_option
@bad_rows_option
@problems_option
def score(
    source: Path,
    output: Path,
    mapping: Path | None,
    risk_model: Path | None,
    reasons: int,
    scheduler: str | None,
    earlier: tuple[Path, ...],
    bad_rows: BadRows,
    problems: Path | None,
) -> None:
    """Score a file of manifests in bulk."""
    from training.scoring import check_output, score_source, write_rows

    check_output(output)
    model = open_model(risk_model)
    parcels = open_data(source, mapping, bad_rows)
    known = [open_data(path, mapping, bad_rows) for path in earlier]
    with (
        cluster(scheduler) as client,
        listed_problems(parcels, problems),
        whole_file(output) as scratch,
        stages() as stage,
    ):
        histories, progress = (stage(title, parcels.contents.rows) for title in ("history", "parcels"))
        scored = score_source(model, parcels, reasons, progress, histories, earlier=known, run=runner(client))
        written = write_rows(scratch, scored, reasons)
    for one in known:
        report_rows(one)
    report_rows(parcels)
    click.echo(f"{output}: {written} parcels scored by {model.title}.")


def _train_command(
    data: Path,
    mapping: Path | None,
    output: Path,
    seed: int,
    base_rate: float | None,
    minutes: float | None,
    bad_rows: BadRows,
) -> str:
    """Return the command with file names alone, so that the card does not depend on where the files lie."""
    words = ["parcel-screening", "train", "risk", "--data", data.name]
    words += ["--mapping", mapping.name] if mapping else []
    words += ["--output", output.name, "--seed", str(seed)]
    words += ["--base-rate", f"{base_rate:g}"] if base_rate is not None else []
    words += ["--bad-rows", bad_rows] if bad_rows != "drop" else []
    return shlex.join([*words, *(["--tune", f"{minutes:g}"] if minutes is not None else [])])
