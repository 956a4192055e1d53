"""Training and bulk scoring on a Dask cluster, through LightGBM's own Dask estimator.

The workers need this package and its dependencies; what travels between them is pickled, so a scheduler must be one
that its users trust, inside their own network.
"""

from __future__ import annotations

import re
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import dask.array
import lightgbm as lgb
import numpy as np
import numpy.typing as npt
from dask.delayed import delayed
from distributed import Client

from features.errors import InputError
from training.trees import Grow, settings_of

Rows = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
ANSWER_SECONDS = 10.0
WAITING_FOR_EACH = 2
"""Batches in flight for each worker: one it works on, one that waits for it."""
Run = Callable[[Callable[[Any, Any], Any], Any, Iterable[Any]], Iterator[Any]]
# Dask's own functions carry no types.
_open: Any = Client
_concatenate: Any = dask.array.concatenate
_from_delayed: Any = dask.array.from_delayed
# Lines of a model's text that name the machines it was grown on; they say nothing of the trees.
_MACHINES = re.compile(
    r"^\[(machines|machine_list_filename|local_listen_port|num_machines|time_out|num_threads): .*\]\n", re.MULTILINE
)


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """Connect to a scheduler for as long as the block runs.

    Raises:
        InputError: None answers there, or it has no worker.
    """
    try:
        client = _open(address, timeout=ANSWER_SECONDS)
    except (OSError, ValueError, TypeError) as error:
        raise InputError(
            f"{address}: no Dask scheduler answers; start one with `dask scheduler`, or leave out --scheduler."
        ) from error
    try:
        if not _workers(client):
            raise InputError(f"{address}: the scheduler has no worker; start some with `dask worker {address}`.")
        yield client
    finally:
        client.close()


def grow_on(client: Any) -> Grow:
    """Return a function that grows trees as `training.trees.grow_trees` does, the rows spread over the workers.

    Sums are taken in another order than on one machine, so the trees are as good and not the same to the last bit.
    """

    def grow(
        rows: Rows, labels: Marks, weights: Numbers | None, rounds: int, parameters: Mapping[str, Any] | None, seed: int
    ) -> lgb.Booster:
        settings = {**settings_of(parameters, seed)[0], "n_estimators": rounds, "tree_learner": "data"}
        for local in ("num_threads", "metric", "force_row_wise"):
            settings.pop(local, None)
        spread = _Spread(client, len(labels))
        own = None if weights is None else spread.array(weights)
        # The estimator wants whole numbers for classes.
        estimator = lgb.DaskLGBMClassifier(client=client, **settings)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Parameter n_jobs will be ignored")  # LightGBM sets it itself
            estimator.fit(spread.array(rows), spread.array(labels.astype(np.int8)), sample_weight=own)
        return without_machines(estimator.booster_)

    return grow


def without_machines(trees: lgb.Booster) -> lgb.Booster:
    """Return the same trees without the names of the machines they were grown on."""
    return lgb.Booster(model_str=_MACHINES.sub("", trees.model_to_string()))


def run_on(client: Any) -> Run:
    """Return a function that applies another to a model and each of many items, in order, on the workers.

    Few items are in flight at a time, so a stream of any length takes constant memory.
    """

    def run(function: Callable[[Any, Any], Any], model: Any, items: Iterable[Any]) -> Iterator[Any]:
        (there,) = client.scatter([model], broadcast=True, hash=False)
        waiting: deque[Any] = deque()
        room = WAITING_FOR_EACH * _workers(client)
        for item in items:
            waiting.append(client.submit(function, there, item, pure=False))
            if len(waiting) >= room:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    return run


class _Spread:
    """Cuts arrays into one piece for each worker, all arrays at the same rows."""

    def __init__(self, client: Any, rows: int) -> None:
        self._client = client
        self._parts = np.array_split(np.arange(rows), _workers(client))

    def array(self, values: npt.NDArray[Any]) -> Any:
        pieces = self._client.scatter([values[part] for part in self._parts], hash=False)
        shapes = [(len(part), *values.shape[1:]) for part in self._parts]
        return _concatenate(
            [
                _from_delayed(delayed(piece), shape=shape, dtype=values.dtype)
                for piece, shape in zip(pieces, shapes, strict=True)
            ]
        )


def _workers(client: Any) -> int:
    return len(client.scheduler_info(n_workers=-1)["workers"])
