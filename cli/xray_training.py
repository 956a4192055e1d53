"""The command `train xray`: the only one that needs torch, and it says so where torch is absent."""

from __future__ import annotations

import importlib.util
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from cli.bundles import bundle_name, creation_time
from cli.files import refuse_existing
from cli.progress import bar
from features.errors import UsageError
from models.bundle import Bundle, Card
from service.bundles import open_allowed
from service.settings import Settings

FILE = click.Path(path_type=Path, dir_okay=False)
Heartbeat = Callable[[str, int, int], None]
FOLDER = click.Path(path_type=Path, file_okay=False)
FREE_LICENCE = "Apache-2.0"


@click.command()
@click.option("--annotations", type=FILE, help="COCO file of labelled pictures.")
@click.option("--images", type=FOLDER, help="Folder of the pictures that it names.")
@click.option("--synthetic", type=click.IntRange(min=100), help="Instead: so many synthetic scenes.")
@click.option(
    "--held-out",
    type=click.IntRange(min=100),
    default=600,
    show_default=True,
    help="With --synthetic: scenes for calibration, and as many for the figures of the card.",
)
@click.option("--output", type=FOLDER, required=True, help="Folder of the new bundle, best NAME-1.2.3.")
@click.option("--from", "start_from", type=FOLDER, help="Bundle to start from (fine-tuning).")
@click.option(
    "--project",
    type=click.IntRange(min=0),
    help="Firearm parts to project into benign training pictures; default: with --from as many as there are training "
    "pictures, up to 400, else none.",
)
@click.option(
    "--scenes",
    type=click.IntRange(min=0),
    help="With --from: synthetic scenes mixed in, so that parts which no picture shows are not forgotten; default 120.",
)
@click.option("--steps", type=click.IntRange(min=1), help="Batches; default 20000, or 1000 with --from.")
@click.option("--batch", type=click.IntRange(min=1), default=32, show_default=True, help="Crops a batch.")
@click.option(
    "--rate", type=click.FloatRange(0, 1, min_open=True), help="Learning rate; default 0.002, or 0.001 with --from."
)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of every random choice.")
@click.option("--bfloat16", is_flag=True, help="Compute in 16 bit; twice as fast on processors made for it.")
@click.option("--workers", type=click.IntRange(min=0), default=1, show_default=True, help="Processes beside this one.")
@click.option("--threads", type=click.IntRange(min=1), default=1, show_default=True, help="Cores for the arithmetic.")
@click.option("--workdir", type=FOLDER, help="For cached pictures and checkpoints; default: OUTPUT.work.")
@click.option("--licence", default=FREE_LICENCE, show_default=True, help="Licence of the bundle.")
@click.option("--created-at", help="Time for the card; default: SOURCE_DATE_EPOCH, else now.")
def train_xray(**options: Any) -> None:  # fmt: skip
    """Train an X-ray detector and write its bundle.

    A run that was cut off goes on from its last checkpoint when called again.
    """
    _need_torch()
    output: Path = options["output"]
    refuse_existing(output)
    settings = Settings.from_environment(os.environ)
    start = open_allowed(settings, options["start_from"], "xray") if options["start_from"] else None
    _check_licence(start, options["licence"])
    workdir = options["workdir"] or output.with_name(output.name + ".work")
    with ExitStack() as stack:
        heartbeat = _heartbeat(stack)
        prepared = _prepare(options, workdir, heartbeat)
        card = _train(options, prepared, start, workdir, heartbeat)
    click.echo(f"{output}: {card.title}, threshold {card.parameters['threshold']}")
    if start is not None and card.parameters["calibrated_on"] == "the bundle started from":
        click.echo(
            f"The threshold is still that of {start.card.title}: set your scanner's with calibrate xray.", err=True
        )
    show_figures(card.figures)


def _train(options: dict[str, Any], prepared: Any, start: Bundle | None, workdir: Path, heartbeat: Heartbeat) -> Card:
    """Only here torch is imported: what is wrong with the input was told before."""
    from training.xray.fit import Fitting
    from training.xray.sampler import Sampling
    from training.xray.site import TUNING_AVERAGING, TUNING_RATE, TUNING_STEPS
    from training.xray.train import Identity, train_bundle

    name, version = bundle_name(options["output"])
    identity = Identity(
        name=name, version=version, licence=options["licence"], command=_train_command(options),
        created_at=options["created_at"] or creation_time(os.environ), limits=_limits(options["synthetic"] is not None),
    )  # fmt: skip
    site = start is not None and options["synthetic"] is None
    steps, rate, averaging = (TUNING_STEPS, TUNING_RATE, TUNING_AVERAGING) if site else (20000, 2e-3, 0.998)
    fitting = Fitting(
        steps=options["steps"] or steps, rate=options["rate"] or rate, averaging=averaging, seed=options["seed"],
        bfloat16=options["bfloat16"],
    )  # fmt: skip
    return train_bundle(
        prepared, identity, fitting, Sampling(batch=options["batch"]), options["output"], workdir,
        start=start, workers=options["workers"], threads=options["threads"], heartbeat=heartbeat,
    )  # fmt: skip


