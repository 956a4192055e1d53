"""`evaluate`: measure a model on labelled data."""

from __future__ import annotations

import click

from cli.risk import evaluate_risk
from cli.xray import evaluate_xray


@click.group()
def evaluate() -> None:
    """Measure a model on labelled data."""


evaluate.add_command(evaluate_risk, "risk")
evaluate.add_command(evaluate_xray, "xray")
