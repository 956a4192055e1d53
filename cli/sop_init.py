"""`sop init`: a folder in which an author changes the procedure in force."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from cli.sop_schema import write_schemas
from cli.sop_versions import known_versions
from features.errors import InputError, UsageError
from models.folder_write import write_file
from service.in_force import package_in_force
from service.settings import Settings
from sop.findings import POLICY
from sop.package import Package
from sop.reading.package_files import CASES
from sop.registry.standing import registry_state

SCHEMAS = ".schemas"
_VERSION = re.compile(rb"^version:.*$", re.MULTILINE)
_MONTHLY = re.compile(r"(\d{4}\.\d{2})-(\d+)")
_MODELINE = b"# yaml-language-server: $schema="
_SETTINGS = {
    "yaml.schemas": {
        f"./{SCHEMAS}/policy.schema.json": POLICY,
        f"./{SCHEMAS}/cases.schema.json": CASES,
        f"./{SCHEMAS}/list.schema.json": "lists/*.yaml",
        f"./{SCHEMAS}/override.schema.json": "overrides/*.yaml",
    }
}
"""For Visual Studio Code; other editors go by the first line of `policy.yaml`."""


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--version", "wanted", help="Version of the candidate; default: the next of this month.")
def init(folder: Path, wanted: str | None) -> None:
    """Copy the procedure in force into DIR, a new or empty folder, under a new version, to change it there.

    The JSON Schema stands beside it, so that an editor completes and checks while you type.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder}: is not empty; name a new folder, so that nothing of yours is overwritten.")
    settings = Settings.from_environment(os.environ)
    _, package = package_in_force(settings)
    taken = {package.base.version, *_known(settings, package)}
    version = wanted or next_version(package.base.version, datetime.now(UTC).date(), taken)
    if version in taken:
        raise UsageError(f"--version {version} is taken; a candidate needs another, or it cannot be approved.")
    _write(folder, {**with_version(package, version), ".vscode/settings.json": _json(_SETTINGS)})
    write_schemas(folder / SCHEMAS)
    click.echo(f"{folder}: {package.title}, which is in force, copied as version {click.style(version, bold=True)}.")
    for name in sorted(package.files):
        click.echo(f"  {name}")
    click.echo("Change it, then: parcel-screening sop check, test, diff, simulate and approve, each with")
    click.echo(f"  {folder / POLICY}")


def next_version(version: str, today: date, taken: Collection[str] = ()) -> str:
    """Return the version after one: `2026.11-1` becomes `2026.11-2`, or `2026.12-1` in December; else `-next` is added.

    Args:
        version: The one in force.
        today: The day.
        taken: Versions that are known already.
    """
    found = _following(_MONTHLY.fullmatch(version), f"{today:%Y.%m}") or f"{version}-next"
    return next_version(found, today, taken) if found in taken else found


def _following(form: re.Match[str] | None, month: str) -> str | None:
    if form is None:
        return None
    return f"{form[1]}-{int(form[2]) + 1}" if form[1] >= month else f"{month}-1"


def with_version(package: Package, version: str) -> dict[str, bytes]:
    """Return a package's files with another version in its policy, and the schema named where an editor looks for it.

    Args:
        package: The procedure; remarks and order of its files stay as they are.
        version: The new version.

    Raises:
        InputError: Its policy does not say the version in a line of its own.
    """
    line = f"version: {json.dumps(version)}".encode()
    policy, found = _VERSION.subn(lambda _: line, package.files[POLICY], count=1)
    if not found:
        raise InputError(f"{POLICY}: no line begins with `version:`; copy its folder yourself and change the version.")
    if not policy.startswith(_MODELINE):
        policy = _MODELINE + f"{SCHEMAS}/policy.schema.json\n".encode() + policy
    return {**package.files, POLICY: policy}


def _known(settings: Settings, package: Package) -> set[str]:
    """Return the versions of this procedure that the history speaks of."""
    versions = known_versions(registry_state(settings.home)).values()
    return {one.version for one in versions if one.name == package.base.name}


def _json(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    try:
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_file(path, data)
    except OSError as error:
        raise InputError(f"{error.filename or folder}: cannot be written ({error.strerror}).") from error