def _prepare(options: dict[str, Any], workdir: Path, heartbeat: Heartbeat) -> Any:
    from training.xray.calibrate import check_enough
    from training.xray.prepare import prepare_files, prepare_synthetic

    files = (options["annotations"], options["images"])
    if options["synthetic"] is not None:
        if any(files):
            raise UsageError("Name either --synthetic, or --annotations and --images.")
        workers = max(1, options["workers"])
        return prepare_synthetic(options["synthetic"], options["held_out"], workdir, workers, heartbeat)
    if not all(files):
        raise UsageError("Name --annotations and --images together, or --synthetic.")
    prepared = prepare_files(*files, workdir, options["seed"], heartbeat)
    if options["start_from"] is None:
        check_enough(prepared.calibration.count(armed=True), prepared.calibration.count(armed=False))
    return _joined(prepared, options, workdir, heartbeat)


def _joined(prepared: Any, options: dict[str, Any], workdir: Path, heartbeat: Heartbeat) -> Any:
    """Tell what was found in the labels, and put beside the site's pictures what keeps its detector general."""
    from training.xray.site import ONLY_PROJECTIONS, SitePlan, join_site

    for note in prepared.notes:
        click.echo(note, err=True)
    tuned, count = options["start_from"] is not None, options["project"]
    if not tuned and not count:
        return prepared
    plan = replace(SitePlan() if tuned else ONLY_PROJECTIONS, projections=count, workers=max(1, options["workers"]))
    if options["scenes"] is not None:
        plan = replace(plan, scenes=options["scenes"])
    return join_site(prepared, plan, workdir, options["seed"], heartbeat)


def _check_licence(start: Bundle | None, licence: str) -> None:
    """Weights that go on from research-only ones are research-only too."""
    if start is not None and start.card.research_only and licence != start.card.licence:
        text = f"{start.card.title} is {start.card.licence}, and so is what goes on from it"
        raise UsageError(f"--licence {licence}: {text}; say --licence {start.card.licence}.")


def _need_torch() -> None:
    if importlib.util.find_spec("torch") is None:
        raise UsageError("Training the detector needs torch: pip install 'parcel-screening[xray-training]'.")


def _heartbeat(stack: ExitStack) -> Heartbeat:
    """Return what shows progress: a bar a stage on a terminal, a line now and then in a log."""
    bars: dict[str, Callable[[int], None]] = {}
    interactive = sys.stderr.isatty()

    def tell(name: str, done: int, total: int) -> None:
        stage = name.split(",")[0]
        if interactive:
            if stage not in bars:
                bars[stage] = stack.enter_context(bar(stage, total))
            bars[stage](done)
        elif done == total or done % max(50, total // 40 // 50 * 50) == 0:
            click.echo(f"{name}: {done} of {total}", err=True)

    return tell


_IN_COMMAND = (
    "annotations", "images", "synthetic", "held_out", "start_from", "project", "scenes", "steps", "batch", "rate",
    "seed", "output",
)  # fmt: skip


def _train_command(options: dict[str, Any]) -> str:
    """Return the command with file names alone, so that the card does not depend on where the files lie."""
    words = ["parcel-screening", "train", "xray"]
    for name in _IN_COMMAND:
        value = options[name]
        if value is None or (name == "held_out" and options["synthetic"] is None):
            continue
        words += ["--" + {"start_from": "from"}.get(name, name.replace("_", "-"))]
        words += [value.name if isinstance(value, Path) else f"{value:g}" if isinstance(value, float) else str(value)]
    if options["licence"] != FREE_LICENCE:
        words += ["--licence", options["licence"]]
    return shlex.join([*words, *(["--bfloat16"] if options["bfloat16"] else [])])


def _limits(synthetic: bool) -> tuple[str, ...]:
    own = "Learnt from synthetic scans alone; on real scans expect less, and measure it on your own scanner."
    return (
        *((own,) if synthetic else ("Learnt from the pictures of one site; expect less on other scanners.",)),
        "The threshold and the likelihood ratios hold for pictures like those they were set on.",
        "Finds things that look like firearm parts; it cannot tell a toy or a replica from a firearm.",
        "What lies behind opaque matter is not seen; such pictures are told as shielded.",
    )


def show_figures(figures: dict[str, Any]) -> None:
    """Print the main figures of an X-ray detector with their intervals."""
    if not figures:
        return
    any_part, at = figures["any_part"], figures["at_threshold"]
    click.echo(
        f"AP50 any part {_told(any_part['ap50'], any_part['interval'])}, "
        f"by lot {_told(any_part['ap50_of_random_boxes'])}"
    )
    for one in figures["recall_at_false_alarms"]:
        click.echo(f"recall at {one['false_alarms']:.0%} false alarms {_told(one['recall'], one['interval'])}")
    click.echo(f"at the threshold: recall {_told(at['recall'])}, false alarms {_told(at['false_alarms'])}")


def _told(value: float | None, interval: Sequence[float | None] = (None, None)) -> str:
    """Write a figure with its interval; a set without pictures of one kind cannot give it."""
    if value is None:
        return "not known from this set"
    low, high = interval
    return f"{value}" if low is None or high is None else f"{value} ({low} to {high})"
