"""`sop init`: a folder in which an author changes the procedure in force."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import click

from features.errors import InputError, UsageError
from models.folder_write import write_file
from service.policy_watch import package_in_force
from service.settings import Settings
from sop.findings import POLICY
from sop.package import Package
from sop.package_files import CASES, LIST, OVERRIDE, OVERRIDE_CASES
from sop.schema import SchemaKind, schema_of

SCHEMAS = ".schemas"
_VERSION = re.compile(rb"^version:.*$", re.MULTILINE)
_MONTHLY = re.compile(r"(\d{4}\.\d{2})-(\d+)")
_MODELINE = b"# yaml-language-server: $schema="
_KINDS: tuple[tuple[SchemaKind, re.Pattern[str]], ...] = (
    ("policy", re.compile(re.escape(POLICY))),
    ("cases", re.compile(re.escape(CASES))),
    ("cases", OVERRIDE_CASES),
    ("override", OVERRIDE),
    ("list", LIST),
)


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--version", "wanted", help="Version of the candidate; default: the next of this month.")
def init(folder: Path, wanted: str | None) -> None:
    """Copy the procedure in force into DIR, a new or empty folder, under a new version, to change it there.

    The JSON Schema stands beside it, so that an editor completes and checks while you type.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder}: is not empty; name a new folder, so that nothing of yours is overwritten.")
    _, package = package_in_force(Settings.from_environment(os.environ))
    version = wanted or next_version(package.base.version, datetime.now(UTC).date())
    if version == package.base.version:
        raise UsageError(f"--version {version} is in force; a candidate needs another, or it cannot be approved.")
    _write(folder, {**with_version(package, version), **_schemas()})
    click.echo(f"{folder}: {package.title}, which is in force, copied as version {click.style(version, bold=True)}.")
    for name in sorted(package.files):
        click.echo(f"  {name}")
    click.echo("Change it, then: parcel-screening sop check, test, diff, simulate and approve, each with")
    click.echo(f"  {folder / POLICY}")


def next_version(version: str, today: date) -> str:
    """Return the version after one: `2026.11-1` becomes `2026.11-2`, or `2026.12-1` in December; else `-next` is added.

    Args:
        version: The one in force.
        today: The day.
    """
    month = f"{today:%Y.%m}"
    form = _MONTHLY.fullmatch(version)
    if form is None:
        return f"{version}-next"
    return f"{form[1]}-{int(form[2]) + 1}" if form[1] >= month else f"{month}-1"


def with_version(package: Package, version: str) -> dict[str, bytes]:
    """Return a package's files with another version in its policy, and the schema named where an editor looks for it.

    Args:
        package: The procedure; remarks and order of its files stay as they are.
        version: The new version.
    """
    line = f"version: {json.dumps(version)}".encode()
    policy = _VERSION.sub(lambda _: line, package.files[POLICY], count=1)
    return {name: _for_editors(name, data) for name, data in {**package.files, POLICY: policy}.items()}


def _for_editors(name: str, data: bytes) -> bytes:
    """Return a file that says in its first line where its schema stands; editors know this remark."""
    kind = next((kind for kind, form in _KINDS if form.fullmatch(name)), None)
    if kind is None or data.startswith(_MODELINE):
        return data
    up = "../" * name.count("/")
    return _MODELINE + f"{up}{SCHEMAS}/{kind}.schema.json\n".encode() + data


def _schemas() -> dict[str, bytes]:
    kinds = dict.fromkeys(kind for kind, _ in _KINDS)
    return {
        f"{SCHEMAS}/{kind}.schema.json": (json.dumps(schema_of(kind), indent=2, ensure_ascii=False) + "\n").encode()
        for kind in kinds
    }


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    try:
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_file(path, data)
    except OSError as error:
        raise InputError(f"{error.filename or folder}: cannot be written ({error.strerror}).") from error
