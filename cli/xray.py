"""`detect`: find regions that resemble firearm parts; the other X-ray commands are in `cli.xray_*`."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from cli.files import whole_file
from cli.progress import bar
from cli.scanner_find import profile_for
from features.errors import InputError, Problem
from models.drawing import draw
from models.loading import load_xray
from models.results import ImageResult, PictureProblem
from models.scanner_profile import ScannerProfile
from models.xray import Picture, PictureLimits, XrayModel
from service.bundles import open_in_use
from service.settings import Settings

FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
_model = click.option("--xray-model", type=FOLDER, help="Folder of a bundle; default: the promoted or shipped one.")


@click.command()
@click.argument("images", metavar="IMAGE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, one line an image.")
@click.option("--draw", "draw_to", type=FOLDER, help="Folder for annotated pictures, one PNG an image.")
@click.option(
    "--heat-map",
    "heat_to",
    type=FOLDER,
    help="Folder for heat maps (how sure the detector is at every place), one PNG for each image that was judged.",
)
@click.option("--scanner", help="The scanner they come from: its profile's threshold and palette are used.")
@_model
def detect(
    images: tuple[Path, ...],
    as_json: bool,
    draw_to: Path | None,
    heat_to: Path | None,
    scanner: str | None,
    xray_model: Path | None,
) -> None:
    """Find regions that resemble firearm parts in pictures (PNG, JPEG, TIFF).

    An image that cannot be judged is told as `unreadable` with the reason. A file that does not exist is told too, and
    the command ends with 3 after all the others were done.
    """
    model = _open(xray_model)
    profile = profile_for(Settings.from_environment(os.environ).home, scanner, model)
    for folder in (draw_to, heat_to):
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
    missing: list[Problem] = []
    with bar("pictures", len(images)) as progress:
        for done, path in enumerate(images, start=1):
            data = _read(path, missing)
            result = _missing_result(missing[-1]) if data is None else _assessed(model, data, profile)
            click.echo(json.dumps(_line(path, result), ensure_ascii=False) if as_json else _told(path, result))
            if draw_to is not None and data is not None:
                _write(_drawn(draw_to, path, images), draw(data, result))
            if heat_to is not None and data is not None and result.score is not None:
                _write(_drawn(heat_to, path, images), model.heat_map(data, profile=profile))
            progress(done)
    if missing:
        raise InputError(f"{len(missing)} of {len(images)} images could not be opened.", missing)


def _write(path: Path, data: bytes) -> None:
    with whole_file(path) as scratch:
        scratch.write_bytes(data)


def _assessed(model: XrayModel, data: bytes, profile: ScannerProfile | None) -> ImageResult:
    return model.assess([Picture(data)], profile=profile).images[0]


def _read(path: Path, missing: list[Problem]) -> bytes | None:
    """Return the file's bytes, no more than anybody would judge; None and a problem where there is no such file."""
    try:
        with path.open("rb") as file:
            return file.read(PictureLimits().max_bytes + 1)
    except OSError as error:
        missing.append(Problem(str(path), "file_unreadable", f"cannot be opened ({error.strerror})."))
        return None


def _missing_result(problem: Problem) -> ImageResult:
    told = (PictureProblem(problem.code, problem.message),)
    return ImageResult(None, 0, 0, "", "unknown", "unreadable", None, told, (), None)


def _line(path: Path, result: ImageResult) -> dict[str, Any]:
    """Return the contract's line."""
    plain = asdict(result)
    names = ("width", "height", "assessment", "ability", "score", "problems", "regions", "dense")
    return {"image": str(path), **{name: plain[name] for name in names}}


SHOWN = 3
STYLES: dict[str, dict[str, Any]] = {
    "alarm": {"fg": "red", "bold": True},
    "clear": {"fg": "green"},
    "unknown": {"fg": "yellow", "bold": True},
}


def _told(path: Path, result: ImageResult) -> str:
    """Return one picture's answer for people: the verdict first, then why and where."""
    score = "no score" if result.score is None else f"score {result.score:.3f}"
    verdict = click.style(result.assessment.upper(), **STYLES[result.assessment])
    lines = [f"{path}: {verdict}, {score}, {result.ability.replace('_', ' ')}"]
    lines += [f"  {problem.message}" for problem in result.problems]
    for region in result.regions[:SHOWN]:
        x, y, width, height = region.box
        lines.append(f"  {region.part} {region.score:.2f} at x {x}, y {y}, {width} x {height} px")
    if len(result.regions) > SHOWN:
        lines.append(f"  and {len(result.regions) - SHOWN} weaker regions; --json tells them all")
    return "\n".join(lines)


def _drawn(folder: Path, path: Path, images: tuple[Path, ...]) -> Path:
    """Name the annotated picture after the image; images of one name in several folders get their number too."""
    same = [other for other in images if other.name == path.name]
    return folder / (f"{path.name}.png" if len(same) == 1 else f"{images.index(path) + 1}-{path.name}.png")


def _open(folder: Path | None) -> XrayModel:
    return load_xray(open_in_use(Settings.from_environment(os.environ), "xray", folder))
