"""What all commands of the SOP desk share when they print for people."""

from __future__ import annotations

import sys
from typing import Any

from rich.console import Console
from rich.text import Text

LANE_STYLES = {
    "detain": "bold red",
    "examine": "dark_orange",
    "scan": "yellow",
    "documents": "cyan",
    "release": "green",
}
PIPE_WIDTH = 120
WHOLE: dict[str, Any] = {"soft_wrap": True}
"""Lines that a person may search or copy are not broken at the console's width."""


def console() -> Console:
    """Return a console as wide as the terminal, or wide enough for a table in a pipe."""
    return Console(width=None if sys.stdout.isatty() else PIPE_WIDTH, highlight=False)


def lane_text(lane: str) -> Text:
    """Return a lane in its colour."""
    return Text(lane, style=LANE_STYLES[lane])


def count(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun, for example `2 errors`."""
    return f"{number} {one if number == 1 else many or one + 's'}"
