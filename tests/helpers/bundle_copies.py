"""Bundles to promote: copies of the shipped ones under another version, whole or with one file changed."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from models.bundle import shipped_bundles
from models.card import CARD, Kind


def copy_of_shipped(folder: Path, kind: Kind, version: str, **changes: Any) -> Path:
    """Copy the shipped bundle of a kind to `folder`/<name>-<version>.

    Args:
        folder: Where the copy goes.
        kind: Which one.
        version: Of the copy.
        changes: Further fields of the card; `contents` replaces files, with hashes to match.
    """
    source = shipped_bundles(kind)[-1]
    raw = json.loads((source / CARD).read_text(encoding="utf-8"))
    contents: dict[str, bytes] = changes.pop("contents", {})
    raw = {**raw, "version": version, **changes}
    target = Path(shutil.copytree(source, folder / f"{raw['name']}-{version}"))
    for name, data in contents.items():
        (target / name).write_bytes(data)
        raw["files"][name] = hashlib.sha256(data).hexdigest()
    (target / CARD).write_text(json.dumps(raw), encoding="utf-8")
    return target
