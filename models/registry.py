"""The registry of a home: immutable copies of promoted bundles, and for each kind a link to the one in use.

    HOME/models/<name>-<version>/   a bundle, its files read-only, never changed afterwards
    HOME/models/promoted-<kind>     link to the promoted one; where there is none, the shipped one is in use
    HOME/models/history.ndjson      who changed what, when and why (`models.registry_history`)

A bundle is whole in its place before the link moves, and the link moves in one step: wherever a command is cut off, the
old model or the new one is in use.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from features.errors import CheckFailed, InputError, UsageError
from models.bundle import Bundle, open_bundle
from models.bundle_files import opened, plain_name, read
from models.card import CARD, KINDS, MAX_CARD, Kind, read_card
from models.folder_write import replace_file, replace_link, sync_folder, write_folder
from models.places import PROMOTED, promoted_link, shipped_bundles
from models.trust import SIGNATURE, Trust

LOCK = ".lock"
INCOMING = ".incoming-"


@dataclass(frozen=True, slots=True)
class Standing:
    """Which bundle of a kind the home's registry points to.

    Attributes:
        title: Name and version; of a link that leads nowhere, the name it leads to.
        shipped: Whether it is the shipped one, because none is promoted.
        digest: SHA-256 of its card; None where it cannot be read.
    """

    title: str
    shipped: bool
    digest: str | None


def standing(home: Path, kind: Kind) -> Standing:
    """Return what the registry points to; a dangling link is told as it is."""
    link = promoted_link(home, kind)
    if os.path.lexists(link):
        folder = link.resolve()
        return Standing(folder.name, False, _digest(folder))
    shipped = shipped_bundles(kind)
    return Standing(shipped[-1].name, True, _digest(shipped[-1])) if shipped else Standing("none", True, None)


@contextlib.contextmanager
def locked(home: Path) -> Iterator[None]:
    """Hold the registry: whoever promotes or rolls back at the same time waits.

    Raises:
        UsageError: The home cannot be written.
    """
    folder = home / PROMOTED
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / LOCK).open("a")
    except OSError as error:
        raise UsageError(f"{folder}: the registry cannot be written ({error.strerror}).") from error
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)  # released when the file closes, even where the process is killed
        _sweep(folder)
        yield


def add(home: Path, bundle: Bundle, trust: Trust) -> Path:
    """Copy the bytes of a verified bundle into the registry, or find them there, and return the folder.

    Call it under `locked`.

    Raises:
        InputError: The title cannot be a folder's name.
        CheckFailed: Another bundle of this name and version is known, or the copy that is there was changed.
    """
    title = bundle.card.title
    if not plain_name(title) or title in {promoted_link(home, kind).name for kind in KINDS}:
        raise InputError(f"{bundle.folder}: {title!r} cannot be a folder's name; train under a plain name.")
    folder = home / PROMOTED / title
    _refuse_double(bundle, folder)
    if not os.path.lexists(folder):
        write_folder(folder, _files(bundle), INCOMING, 0o444)
        return folder
    if bundle.signature is not None:
        replace_file(folder / SIGNATURE, bundle.signature, 0o444)  # signed since it was first promoted
    open_bundle(folder, bundle.card.kind, trust)
    return folder


def switch(home: Path, kind: Kind, folder: Path | None) -> None:
    """Let the registry point to one of its bundles, or with None to the shipped one. Call it under `locked`.

    Raises:
        InputError: The link cannot be replaced.
    """
    link = promoted_link(home, kind)
    try:
        if folder is not None:
            replace_link(link, folder.name)  # relative: a home may be moved as a whole
        elif os.path.lexists(link):
            link.unlink()
            sync_folder(link.parent)
    except OSError as error:
        raise InputError(f"{link}: cannot be replaced ({error.strerror}); it must be a link.") from error


def bundles(home: Path) -> list[Path]:
    """Return the folders of the home's bundles by name; links and what is being written are none."""
    found = sorted((home / PROMOTED).glob(f"*/{CARD}"))
    return [path.parent for path in found if not path.parent.is_symlink() and not path.parent.name.startswith(".")]


def _files(bundle: Bundle) -> dict[str, bytes]:
    signed = {SIGNATURE: bundle.signature} if bundle.signature is not None else {}
    return {**bundle.contents, CARD: bundle.card_bytes, **signed}


def _refuse_double(bundle: Bundle, folder: Path) -> None:
    """A title names one model for ever: answers on record are explained by it."""
    known = [folder, *(one for one in shipped_bundles(bundle.card.kind) if read_card(one).title == bundle.card.title)]
    for one in known:
        if (one / CARD).exists() and _digest(one) != bundle.digest:
            raise CheckFailed(
                f"{bundle.folder}: {one} is another bundle of the same name and version, {bundle.card.title}; "
                "train this one under a new version."
            )


def _digest(folder: Path) -> str | None:
    try:
        with opened(folder) as handle:
            return hashlib.sha256(read(handle, CARD, MAX_CARD)).hexdigest()
    except OSError:
        return None


def _sweep(folder: Path) -> None:
    """Remove what a command that was cut off had begun to copy; nobody else writes while the registry is held."""
    for left in folder.glob(f"{INCOMING}*"):
        shutil.rmtree(left, ignore_errors=True)
