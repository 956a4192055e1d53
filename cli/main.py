"""The command `parcel-screening`: finds the command's module only when it is called, and shows errors to people."""

from __future__ import annotations

import os
import sys

import click

from cli.lazy import LazyGroup
from features.errors import ParcelScreeningError
from features.version import __version__

COMMANDS: dict[str, tuple[str, str]] = {
    "serve": ("cli.serve:serve", "Run the service under its production server."),
    "screen": ("cli.screen:screen", "Screen one parcel without a server."),
    "score": ("cli.risk:score", "Score a file of manifests in bulk."),
    "detect": ("cli.xray:detect", "Find regions that resemble firearm parts in pictures."),
    "synth": ("cli.groups:synth", "Make labelled synthetic parcels or scans."),
    "train": ("cli.groups:train", "Train a risk model or an X-ray detector."),
    "evaluate": ("cli.groups:evaluate", "Measure a model on labelled data."),
    "calibrate": ("cli.calibrate:calibrate", "Calibrate a scanner on its own pictures."),
    "models": ("cli.models:models", "Show, verify, sign, promote and roll back models."),
    "sop": ("cli.sop:sop", "Check, test and show the standard operating procedure."),
    "keys": ("cli.keys:keys", "Make, list and revoke keys."),
    "db": ("cli.db:db", "Upgrade, verify, replay, purge, erase and export the store."),
    "demo": ("cli.demo:demo", "Start on loopback and screen the sample parcels."),
    "settings": ("cli.settings:settings", "List every setting."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="parcel-screening")
def root() -> None:
    """Screen postal and courier parcels for firearms, their parts and ammunition."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 the answer is no, 2 wrong usage, 3 bad input."""
    output = sys.stdout
    try:
        code = root.main(args=arguments, prog_name="parcel-screening", standalone_mode=False)
    except ParcelScreeningError as error:
        show(error)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except SystemExit as ending:
        # The reader of our output went away (`| head`): its right, and no failure. Click tells it by a wrapped stdout.
        if sys.stdout is not output:
            os.dup2(os.open(os.devnull, os.O_WRONLY), output.fileno())
            sys.exit(0)
        raise ending
    # Outside its standalone mode click hands over the code of `ctx.exit(code)` instead of ending the process.
    sys.exit(code if isinstance(code, int) else 0)


def show(error: ParcelScreeningError) -> None:
    """Print an error and all its problems to stderr."""
    click.echo(f"error: {error.message}", err=True)
    for problem in error.problems:
        click.echo(f"  {problem}", err=True)
