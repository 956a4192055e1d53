"""`evaluate risk`: a given bundle on parcels it has not seen, or a fresh model in every fold of a protocol."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from cli.files import check_writable, whole_file, written
from cli.progress import stages
from cli.risk_input import (
    FILE,
    FOLDER,
    bad_rows_option,
    history_option,
    mapping_option,
    model_option,
    open_data,
    open_model_and_card,
    report_rows,
    show_figures,
)
from features.errors import UsageError
from training.data import BadRows, Source

if TYPE_CHECKING:
    from models.site import Site
    from training.evaluate import Plan
    from training.frame import Frame

PROTOCOLS = ("group", "both", "time", "route", "row")


@click.command()
@click.option("--data", type=FILE, required=True, help="Labelled parcels: CSV, Parquet or NDJSON.")
@mapping_option
@model_option
@click.option(
    "--protocol", "protocols", type=click.Choice(PROTOCOLS), multiple=True,
    help="Train afresh in every fold and test on what was held back: near-duplicate groups, later time, both, whole "
    "routes, or rows. May be given several times; the first one leads the report.",
)  # fmt: skip
@click.option("--test", type=FILE, help="Train on --data, test on this file of the same form.")
@click.option("--folds", type=click.IntRange(2, 50), default=5, show_default=True, help="Folds of a protocol.")
@click.option("--seeds", type=click.IntRange(1, 50), default=1, show_default=True, help="Repeat with so many seeds.")
@click.option("--curve/--no-curve", default=True, show_default=True, help="Learning curve, by the first protocol.")
@click.option("--ceiling", is_flag=True, help="Estimate how good anybody could be on this table.")
@click.option("--output", type=FOLDER, required=True, help="Folder for metrics.json and report.html.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the folds, the models and the bootstrap.")
@history_option
@bad_rows_option
def evaluate_risk(
    data: Path,
    mapping: Path | None,
    risk_model: Path | None,
    protocols: tuple[Any, ...],
    test: Path | None,
    folds: int,
    seeds: int,
    curve: bool,
    ceiling: bool,
    output: Path,
    seed: int,
    earlier: tuple[Path, ...],
    bad_rows: BadRows,
) -> None:
    """Measure a risk model beside what it must beat, on parcels it has not seen.

    Without --protocol and --test, the model of --risk-model (default: the one in use) is measured as it is. With them,
    a model is trained afresh in every fold, as `train risk` would, and no bundle is read.
    """
    from training.evaluate import Plan

    _check_choice(protocols, test, risk_model, seeds, ceiling)
    check_writable(output)
    fresh = bool(protocols or test)
    plan = Plan(
        protocols=("file",) if test else tuple(dict.fromkeys(protocols)) or ("group",),
        folds=folds, seeds=seeds, seed=seed, curve=curve and fresh, ceiling=ceiling,
    )  # fmt: skip
    sources = [open_data(one, mapping, bad_rows) for one in (data, test) if one is not None]
    known = [open_data(one, mapping, bad_rows) for one in earlier]
    metrics = _fresh(sources, known, plan, mapping) if fresh else _given(sources[0], known, plan, risk_model, mapping)
    _write(output, metrics)
    for name, measured in metrics["protocols"].items():
        click.echo(f"\n{name}: {measured['what']}")
        show_figures(measured["figures"])
    if metrics["ceiling"]:
        click.echo(f"\nceiling: {metrics['ceiling']['sentence']}")


def _check_choice(
    protocols: Sequence[str], test: Path | None, risk_model: Path | None, seeds: int, ceiling: bool
) -> None:
    fresh = bool(protocols or test)
    if fresh and risk_model is not None:
        raise UsageError("--risk-model measures a bundle as it is; --protocol and --test train afresh. Choose one.")
    if protocols and test is not None:
        raise UsageError("--test trains on --data and tests on another file; run --protocol in a call of its own.")
    if not fresh and (seeds > 1 or ceiling):
        raise UsageError("--seeds and --ceiling need models trained afresh: add --protocol group, or --test FILE.")


def _given(
    source: Source, known: Sequence[Source], plan: Plan, risk_model: Path | None, mapping: Path | None
) -> dict[str, Any]:
    from training.evaluate import evaluate_bundle

    model, card = open_model_and_card(risk_model)
    frame, _ = _joined(known, [source], model.site)
    words = ["--risk-model", model.title]
    plan = replace(plan, command=_command([source], known, plan, mapping, words))
    with stages() as stage:
        stage.step("measuring")
        metrics = evaluate_bundle(model, card, source, frame, plan)
    if metrics["overlap"]["warning"]:
        click.echo(f"warning: {metrics['overlap']['warning']}", err=True)
    return metrics


def _fresh(sources: Sequence[Source], known: Sequence[Source], plan: Plan, mapping: Path | None) -> dict[str, Any]:
    from training.evaluate import evaluate_protocols, fits_needed
    from training.refit import risk_fit

    words = ["--test", sources[1].name] if len(sources) > 1 else []
    words += [word for one in plan.protocols if one != "file" for word in ("--protocol", one)]
    words += ["--folds", str(plan.folds), "--seeds", str(plan.seeds)]
    words += [*([] if plan.curve else ["--no-curve"]), *(["--ceiling"] if plan.ceiling else [])]
    plan = replace(plan, command=_command(sources, known, plan, mapping, words))
    frame, first_test_row = _joined(known, sources, sources[0].site)
    with stages() as stage:
        progress = stage("models", fits_needed(plan, frame, first_test_row), every=1)
        tested = sources[1] if len(sources) > 1 else None
        return evaluate_protocols(sources[0], frame, risk_fit(sources[0].site), plan, first_test_row, progress, tested)


def _joined(known: Sequence[Source], sources: Sequence[Source], site: Site) -> tuple[Frame, int]:
    """Read all files as one table, so that what is known of people reaches from one into the next.

    Returns:
        The parcels of `sources` alone, and where those of the second begin.
    """
    from training.frame import frame_of

    files = [*known, *sources]
    with stages() as stage:
        progress = [stage(f"parcels of {one.name}", one.contents.rows) for one in files]
        records = chain.from_iterable(one.records(tick) for one, tick in zip(files, progress, strict=True))
        frame = frame_of(records, site, stage("history"))
    start = sum(one.report.read - one.report.dropped for one in known)
    frame = frame.take(np.arange(start, len(frame))) if start else frame
    joined = _labelled(frame, sources[0].report.read - sources[0].report.dropped, sources[0])
    for one in files:
        report_rows(one)
    return joined


def _labelled(frame: Frame, second: int, source: Source) -> tuple[Frame, int]:
    """Leave out parcels without a label; a file without any is left whole, for the measuring to refuse."""
    from training.measured import labelled_part

    parts = [part for part in (frame.labelled[:second], frame.labelled[second:]) if len(part)]
    if not all(part.any() for part in parts):
        return frame, second
    kept = labelled_part(frame, source.report, source.bad_rows)
    return kept, int(frame.labelled[:second].sum()) if len(kept) < len(frame) else second


def _command(
    sources: Sequence[Source], known: Sequence[Source], plan: Plan, mapping: Path | None, words: Sequence[str]
) -> str:
    """Return the command with file names alone, so that the report does not depend on where the files lie."""
    begin = ["parcel-screening", "evaluate", "risk", "--data", sources[0].name]
    begin += ["--mapping", mapping.name] if mapping else []
    begin += [word for one in known for word in ("--history", one.name)]
    return shlex.join([*begin, *words, "--seed", str(plan.seed), "--output", "report"])


def _write(output: Path, metrics: dict[str, Any]) -> None:
    from training.report import render

    with written(output):
        output.mkdir(parents=True, exist_ok=True)
    for name, text in (("metrics.json", json.dumps(metrics, indent=1) + "\n"), ("report.html", render(metrics))):
        with whole_file(output / name) as scratch:
            scratch.write_text(text, encoding="utf-8")
    click.echo(f"{output / 'report.html'}: {metrics['model']}, {metrics['data']['rows']:,} parcels.")
