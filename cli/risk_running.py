"""Where and how long the commands of the risk model run: on a cluster, or tuned for some minutes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.progress import stages
from training.data import Source

if TYPE_CHECKING:
    from training.frame import Frame
    from training.scoring import Run
    from training.trees import Grow
    from training.tune import Tuning

SECONDS = 60
scheduler_option = click.option(
    "--scheduler", metavar="ADDR", help="Address of a Dask scheduler whose workers do the work, e.g. tcp://host:8786."
)


@contextmanager
def cluster(address: str | None) -> Iterator[Any]:
    """Yield a client of the scheduler; None without an address.

    Raises:
        InputError: No scheduler answers, or it has no worker.
    """
    if address is None:
        yield None
        return
    from training.cluster import connected

    with connected(address) as client:
        yield client


def grower(client: Any, rounds: Callable[[int, int], None]) -> Grow:
    """Return what grows the final trees: the cluster, or this machine, which tells of every round."""
    from training.trees import grow_trees

    if client is None:
        return partial(grow_trees, progress=rounds)
    from training.cluster import grow_on

    return grow_on(client)


def runner(client: Any) -> Run:
    """Return what scores batches: the cluster, or this process."""
    if client is None:
        from training.scoring import here

        return here
    from training.cluster import run_on

    return run_on(client)


def tuned(source: Source, frame: Frame, study: Path, minutes: float | None, seed: int) -> Tuning | None:
    """Tune for some minutes, going on in the study's file where there is one; None without minutes."""
    if minutes is None:
        return None
    from training.tune import Budget, tune

    budget = Budget(minutes=minutes, study=study, data=source.sha256, seed=seed)
    with stages() as stage:
        seconds = stage("tuning, seconds", max(int(minutes * SECONDS), 1), every=1)
        found = tune(frame, source.site, budget, stage.step, seconds)
    best, default = found.card["best"], found.card["default"]
    click.echo(f"{study}: {found.card['trials']} trials; {found.card['objective']} {default:.4f}, tuned {best:.4f}.")
    return found
