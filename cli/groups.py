"""The groups `synth`, `train` and `evaluate`: one command for manifests, one for pictures."""

from __future__ import annotations

import click

from cli.lazy import LazyGroup

SYNTH = {
    "manifests": ("cli.risk:synth_manifests", "Labelled synthetic parcels."),
    "scans": ("cli.scans:synth_scans", "Synthetic X-ray scans with COCO annotations."),
}
TRAIN = {
    "risk": ("cli.risk:train_risk", "The risk model, on labelled manifests."),
    "xray": ("cli.xray_training:train_xray", "The X-ray detector, on scans with COCO annotations."),
}
EVALUATE = {
    "risk": ("cli.risk_evaluation:evaluate_risk", "A risk model: metrics.json and report.html."),
    "xray": ("cli.xray_evaluation:evaluate_xray", "An X-ray detector: metrics.json and report.html."),
}


@click.group(cls=LazyGroup, lazy=SYNTH)
def synth() -> None:
    """Make labelled synthetic data."""


@click.group(cls=LazyGroup, lazy=TRAIN)
def train() -> None:
    """Train a model bundle."""


@click.group(cls=LazyGroup, lazy=EVALUATE)
def evaluate() -> None:
    """Measure a model on labelled data."""
