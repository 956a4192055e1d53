"""Which bundle is in use by the settings, opened as the settings ask: signature, hashes, licence."""

from __future__ import annotations

import os
from collections.abc import Hashable
from pathlib import Path

from features.errors import CheckFailed
from models.bundle import Bundle, open_bundle
from models.card import Kind
from models.places import locate, promoted_link
from models.trust import TRUST_ALL, Trust
from service.settings import Settings


def trust_of(settings: Settings) -> Trust:
    """Return whose signature on a bundle is asked for.

    Raises:
        InputError: The file of public keys cannot be used.
    """
    if settings.model_public_key is None:
        return TRUST_ALL
    from models.signature import read_public_keys  # here, because most installations ask for no signature

    return Trust(read_public_keys(settings.model_public_key), settings.trust_shipped_models)


def open_in_use(settings: Settings, kind: Kind, explicit: Path | None = None) -> Bundle:
    """Verify the bundle in use, or the one that a command names instead.

    Raises:
        InputError: There is none, or it cannot be read.
        CheckFailed: It is not what its card says, not signed as asked for, or its licence is not allowed here.
    """
    folder = locate(kind, settings.home, explicit or named(settings, kind))
    return open_allowed(settings, folder, kind)


def open_allowed(settings: Settings, folder: Path, kind: Kind | None) -> Bundle:
    """Verify the bundle of a folder; see `open_in_use`."""
    bundle = open_bundle(folder, kind, trust_of(settings))
    check_licence(settings, bundle)
    return bundle


def check_licence(settings: Settings, bundle: Bundle) -> None:
    """Check that the operator allows a bundle's licence.

    Raises:
        CheckFailed: It is research-only, and such bundles are not allowed here.
    """
    if bundle.card.research_only and not settings.allow_research_models:
        raise CheckFailed(
            f"{bundle.folder}: the card says licence: research-only; "
            "set PARCEL_SCREENING_ALLOW_RESEARCH_MODELS=1 to allow it."
        )


def named(settings: Settings, kind: Kind) -> Path | None:
    """Return the folder that a setting names for a kind; it comes before what is promoted."""
    return settings.risk_model if kind == "risk" else settings.xray_model


def mark(settings: Settings, kind: Kind) -> Hashable:
    """Return what changes when another bundle of a kind is put in use; costs one look at a link."""
    place = named(settings, kind) or promoted_link(settings.home, kind)
    try:
        state = os.lstat(place)
        target = os.readlink(place) if place.is_symlink() else ""
    except OSError:
        return None
    return (state.st_mtime_ns, state.st_ino, target)
