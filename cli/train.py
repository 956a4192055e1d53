"""`train`: fit a risk model or an X-ray detector."""

from __future__ import annotations

import click

from cli.risk import train_risk
from cli.xray import train_xray


@click.group()
def train() -> None:
    """Train a model bundle."""


train.add_command(train_risk, "risk")
train.add_command(train_xray, "xray")
