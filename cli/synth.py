"""`synth`: labelled synthetic parcels and scans."""

from __future__ import annotations

import click

from cli.risk import synth_manifests
from cli.scans import synth_scans


@click.group()
def synth() -> None:
    """Make labelled synthetic data."""


synth.add_command(synth_manifests, "manifests")
synth.add_command(synth_scans, "scans")
