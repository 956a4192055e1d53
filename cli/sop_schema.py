"""`sop schema`: what editors need to complete and check the files of a procedure while one types."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import click

from cli.files import whole_file
from features.errors import UsageError
from sop.reading.schema import SCHEMA_KINDS, SchemaKind, schema_of


@click.command()
@click.argument("kind", required=False, type=click.Choice(SCHEMA_KINDS))
@click.option(
    "--into", type=click.Path(path_type=Path, file_okay=False), help="Write all four schemas into this folder."
)
def schema(kind: str | None, into: Path | None) -> None:
    """Print the JSON Schema of a kind of file: policy (the default), list, override or cases.

    With --into all four are written, as policy.schema.json, list.schema.json, override.schema.json and
    cases.schema.json; docs/sop-language.md says how editors find them.
    """
    if into is None:
        click.echo(_text(cast(SchemaKind, kind or "policy")), nl=False)
        return
    if kind is not None:
        raise UsageError("--into writes the schemas of all kinds; name a kind or a folder, not both.")
    write_schemas(into)


def write_schemas(folder: Path) -> tuple[Path, ...]:
    """Write the schemas of all kinds into a folder, which is made where it is missing; return their paths.

    Raises:
        UsageError: The folder's own folder does not exist.
        InputError: A file cannot be written.
    """
    if not folder.absolute().parent.is_dir():
        raise UsageError(f"{folder}: the folder {folder.absolute().parent} does not exist.")
    folder.mkdir(exist_ok=True)
    paths = tuple(folder / f"{kind}.schema.json" for kind in SCHEMA_KINDS)
    for kind, path in zip(SCHEMA_KINDS, paths, strict=True):
        with whole_file(path) as scratch:
            scratch.write_text(_text(kind), encoding="utf-8")
    return paths


def _text(kind: SchemaKind) -> str:
    return json.dumps(schema_of(kind), indent=2, ensure_ascii=False) + "\n"
