"""`python -m tests.soak [PART]...`: break the real service in every way that `docs/soak.md` lists."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

import click
from rich.console import Console

from tests.soak.outcome import Outcome, show, write_json
from tests.soak.parts import PARTS, Amounts
from tests.soak.progress import saying

PIPE_WIDTH = 160
"""In a pipe there is no width to go by."""


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(list(PARTS)))
@click.option("--times", type=click.IntRange(1, 1000), default=50, show_default=True, help="Kills of the service.")
@click.option("--seed", type=int, default=6, show_default=True, help="Decides the moments.")
@click.option("--seconds", type=float, default=20.0, show_default=True, help="Of overload.")
@click.option("--requests", type=int, default=200_000, show_default=True, help="Of the memory part, at most.")
@click.option("--memory-seconds", type=float, default=240.0, show_default=True, help="For the memory part, at most.")
@click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), help="Write all figures there.")
def main(parts: tuple[str, ...], json_file: Path | None, **amounts: float) -> None:
    """Run the named parts, or all; exit 1 if anything was lost or was not as promised."""
    console = Console(width=None if sys.stdout.isatty() else PIPE_WIDTH)
    how = Amounts(**amounts)  # type: ignore[arg-type]  # click has made the whole numbers whole
    folder, began = Path(tempfile.mkdtemp(prefix="parcel-soak-")), time.monotonic()
    outcomes: list[Outcome] = []
    for name in dict.fromkeys(parts or PARTS):
        with saying(console, name) as say:
            outcomes += PARTS[name](folder, how, say)
    show(outcomes, console)
    console.print(f"{time.monotonic() - began:.0f} s, seed {how.seed}")
    if json_file:
        write_json(outcomes, json_file)
    if not all(one.kept for one in outcomes):
        console.print(f"Logs and stores are kept in {folder}")
        raise SystemExit(1)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
