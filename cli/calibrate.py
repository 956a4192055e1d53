"""The group `calibrate` with its one command, `calibrate xray`: a scanner's profile from its own pictures."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.bundles import creation_time
from cli.files import check_writable
from cli.lazy import LazyGroup
from cli.progress import bar
from cli.scanner_words import profile_lines
from features.errors import Problem, UsageError
from features.palettes import PALETTES
from models.loading import load_xray
from models.scanner_profile import ESTIMATED, ScannerProfile
from models.scanner_profile_file import FOLDER as PROFILES
from models.scanner_profile_file import as_text, write_profile
from models.xray import XrayModel
from service.bundles import open_in_use
from service.settings import Settings

if TYPE_CHECKING:
    from training.xray.scanner_read import Read

FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
MAX_NAME = 64
"""As long as a scanner's name may be in a request."""
SHOWN = 20
CALIBRATE = {"xray": ("cli.calibrate:calibrate_xray", "A scanner's profile, from its own benign pictures.")}


@click.group(cls=LazyGroup, lazy=CALIBRATE)
def calibrate() -> None:
    """Set thresholds on a site's own pictures."""


@click.command()
@click.option("--scanner", required=True, help="The scanner, as stations name it in `scanner_id`.")
@click.option("--benign", type=FOLDER, required=True, help="Folder of its pictures without firearm parts.")
@click.option("--annotations", type=FILE, help="COCO file of labelled pictures of the same scanner: recall is told.")
@click.option("--images", type=FOLDER, help="Folder of the pictures that it names.")
@click.option(
    "--false-alarms", type=click.FloatRange(0.0001, 0.5), default=0.05, show_default=True,
    help="Share of benign pictures that may alarm.",
)  # fmt: skip
@click.option(
    "--palette", type=click.Choice([ESTIMATED, *PALETTES]), default=ESTIMATED, show_default=True,
    help="The scanner's palette; estimated: from each picture.",
)  # fmt: skip
@click.option("--xray-model", type=FOLDER, help="Folder of a bundle; default: the promoted or shipped one.")
@click.option("--created-at", help="Time for the profile; default: SOURCE_DATE_EPOCH, else now.")
@click.option("--json", "as_json", is_flag=True, help="Print the profile as it was written.")
def calibrate_xray(**options: Any) -> None:
    """Write the profile of a scanner into the home folder; a running service takes it within about two seconds.

    A profile holds for one bundle: --xray-model calibrates for another one before it is promoted.
    """
    _check(options)
    settings = Settings.from_environment(os.environ)
    check_writable(settings.home / PROFILES)
    model = load_xray(open_in_use(settings, "xray", options["xray_model"]))
    benign, labelled = _pictures(options, model)
    profile = _profile(options, model, benign, labelled)
    path = write_profile(settings.home, profile)
    _tell(benign.problems, "benign")
    _tell(labelled.problems if labelled else (), "labelled")
    click.echo(as_text(profile) if options["as_json"] else "\n".join([f"{path}:", *profile_lines(profile)]))


def _check(options: dict[str, Any]) -> None:
    scanner = options["scanner"]
    if not 1 <= len(scanner) <= MAX_NAME or not scanner.isprintable():
        raise UsageError(f"--scanner: a scanner's name has 1 to {MAX_NAME} printable characters.")
    if bool(options["annotations"]) != bool(options["images"]):
        raise UsageError("Name --annotations and --images together, or neither.")


def _pictures(options: dict[str, Any], model: XrayModel) -> tuple[Read, Read | None]:
    from training.xray.coco import load_coco
    from training.xray.scanner_read import check_benign, pictures_in, read_benign, read_labelled

    folder = options["benign"]
    palette = PALETTES.get(options["palette"])
    # What is wrong with the annotations is told before minutes are spent on the pictures.
    wanted = load_coco(options["annotations"], options["images"]) if options["annotations"] else ()
    with bar("benign pictures", len(pictures_in(folder))) as progress:
        benign = read_benign(folder, model, palette, progress)
    labelled = None
    if wanted:
        with bar("labelled pictures", len(wanted)) as progress:
            labelled = read_labelled(wanted, model, palette, progress)
    check_benign(benign, labelled, folder)
    return benign, labelled


def _profile(options: dict[str, Any], model: XrayModel, benign: Read, labelled: Read | None) -> ScannerProfile:
    from training.xray.scanner import Wanted, scanner_profile

    wanted = Wanted(
        scanner=options["scanner"],
        model=model.title,
        model_digest=model.digest,
        palette=options["palette"],
        false_alarms=options["false_alarms"],
        created_at=options["created_at"] or creation_time(os.environ),
        command=_command(options, model),
        data={"benign": benign.digest, **({"labelled": labelled.digest} if labelled else {})},
    )
    return scanner_profile(wanted, benign.pictures, labelled.pictures if labelled else (), model.parameters)


def _command(options: dict[str, Any], model: XrayModel) -> str:
    """Return the command with names alone, so that the profile does not tell where the files lie."""
    words = [
        "parcel-screening",
        "calibrate",
        "xray",
        "--scanner",
        options["scanner"],
        "--benign",
        options["benign"].name,
    ]
    if options["annotations"]:
        words += ["--annotations", options["annotations"].name, "--images", options["images"].name]
    words += ["--false-alarms", f"{options['false_alarms']:g}"]
    if options["palette"] != ESTIMATED:
        words += ["--palette", options["palette"]]
    return shlex.join([*words, "--xray-model", model.title])


def _tell(problems: tuple[Problem, ...], kind: str) -> None:
    """Name the pictures that could not be used; the profile counts them."""
    if problems:
        click.echo(f"warning: {len(problems)} {kind} pictures cannot be used:", err=True)
        for problem in problems[:SHOWN]:
            click.echo(f"  {problem}", err=True)
        if len(problems) > SHOWN:
            click.echo(f"  and {len(problems) - SHOWN} more", err=True)
