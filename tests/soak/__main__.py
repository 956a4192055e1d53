"""`python -m tests.soak [PART]...`: break the real service in every way that `docs/soak.md` lists."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console

from tests.helpers.cluster import BINARIES, Cluster, running_cluster
from tests.soak.http_wire import ConnectionLost
from tests.soak.kill import kill_service, kill_worker
from tests.soak.outage import CUT_S, cut_line, stop_database
from tests.soak.outcome import Outcome, show, write_json
from tests.soak.progress import Say, saying
from tests.soak.service_process import SoakError


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much of each: the options of the command."""

    times: int
    seed: int


Part = Callable[[Path, Amounts, Say], list[Outcome]]
PARTS: dict[str, Part] = {
    "kill": lambda folder, how, say: [kill_service(folder / "kill", how.times, how.seed, say)],
    "worker": lambda folder, how, say: [kill_worker(folder / "worker", max(1, how.times // 10), how.seed, say)],
    "postgres": lambda folder, how, say: _with_postgres(
        lambda cluster: [
            kill_service(folder / "pg", how.times, how.seed, say, cluster.fresh_database(), "PostgreSQL"),
        ]
    ),
    "outage": lambda folder, how, say: _with_postgres(
        lambda cluster: [stop_database(folder / "outage", cluster, how.times, how.seed, say)]
    ),
    "cut": lambda folder, how, say: _with_postgres(lambda cluster: cut_line(folder / "line", cluster, CUT_S, say)),
}


def _with_postgres(work: Callable[[Cluster], list[Outcome]]) -> list[Outcome]:
    if not BINARIES:
        why = "PostgreSQL is not installed (Debian: apt-get install postgresql)"
        return [Outcome(part="postgres", tried="the same on PostgreSQL", skipped=why)]
    with running_cluster() as cluster:
        return work(cluster)


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(list(PARTS)))
@click.option("--times", type=click.IntRange(1, 1000), default=50, show_default=True, help="Kills of the service.")
@click.option("--seed", type=int, default=6, show_default=True, help="Decides the moments.")
@click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), help="Write all figures there.")
def main(parts: tuple[str, ...], times: int, seed: int, json_file: Path | None) -> None:
    """Run the named parts, or all; exit 1 if anything was lost or was not as promised."""
    # In a pipe there is no width to go by, and a folded table cannot be read.
    console = Console(width=None if sys.stdout.isatty() else 160)
    folder = Path(tempfile.mkdtemp(prefix="parcel-soak-"))
    began = time.monotonic()
    outcomes: list[Outcome] = []
    for name in parts or PARTS:
        with saying(console, name) as say:
            outcomes += _run(name, folder, Amounts(times, seed), say)
    show(outcomes, console)
    console.print(f"{time.monotonic() - began:.0f} s, seed {seed}")
    if json_file:
        write_json(outcomes, json_file)
    if all(one.kept for one in outcomes):
        shutil.rmtree(folder, ignore_errors=True)
        return
    console.print(f"Logs and stores are kept in {folder}")
    raise SystemExit(1)


def _run(name: str, folder: Path, how: Amounts, say: Say) -> list[Outcome]:
    try:
        return PARTS[name](folder, how, say)
    except (SoakError, ConnectionLost) as error:
        return [Outcome(part=name, tried=name, problems=(f"could not go on: {error}",))]


if __name__ == "__main__":
    main()
