"""`synth scans`: synthetic X-ray scans with COCO annotations."""

from __future__ import annotations

from pathlib import Path

import click

from cli.progress import bar


@click.command()
@click.option("--count", type=click.IntRange(min=1), required=True, help="Number of scenes.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of the first scene.")
@click.option(
    "--output", type=click.Path(path_type=Path, file_okay=False), required=True,
    help="A new folder; it gets images/ and annotations.json.",
)  # fmt: skip
@click.option(
    "--size", type=click.IntRange(64, 4096), default=512, show_default=True, help="Side in pixels of about 1.2 mm."
)
@click.option(
    "--formats",
    "--format",
    "formats",
    multiple=True,
    help="Export format; repeat for several. Default: all.",
)
@click.option("--all-formats", is_flag=True, help="Every scene in each of the formats, not in one of them in turn.")
@click.option("--held-out", is_flag=True, help="Evaluation scenes, with things that training scenes never hold.")
@click.option(
    "--firearm-share", type=click.FloatRange(0, 1), default=0.5, show_default=True, help="Share of scenes with parts.",
)  # fmt: skip
@click.option(
    "--views",
    type=click.IntRange(1, 2),
    default=1,
    show_default=True,
    help="Pictures from above, or also from the side.",
)
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Processes.")
def synth_scans(
    count: int, seed: int, output: Path, size: int, formats: tuple[str, ...], all_formats: bool, held_out: bool,
    firearm_share: float, views: int, workers: int,
) -> None:  # fmt: skip
    """Make synthetic X-ray scans from physics, with COCO annotations of every firearm part."""
    from training.phantom.dataset import Plan, write_dataset
    from training.phantom.export import FORMATS

    plan = Plan(
        count=count, seed=seed, size=size, formats=formats or FORMATS, all_formats=all_formats, held_out=held_out,
        firearm_share=firearm_share, views=views,
    )  # fmt: skip
    with bar("scenes", count, every=1) as progress:
        made = write_dataset(plan, output, workers=workers, progress=progress)
    click.echo(
        f"{output}: {made['scenes']} scenes, {made['pictures']} pictures, {made['boxes']} boxes of parts, "
        f"{made['ignored']} more to be ignored (hidden or tiny)."
    )
