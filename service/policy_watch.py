"""Keeps the procedure of a running service up to date.

What is in force is told by files and by the clock: a setting's or the home's files, or the history of the registry, in
which an activation may lie ahead. What cannot be used leaves the procedure before in force, and every answer says so.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Hashable
from dataclasses import replace
from pathlib import Path

from features.errors import CheckFailed, ParcelScreeningError
from models.folder_write import replace_file
from service.in_force import kept_package, package_in_force
from service.live import Part, cause_of
from service.screening import Notice, Tools
from service.settings import Settings
from sop.active import Source, cases_path, place_in_force
from sop.package import Package
from sop.reading.package_files import FOLDERS, sorted_files
from sop.registry.events import folder_of, history_state
from sop.registry.versions import files_state, keep, stat_of

NOT_REPLACED = "policy_not_replaced"
LAST_USED = "last-used"
"""Digest of the version that a service took last: a worker that is started again goes on with it where nothing newer
can be used."""
log = logging.getLogger("parcel_screening")


def first_package(settings: Settings) -> tuple[Package, tuple[Notice, ...]]:
    """Return what a service decides with when it starts, and what every answer must say of it.

    Where the procedure in force cannot be used, the one that a service took last goes on: a worker that is started
    again must not be lost for a mistake that the running ones survive. `serve` refuses such a start beforehand.

    Raises:
        ParcelScreeningError: It cannot be used, and no service took one before.
    """
    try:
        return _taken(settings), ()
    except ParcelScreeningError as error:
        package = _last_used(settings.home)
        if package is None:
            raise
        log.error("policy not usable, the one taken last goes on", extra={"cause": cause_of(error)})
        return package, (_not_replaced(package),)


def policy_part(settings: Settings) -> Part:
    """Return the part of the tools that is replaced when another procedure comes into force, or its files change."""
    before = _source(settings)

    def look() -> Hashable:
        return mark(settings)

    def rebuilt(tools: Tools) -> Tools:
        nonlocal before
        source = _source(settings)
        if before == "registry" and source not in ("registry", "setting"):
            # Orders lead from one version to another, never to none: somebody took the whole folder away.
            raise CheckFailed(f"{folder_of(settings.home)}: the history is gone; restore the folder from a backup.")
        before, package = source, _taken(settings)
        return replace(tools, package=package, warnings=_others(tools))

    def kept(tools: Tools) -> Tools:
        return replace(tools, warnings=(*_others(tools), _not_replaced(tools.package)))

    return Part("policy", look, rebuilt, kept)


def mark(settings: Settings) -> Hashable:
    """Return what changes when another procedure comes into force or its files change; costs a look at each file."""
    try:
        place = place_in_force(settings.sop, settings.home)
    except ParcelScreeningError:
        return ("unreadable", history_state(settings.home))
    if place.digest is not None:
        return (place, files_state(place.path.parent))
    parts = [path for name in FOLDERS for path in sorted_files(place.path.parent / name)]
    return (place, tuple((str(path), stat_of(path)) for path in (place.path, cases_path(place.path), *parts)))


def _source(settings: Settings) -> Source | None:
    """Return what puts the procedure in force now; None where that cannot be read."""
    try:
        return place_in_force(settings.sop, settings.home).source
    except ParcelScreeningError:
        return None


def _taken(settings: Settings) -> Package:
    """Return the procedure in force, kept in the registry, so that a replay of its decisions finds it."""
    _, package = package_in_force(settings)
    keep(settings.home, package.files)
    path = folder_of(settings.home) / LAST_USED
    try:
        replace_file(path, f"{package.digest}\n".encode("ascii"))
    except OSError as error:
        # It serves a restart in trouble; for its sake alone nothing may be kept from taking effect now.
        log.warning("%s cannot be written", LAST_USED, extra={"cause": error.strerror})
    return package


def _last_used(home: Path) -> Package | None:
    with contextlib.suppress(OSError, ParcelScreeningError):
        return kept_package(home, (folder_of(home) / LAST_USED).read_text(encoding="ascii").strip())
    return None


def _not_replaced(package: Package) -> Notice:
    text = f"The procedure put in force since cannot be used; {package.title} goes on. The log says why."
    return Notice(NOT_REPLACED, text)


def _others(tools: Tools) -> tuple[Notice, ...]:
    return tuple(one for one in tools.warnings if one.code != NOT_REPLACED)
