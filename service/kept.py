"""Keeps all that ever decided, by digest, so that an answer can be made again when it is long out of use.

    HOME/kept/models/<SHA-256 of the card>/      a bundle that is not in the registry: shipped, or named by a setting
    HOME/kept/scanners/<digest>.json             a scanner profile
    HOME/kept/watchlists/<digest>.json           all watch lists as they were together
    HOME/kept/indicators/<version>.json          the site's own indicator lists

The registry keeps promoted bundles, `HOME/sop/versions` the procedures. Everything is there once, whoever uses it: a
release takes about 9 MB for its two bundles (none where a hard link will do), everything else some kilobytes a change.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from features.watchlist import WatchEntry, WatchList
from models.bundle import Bundle
from models.card import CARD, Kind
from models.folder_write import replace_file, sync_folder, write_folder
from models.places import PROMOTED, is_shipped, shipped_bundles
from models.registry import bundles
from models.scanner_profile import ScannerProfile
from models.scanner_profile_file import Profiles, as_text, read_profile
from models.trust import SIGNATURE

FOLDER = "kept"
MODELS, SCANNERS, WATCHLISTS, INDICATORS = "models", "scanners", "watchlists", "indicators"
log = logging.getLogger("parcel_screening")


def keep_bundle(home: Path, bundle: Bundle) -> None:
    """Keep a bundle that is about to decide; one of the registry is kept there."""
    if bundle.folder.parent.resolve() == (home / PROMOTED).resolve():
        return
    folder = home / FOLDER / MODELS / bundle.digest
    if not folder.exists():
        _softly("the model", lambda: _put_folder(folder, bundle))


def keep_profiles(home: Path, profiles: Profiles) -> None:
    """Keep all profiles of a home."""
    for mine in profiles.by_scanner.values():
        for one in mine:
            _keep_file(home / FOLDER / SCANNERS / f"{one.digest}.json", as_text(one))


def keep_watchlists(home: Path, lists: Sequence[WatchList]) -> str | None:
    """Keep what all watch lists say together, and return its digest; None where there is no list."""
    digest = watchlists_digest(lists)
    if digest is not None:
        _keep_file(home / FOLDER / WATCHLISTS / f"{digest}.json", _as_text(lists))
    return digest


def watchlists_digest(lists: Sequence[WatchList]) -> str | None:
    """Return the SHA-256 of what all watch lists say together; None where there is no list."""
    return hashlib.sha256(_as_text(lists).encode("utf-8")).hexdigest() if lists else None


def keep_indicators(home: Path, version: str, data: bytes) -> None:
    """Keep the site's own indicator lists under the version that answers name."""
    _keep_file(home / FOLDER / INDICATORS / f"{version}.json", data.decode("utf-8", "surrogateescape"))


def kept_bundle(home: Path, kind: Kind, digest: str) -> Path | None:
    """Return the folder of the bundle whose card has this SHA-256; None where it is not kept."""
    places = [home / FOLDER / MODELS / digest, *bundles(home), *shipped_bundles(kind)]
    return next((one for one in places if card_digest(one) == digest), None)


def kept_profile(home: Path, digest: str) -> ScannerProfile | None:
    """Return the scanner profile of this digest; None where it is not kept.

    Raises:
        InputError: It is kept and cannot be read by this version.
    """
    path = home / FOLDER / SCANNERS / f"{digest}.json"
    if not path.exists():
        return None
    profile = read_profile(path)
    return profile if profile.digest == digest else None


def kept_watchlists(home: Path, digest: str) -> tuple[WatchList, ...] | None:
    """Return the watch lists of this digest; None where they are not kept, or not as they were."""
    text = _read(home / FOLDER / WATCHLISTS / f"{digest}.json")
    if text is None or hashlib.sha256(text).hexdigest() != digest:
        return None
    return tuple(
        WatchList(name, tuple(WatchEntry(kind, value, source, _day(ends)) for kind, value, source, ends in entries))
        for name, entries in json.loads(text)
    )


def kept_indicators(home: Path, version: str) -> bytes | None:
    """Return the site's own indicator lists of a version; None where they are not kept, or not as they were."""
    data = _read(home / FOLDER / INDICATORS / f"{version}.json")
    intact = data is not None and hashlib.sha256(data).hexdigest().startswith(version.rpartition("-")[2])
    return data if intact else None


def _as_text(lists: Sequence[WatchList]) -> str:
    said = [
        [one.name, [[entry.kind, entry.value, entry.source, _text(entry.expires)] for entry in one.entries]]
        for one in lists
    ]
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _put_folder(folder: Path, bundle: Bundle) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        if not is_shipped(bundle.folder):
            raise OSError("whoever named this folder may write to it: a link would change with it")
        _link_folder(folder, bundle)
    except OSError:  # also where it lies on another disk; the bytes that were checked are written
        signed = {SIGNATURE: bundle.signature} if bundle.signature is not None else {}
        write_folder(folder, {**bundle.contents, CARD: bundle.card_bytes, **signed}, mode=0o444)


def _link_folder(folder: Path, bundle: Bundle) -> None:
    waiting = Path(tempfile.mkdtemp(prefix=".incoming-", dir=folder.parent))
    try:
        for name in (*bundle.contents, CARD, *((SIGNATURE,) if bundle.signature is not None else ())):
            os.link(bundle.folder / name, waiting / name)
        waiting.chmod(0o755)
        os.rename(waiting, folder)
    except BaseException:
        shutil.rmtree(waiting, ignore_errors=True)
        raise
    sync_folder(folder.parent)


def _keep_file(path: Path, text: str) -> None:
    def write() -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, text.encode("utf-8", "surrogateescape"), 0o400)

    if not path.exists():
        _softly(path.parent.name, write)


def _softly(what: str, write: Callable[[], None]) -> None:
    """Do what serves a later replay alone: where it fails, nothing that decides now may be kept from doing so."""
    try:
        write()
    except OSError as error:
        log.warning("%s cannot be kept for a replay", what, extra={"cause": error.strerror})


def _read(path: Path) -> bytes | None:
    with contextlib.suppress(OSError):
        return path.read_bytes()
    return None


def card_digest(folder: Path) -> str | None:
    """Return the SHA-256 of a bundle's card; None where there is none."""
    data = _read(folder / CARD)
    return hashlib.sha256(data).hexdigest() if data is not None else None
