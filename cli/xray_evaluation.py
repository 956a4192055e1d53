"""`evaluate xray`: a detector on labelled pictures, beside anchors and other bundles; metrics.json and report.html."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.files import check_writable, whole_file
from cli.progress import stages
from cli.scanner_find import profile_for
from cli.xray_training import show_figures
from features.errors import InputError, UsageError
from models.bundle import Bundle
from models.loading import load_xray
from service.bundles import open_allowed, open_in_use
from service.settings import Settings

if TYPE_CHECKING:
    from models.scanner_profile import ScannerProfile
    from training.xray.looks import Selection
    from training.xray.measure import Measured

FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.option("--annotations", type=FILE, required=True, help="COCO file of labelled pictures.")
@click.option("--images", type=FOLDER, required=True, help="Folder of the pictures that it names.")
@click.option("--output", type=FOLDER, required=True, help="Folder for metrics.json and report.html.")
@click.option("--xray-model", type=FOLDER, help="Folder of a bundle; default: the promoted or shipped one.")
@click.option(
    "--compare", type=FOLDER, multiple=True,
    help="Another bundle, measured on the same pictures, with paired differences; may be given several times.",
)  # fmt: skip
@click.option("--scanner", help="The scanner that they come from: its profile's threshold and palette are used.")
@click.option(
    "--benign-where", multiple=True, metavar="TRAIT=VALUE",
    help="Benign pictures count only with this trait, for example background=white, or a field of the COCO images.",
)  # fmt: skip
@click.option(
    "--held-out", is_flag=True,
    help="Only the bags that training kept back, where the bundle was trained on this very file.",
)  # fmt: skip
@click.option(
    "--half", type=click.Choice(("A", "B")),
    help="Only one half of the bags, drawn by their names: develop on A, report B.",
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the bootstrap and of random boxes."
)
@click.option("--repeats", type=click.IntRange(20, 10_000), default=200, show_default=True, help="Bootstrap draws.")
def evaluate_xray(**options: Any) -> None:
    """Measure an X-ray detector on labelled pictures, beside what it must beat.

    report.html holds small copies of the worst misses and false alarms: treat it like the pictures themselves.
    """
    output: Path = options["output"]
    check_writable(output)
    settings = Settings.from_environment(os.environ)
    others = [open_allowed(settings, one, "xray") for one in options["compare"]]
    bundles = [open_in_use(settings, "xray", options["xray_model"]), *others]
    _check_titles(bundles)
    selection = _selection(bundles[0], options)
    model = load_xray(bundles[0])
    profile = profile_for(settings.home, options["scanner"], model)
    plan = _plan(options, bundles, selection, profile.threshold_told if profile else model.threshold)
    metrics, page = _measured(plan, options["images"], bundles, selection, profile)
    output.mkdir(parents=True, exist_ok=True)
    for name, text in (("metrics.json", json.dumps(metrics, indent=1) + "\n"), ("report.html", page)):
        with whole_file(output / name) as scratch:
            scratch.write_text(text, encoding="utf-8")
    _show(metrics, output)


def _plan(options: dict[str, Any], bundles: Sequence[Bundle], selection: Selection, threshold: float) -> Measured:
    from training.xray.measure import Measured

    return Measured(
        model=bundles[0].card.title,
        threshold=threshold,
        scanner=options["scanner"],
        annotations=options["annotations"],
        benign_where=_traits(options["benign_where"]),
        seed=options["seed"],
        repeats=options["repeats"],
        command=_command(options, bundles),
        chosen=selection.words,
        warnings=_warnings(bundles, options["annotations"], options["held_out"]),
    )


def _measured(
    plan: Measured,
    images: Path,
    bundles: Sequence[Bundle],
    selection: Selection,
    profile: ScannerProfile | None,
) -> tuple[dict[str, Any], str]:
    from training.xray.coco import load_coco
    from training.xray.judge import judge_files
    from training.xray.looks import judge_rule, look_over, select
    from training.xray.measure import measure
    from training.xray.measure_peers import RULE
    from training.xray.measure_traits import keep
    from training.xray.report import render

    labelled = load_coco(plan.annotations, images)
    with stages() as stage:
        looked = select(look_over(labelled, stage("looking", len(labelled), 1)), selection)
        if not looked:
            raise InputError(f"{plan.annotations}: no picture is left to measure on.")
        chosen = [one.labelled for one in looked]
        keep(chosen, plan.benign_where)  # a slip of the pen is told before minutes of work, not after
        # A profile holds for one bundle; the others are read as their cards say.
        sides = {
            one.card.title: judge_files(
                chosen, load_xray(one), stage(one.card.title, len(chosen), 1), profile if one is bundles[0] else None
            )
            for one in bundles
        }
        mine = sides.pop(plan.model)
        others = {name: [answer.judged for answer in side] for name, side in sides.items()}
        stage.step("measuring")
        metrics = measure(mine, {**others, RULE: judge_rule(looked)}, plan)
        return metrics, render(metrics, mine)


def _traits(given: Sequence[str]) -> dict[str, str]:
    wrong = [one for one in given if "=" not in one]
    if wrong:
        raise UsageError(f"--benign-where {wrong[0]}: write TRAIT=VALUE, for example background=white.")
    return {trait: value for trait, _, value in (one.partition("=") for one in given)}


def _check_titles(bundles: Sequence[Bundle]) -> None:
    titles = [one.card.title for one in bundles]
    if len(set(titles)) < len(titles):
        twice = next(title for title in titles if titles.count(title) > 1)
        raise UsageError(f"--compare: {twice} is named twice; give bundles of different name or version.")


def _trained_on(bundle: Bundle, annotations: Path) -> bool:
    try:
        return bundle.card.data.get("sha256") == hashlib.sha256(annotations.read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(f"{annotations}: cannot be read ({error.strerror}).") from error


def _warnings(bundles: Sequence[Bundle], annotations: Path, held_out: bool) -> tuple[str, ...]:
    """Say where a detector has learnt from the very pictures that it is measured on."""
    return tuple(
        f"{one.card.title} was trained on this very file: its figures on pictures that it learnt from say nothing "
        "about new ones. With --held-out, only the bags that its training kept back are measured."
        for place, one in enumerate(bundles)
        if _trained_on(one, annotations) and not (held_out and place == 0)
    )


def _selection(bundle: Bundle, options: dict[str, Any]) -> Selection:
    from training.xray.looks import Selection

    annotations, seed = options["annotations"], bundle.card.data.get("seed")
    if options["held_out"] and not (_trained_on(bundle, annotations) and isinstance(seed, int)):
        text = f"{bundle.card.title} was not trained on {annotations.name}, so it kept nothing of it back"
        raise UsageError(f"--held-out: {text}; leave the option out.")
    return Selection(half=options["half"], split_seed=seed if options["held_out"] else None)


def _command(options: dict[str, Any], bundles: Sequence[Bundle]) -> str:
    """Return the command with names alone, so that figures do not depend on where the files lie."""
    words = ["parcel-screening", "evaluate", "xray"]
    for name in ("annotations", "images", "output"):
        words += [f"--{name}", options[name].name]
    words += ["--xray-model", bundles[0].card.title]
    for other in bundles[1:]:
        words += ["--compare", other.card.title]
    for trait in options["benign_where"]:
        words += ["--benign-where", trait]
    words += ["--held-out"] if options["held_out"] else []
    for name in ("scanner", "half", "seed", "repeats"):
        words += [] if options[name] is None else [f"--{name}", str(options[name])]
    return shlex.join(words)


def _show(metrics: dict[str, Any], output: Path) -> None:
    for warning in metrics["warnings"]:
        click.echo(f"warning: {warning}", err=True)
    data = metrics["data"]
    left = f", {data['benign_left_out']} benign ones left out" if data["benign_left_out"] else ""
    click.echo(
        f"{output / 'report.html'}: {metrics['model']} on {data['pictures']} pictures of {data['bags']} bags{left}."
    )
    show_figures(metrics["figures"])
    for name, found in metrics["beside"]["figures"].items():
        if name != metrics["model"] and found["ap50"][0] is not None:
            recall = found["recall@0.05"][0]
            more = "" if recall is None else f", recall at 5% false alarms {recall}"
            click.echo(f"beside: {name}: AP50 {found['ap50'][0]}{more}")
    for name, table in metrics["benign_by_background"].items():
        told = ", ".join(f"{rate:.0%} {table[f'recall@{rate:g}'][0]}" for rate in (0.01, 0.05, 0.1))
        where = f"benign on {name} alone ({table['benign_pictures']})"
        click.echo(f"{where}: AP50 {table['ap50'][0]}, recall at false alarms of {told}")
