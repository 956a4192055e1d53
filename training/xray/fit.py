"""The training loop: deterministic from the seed, resumable from its checkpoint, one picture cache, one CPU core."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from features.errors import InputError
from training.xray.losses import detector_loss
from training.xray.net import Detector
from training.xray.sampler import Sampler

CHECKPOINT = "checkpoint.pt"
WARM_UP = 300
Heartbeat = Callable[[int, dict[str, float]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitting:
    """How to train.

    Attributes:
        steps: Batches in all.
        rate: Highest learning rate; it rises over the first steps and falls as a cosine to a hundredth.
        decay: Weight decay.
        seed: Of weights and batches.
        averaging: Share of the old weights in the running mean that becomes the model.
        bfloat16: Whether convolutions run in 16 bit; twice as fast on processors that can, pointless on others.
        save_every: Steps between two checkpoints.
    """

    steps: int
    rate: float = 2e-3
    decay: float = 1e-3
    seed: int = 1
    averaging: float = 0.998
    bfloat16: bool = False
    save_every: int = 500


class _Batches(Dataset[dict[str, Tensor]]):
    """The batches by step, so that a loader's workers may draw them ahead."""

    def __init__(self, sampler: Sampler) -> None:
        self._sampler = sampler

    def __getitem__(self, step: int) -> dict[str, Tensor]:
        batch = self._sampler.batch(step)
        stacked = {
            name: torch.from_numpy(np.stack([getattr(target, name) for target in batch.targets]))
            for name in ("score", "weight", "part", "box", "positive")
        }
        return {"planes": torch.from_numpy(batch.planes), **stacked}


def fit(
    sampler: Sampler,
    parts: int,
    fitting: Fitting,
    folder: Path,
    *,
    run: str = "",
    start: dict[str, Any] | None = None,
    workers: int = 0,
    heartbeat: Heartbeat = lambda step, losses: None,
) -> Detector:
    """Train a detector, or go on where a checkpoint in the folder stands.

    Args:
        sampler: Draws the batches.
        parts: Number of part names.
        fitting: How to train.
        folder: For the checkpoint; another run or one with other settings refuses to go on from it.
        run: Digest of what is learnt from: pictures, how they are drawn, and weights to start from.
        start: Weights to start from (fine-tuning); None starts from random ones.
        workers: Processes that draw batches ahead; 0 draws them here.
        heartbeat: Called with the step and the mean losses every 50 steps.

    Returns:
        The detector with its averaged weights, ready for inference.

    Raises:
        InputError: The checkpoint in the folder is of another run.
    """
    torch.manual_seed(fitting.seed)
    network = Detector(parts)
    network.to(memory_format=torch.channels_last)
    if start is not None:
        network.load_state_dict(start)
    optimiser = torch.optim.AdamW(network.parameters(), lr=fitting.rate, weight_decay=fitting.decay)
    mean = {name: value.detach().clone() for name, value in network.state_dict().items()}
    done = _resume(folder / CHECKPOINT, run, fitting, network, optimiser, mean)
    totals: dict[str, float] = {}
    for step, batch in enumerate(_loader(sampler, done, fitting.steps, workers), start=done):
        for group in optimiser.param_groups:
            group["lr"] = fitting.rate * _schedule(step, fitting.steps)
        # The network's own noise depends on the step alone, so that a run that was cut off goes on as it would have.
        torch.manual_seed(fitting.seed * 1_000_003 + step)
        losses = _step(network, optimiser, batch, fitting.bfloat16)
        _average(mean, network, fitting.averaging, step)
        for name, value in losses.items():
            totals[name] = totals.get(name, 0.0) + value / 50
        if (step + 1) % 50 == 0:
            heartbeat(step + 1, totals)
            totals = {}
        if (step + 1) % fitting.save_every == 0 or step + 1 == fitting.steps:
            _save(folder / CHECKPOINT, step + 1, run, fitting, network, optimiser, mean)
    network.load_state_dict(mean)
    network.eval()
    return network


def _loader(sampler: Sampler, done: int, steps: int, workers: int) -> Iterator[dict[str, Tensor]]:
    loader: DataLoader[dict[str, Tensor]] = DataLoader(
        _Batches(sampler),
        batch_size=None,
        sampler=range(done, steps),
        num_workers=workers,
        prefetch_factor=4 if workers else None,
    )
    return iter(loader)


def _step(
    network: nn.Module, optimiser: torch.optim.Optimizer, batch: dict[str, Tensor], bfloat16: bool
) -> dict[str, float]:
    network.train()
    optimiser.zero_grad(set_to_none=True)
    planes = batch.pop("planes").contiguous(memory_format=torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
        heads = network(planes)
    losses = detector_loss(heads.float(), **batch)
    losses["all"].backward()
    # One crop full of tiny parts must not throw the weights off.
    nn.utils.clip_grad_norm_(network.parameters(), 10.0)
    optimiser.step()
    return {name: float(value.detach()) for name, value in losses.items()}


def _schedule(step: int, steps: int) -> float:
    warm = min(WARM_UP, max(1, steps // 10))
    if step < warm:
        return (step + 1) / warm
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))


@torch.no_grad()
def _average(mean: dict[str, Tensor], network: nn.Module, keep: float, step: int) -> None:
    """Follow the weights slowly, and faster at first, when the old ones are random."""
    keep = min(keep, (1 + step) / (10 + step))
    for name, value in network.state_dict().items():
        if value.dtype.is_floating_point:
            mean[name].mul_(keep).add_(value, alpha=1 - keep)
        else:
            mean[name].copy_(value)


def _save(
    path: Path,
    step: int,
    run: str,
    fitting: Fitting,
    network: nn.Module,
    optimiser: torch.optim.Optimizer,
    mean: dict[str, Tensor],
) -> None:
    state = {
        "step": step,
        "run": run,
        "fitting": asdict(fitting),
        "network": network.state_dict(),
        "optimiser": optimiser.state_dict(),
        "mean": mean,
    }
    scratch = path.with_suffix(".unfinished")
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(state, scratch)
    scratch.replace(path)


def _resume(
    path: Path,
    run: str,
    fitting: Fitting,
    network: nn.Module,
    optimiser: torch.optim.Optimizer,
    mean: dict[str, Tensor],
) -> int:
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    # A checkpoint that does not say what it learnt from goes by its settings alone.
    if state["fitting"] != asdict(fitting) or state.get("run", run) != run:
        raise InputError(f"{path}: a checkpoint of another run; name another --workdir or remove it.")
    network.load_state_dict(state["network"])
    optimiser.load_state_dict(state["optimiser"])
    for name, value in state["mean"].items():
        mean[name].copy_(value)
    return int(state["step"])
