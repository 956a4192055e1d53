"""Puts a table between two marks of a document, so that figures in the docs are those of a run and of nothing else."""

from __future__ import annotations

from pathlib import Path


def fill(document: Path, name: str, text: str) -> None:
    """Replace what stands between `<!-- NAME -->` and `<!-- /NAME -->`.

    Raises:
        ValueError: The document lacks a mark.
    """
    before, start, rest = document.read_text().partition(f"<!-- {name} -->\n")
    _, end, after = rest.partition(f"<!-- /{name} -->")
    if not start or not end:
        raise ValueError(f"{document}: the marks <!-- {name} --> and <!-- /{name} --> are not both there")
    document.write_text(f"{before}{start}{text}\n{end}{after}")
