"""From pictures to a bundle: prepare, fit, export, calibrate, measure, write the card."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from features.errors import CheckFailed, InputError
from models.bundle import Bundle, Card, write_bundle
from models.loading import XRAY_SPEC
from models.results import PARTS, Part
from models.xray import NETWORK, NETWORK_INT8
from models.xray_engine import Engine, open_engine
from models.xray_heads import windows
from training.xray.calibrate import alarm_threshold, likelihood_ratios
from training.xray.evaluate import figures
from training.xray.export import export_onnx, load_weights, weights_bytes
from training.xray.fit import Fitting, fit
from training.xray.judge import judge_store, picture_of
from training.xray.metrics import Judged
from training.xray.prepare import Heartbeat, PictureSet, Prepared
from training.xray.quantise import quantise
from training.xray.sampler import Sampling
from training.xray.site_mix import sampler_for

WEIGHTS = "weights.npz"
NAMED: tuple[Part, ...] = tuple(part for part in PARTS if part != "firearm_like")
FALSE_ALARMS = 0.05
LEAST_SCORE = 0.02
SHOWN_TO_ROUND = 50
_READING = ("threshold", "least_region", "log_likelihood_ratio")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What the card says about who made the model and how."""

    name: str
    version: str
    licence: str
    command: str
    created_at: str
    limits: tuple[str, ...] = field(default=())


def train_bundle(
    prepared: Prepared,
    identity: Identity,
    fitting: Fitting,
    sampling: Sampling,
    output: Path,
    workdir: Path,
    *,
    start: Bundle | None = None,
    workers: int = 1,
    threads: int = 1,
    heartbeat: Heartbeat = lambda name, done, total: None,
) -> Card:
    """Train a detector and write its bundle.

    Args:
        prepared: The pictures.
        identity: For the card.
        fitting: How to train.
        sampling: How to draw crops.
        output: Folder of the bundle; must not exist or be empty.
        workdir: For the checkpoint; a run that was cut off goes on from there.
        start: Bundle whose weights to start from, and whose threshold and likelihood ratios to keep where the
            calibration pictures are too few to find new ones.
        workers: Processes that draw crops ahead.
        threads: Cores for the arithmetic; another number gives the same figures but not the same bits.
        heartbeat: Told of progress.

    Raises:
        InputError: The pictures cannot train or calibrate a detector, or the output is taken.
        CheckFailed: The exported network differs from the trained one.
    """
    if output.exists() and any(output.iterdir()):
        raise InputError(f"{output}: exists already; bundles are immutable, name a new folder.")
    torch.set_num_threads(threads)
    sampler = sampler_for(prepared, NAMED, sampling, fitting.seed)
    network = fit(
        sampler,
        len(NAMED),
        fitting,
        workdir,
        run=_run(prepared, sampling, start),
        start=load_weights(start.read(WEIGHTS)) if start else None,
        workers=workers,
        heartbeat=lambda step, losses: heartbeat("train, loss " + f"{losses['all']:.3f}", step, fitting.steps),
    )
    model = export_onnx(network)
    engine = open_engine(model, "onnxruntime")
    reading = _calibrated(_judged(prepared.calibration, engine, "calibrate", heartbeat), start)
    test = _judged(prepared.test, engine, "measure", heartbeat)
    small, told = _in_8_bit(model, prepared.train)
    card = Card(
        kind="xray",
        name=identity.name,
        version=identity.version,
        created_at=identity.created_at,
        licence=identity.licence,
        feature_spec=XRAY_SPEC,
        command=identity.command,
        data={**prepared.about, "crops_seen": fitting.steps * sampling.batch, "started_from": _title(start), **told},
        figures=figures(test, reading["threshold"]) if test else {},
        limits=identity.limits,
        parameters={"parts": list(NAMED), **reading},
    )
    return write_bundle(output, card, {NETWORK: model, WEIGHTS: weights_bytes(network), **small})


def _in_8_bit(model: bytes, pictures: PictureSet) -> tuple[dict[str, bytes], dict[str, str]]:
    """Return the network in 8 bit as a file of the bundle, and what the card says of it.

    A bundle without it is slower on some processors and otherwise the same, so a network that does not bear the
    rounding is no reason to lose a training.
    """
    step = max(1, len(pictures.indices) // SHOWN_TO_ROUND)
    shown = pictures.indices[::step][:SHOWN_TO_ROUND]
    images = (picture_of(pictures.store, index) for index in shown)
    try:
        small = quantise(model, (window.batch for image in images for window in windows(image)))
    except (CheckFailed, InputError) as error:
        return {}, {"in_8_bit": f"left out: {error}"}
    return {NETWORK_INT8: small}, {"in_8_bit": f"rounded on {len(shown)} training pictures"}


def _run(prepared: Prepared, sampling: Sampling, start: Bundle | None) -> str:
    """Return the digest of what a run learns from, lest another one goes on from its checkpoint."""
    sets = (prepared.train, *(portion.pictures for portion in prepared.portions))
    told = [prepared.about, [[one.store.about, one.indices] for one in sets], asdict(sampling), start and start.digest]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _judged(pictures: PictureSet, engine: Engine, name: str, heartbeat: Heartbeat) -> tuple[Judged, ...]:
    total = len(pictures.indices)
    return judge_store(
        pictures.store, pictures.indices, engine, NAMED, LEAST_SCORE, lambda done: heartbeat(name, done, total)
    )


def _calibrated(judged: tuple[Judged, ...], start: Bundle | None) -> dict[str, Any]:
    """Return the card's threshold, lowest region score and likelihood ratios."""
    armed = [one.score for one in judged if not one.benign]
    benign = [one.score for one in judged if one.benign]
    try:
        threshold = alarm_threshold(np.array(benign), FALSE_ALARMS)
        ratios = likelihood_ratios(armed, benign)
        found = {"scores": list(ratios.scores), "values": list(ratios.values)}
    except InputError:
        if start is None:
            raise
        return {**{name: start.card.parameters[name] for name in _READING}, "calibrated_on": "the bundle started from"}
    return {
        "threshold": threshold,
        "least_region": round(max(LEAST_SCORE, min(threshold / 4, 0.05)), 4),
        "log_likelihood_ratio": found,
        "calibrated_on": f"{len(benign)} benign and {len(armed)} other held-out pictures, {FALSE_ALARMS:.0%} alarms",
    }


def _title(bundle: Bundle | None) -> str | None:
    return bundle.card.title if bundle else None
