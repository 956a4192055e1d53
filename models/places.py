"""Where bundles lie: named by the operator, promoted in the home, or shipped with the installation."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path

from features.errors import InputError
from models.card import CARD, Kind, read_card

PROMOTED = "models"
"""The folder of the home that holds promoted bundles, the link to each one in use, and their history."""


def promoted_link(home: Path, kind: Kind) -> Path:
    """Return the link that points to the promoted bundle of a kind, whether it is there or not."""
    return home / PROMOTED / f"promoted-{kind}"


def locate(kind: Kind, home: Path | None, explicit: Path | None) -> Path:
    """Find the bundle to use: the one named, else the promoted one of the home, else the shipped one.

    Raises:
        InputError: No bundle of this kind is shipped with the installation.
    """
    if explicit is not None:
        return explicit
    # A promotion that points nowhere must not fall back to another model in silence: opening it will say so.
    if home is not None and os.path.lexists(promoted := promoted_link(home, kind)):
        return promoted.resolve()
    shipped = shipped_bundles(kind)
    if not shipped:
        raise InputError(f"No {kind} model is shipped with this installation; name one by option or setting.")
    return shipped[-1]


def shipped_bundles(kind: Kind) -> list[Path]:
    """Return the folders of the freely usable bundles that came with the package, oldest version first."""
    found = [path.parent for path in sorted(_shipped_root().glob(f"*/{CARD}"))]
    cards = [(read_card(folder), folder) for folder in found]
    usable = [(card, folder) for card, folder in cards if card.kind == kind and not card.research_only]
    return [folder for card, folder in sorted(usable, key=lambda pair: _version_key(pair[0].version))]


def is_shipped(folder: Path) -> bool:
    """Return whether a folder came with the package."""
    return folder.resolve().parent == _shipped_root().resolve()


def _shipped_root() -> Path:
    return Path(str(resources.files("models") / "artifacts"))


def _version_key(version: str) -> tuple[int, ...]:
    return tuple(int(piece) if piece.isdigit() else 0 for piece in version.replace("-", ".").split("."))
