"""Verified model bundles: a folder with a card (`model.json`) and the files that the card lists by SHA-256.

Nothing in a bundle is interpreted before its hash was compared with the card, and a file that the card does not list
is a reason to refuse the whole bundle. Bundles are immutable: a new training run writes a new folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from features.errors import CheckFailed, InputError, Problem

Kind = Literal["risk", "xray"]
CARD = "model.json"
FORBIDDEN_SUFFIXES = (".pkl", ".pickle")
PROMOTED = "models"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The model card: what this model is, where it comes from, how good it was, and what it must not be used for."""

    kind: Kind
    name: str
    version: str
    created_at: str
    licence: str
    feature_spec: str
    command: str
    data: dict[str, Any]
    figures: dict[str, Any]
    limits: tuple[str, ...]
    parameters: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Name and version as answers name them, for example `risk-synthetic-1.0.0`."""
        return f"{self.name}-{self.version}"

    @property
    def research_only(self) -> bool:
        """Whether the operator must allow this bundle explicitly."""
        return self.licence == "research-only"


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle whose every byte matched its card when it was opened; the bytes are held, not read again."""

    folder: Path
    card: Card
    contents: Mapping[str, bytes]

    def read(self, name: str) -> bytes:
        """Return the verified bytes of one file.

        Raises:
            InputError: The bundle has no such file.
        """
        if name not in self.contents:
            raise InputError(f"{self.folder}: the bundle has no file {name}; it lists {sorted(self.contents)}.")
        return self.contents[name]

    def read_json(self, name: str) -> Any:
        """Return one file parsed as JSON."""
        return json.loads(self.read(name))


def open_bundle(folder: Path, kind: Kind) -> Bundle:
    """Read a bundle and verify it before anything in it is interpreted.

    Args:
        folder: The bundle's folder.
        kind: What the caller is about to use it as.

    Raises:
        InputError: There is no readable card, or the bundle is of another kind.
        CheckFailed: A file is missing, changed, not listed, or of a form that would run code.
    """
    card = read_card(folder)
    if card.kind != kind:
        raise InputError(f"{folder}: this is a bundle of kind {card.kind!r}, not {kind!r}.")
    problems = [*_unlisted(folder, card)]
    contents: dict[str, bytes] = {}
    for name, expected in card.files.items():
        problem, data = _verify(folder, name, expected)
        if problem:
            problems.append(problem)
        contents[name] = data
    if problems:
        raise CheckFailed(f"{folder}: the bundle is not what its card says; it was not loaded.", problems)
    return Bundle(folder, card, contents)


def read_card(folder: Path) -> Card:
    """Read the card alone, without verifying the files.

    Raises:
        InputError: The card is missing or not a card.
    """
    path = folder / CARD
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        card = Card(**{**raw, "limits": tuple(raw["limits"])})
        _check_types(card)
        return card
    except OSError as error:
        raise InputError(f"{path}: no model card here ({error.strerror}); name a bundle's folder.") from error
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(f"{path}: not a model card ({error}).") from error


def _check_types(card: Card) -> None:
    """Raise TypeError where a field is not of its kind; a card may come from anywhere."""
    for name in ("kind", "name", "version", "created_at", "licence", "feature_spec", "command"):
        if not isinstance(getattr(card, name), str):
            raise TypeError(f"{name} is not a text")
    for name in ("data", "figures", "parameters", "files"):
        if not isinstance(getattr(card, name), dict):
            raise TypeError(f"{name} is not an object")
    if not all(isinstance(digest, str) for digest in card.files.values()):
        raise TypeError("files must name a SHA-256 each")


def write_bundle(folder: Path, card: Card, contents: Mapping[str, bytes]) -> Card:
    """Write a bundle whole or not at all, and return the card with its list of hashes.

    Raises:
        InputError: The folder exists already; bundles are immutable.
    """
    if folder.exists() and any(folder.iterdir()):
        raise InputError(f"{folder}: exists already; bundles are immutable, name a new folder.")
    files = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(contents.items())}
    complete = Card(**{**asdict(card), "limits": card.limits, "files": files})
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, data in contents.items():
            (scratch / name).write_bytes(data)
        (scratch / CARD).write_text(json.dumps(asdict(complete), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        scratch.chmod(0o755)
        if folder.exists():
            folder.rmdir()
        os.replace(scratch, folder)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    return complete


def locate(kind: Kind, home: Path | None, explicit: Path | None) -> Path:
    """Find the bundle to use: the one named, else the promoted one of the home, else the shipped one.

    Raises:
        InputError: No bundle of this kind is shipped with the installation.
    """
    if explicit is not None:
        return explicit
    # A promotion that points nowhere must not fall back to another model in silence: opening it will say so.
    if home is not None and os.path.lexists(promoted := home / PROMOTED / f"promoted-{kind}"):
        return promoted.resolve()
    shipped = shipped_bundles(kind)
    if not shipped:
        raise InputError(f"No {kind} model is shipped with this installation; name one by option or setting.")
    return shipped[-1]


def shipped_bundles(kind: Kind) -> list[Path]:
    """Return the folders of the freely usable bundles that came with the package, oldest version first."""
    root = Path(str(resources.files("models") / "artifacts"))
    found = [path.parent for path in sorted(root.glob(f"*/{CARD}"))]
    cards = [(read_card(folder), folder) for folder in found]
    usable = [(card, folder) for card, folder in cards if card.kind == kind and not card.research_only]
    return [folder for card, folder in sorted(usable, key=lambda pair: _version_key(pair[0].version))]


def _version_key(version: str) -> tuple[int, ...]:
    return tuple(int(piece) if piece.isdigit() else 0 for piece in version.replace("-", ".").split("."))


def _unlisted(folder: Path, card: Card) -> list[Problem]:
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    extra = sorted(present - set(card.files) - {CARD})
    return [Problem(name, "bundle_file_unlisted", "The card does not list this file; remove it.") for name in extra]


def _verify(folder: Path, name: str, expected: str) -> tuple[Problem | None, bytes]:
    path = folder / name
    if name.endswith(FORBIDDEN_SUFFIXES):
        return Problem(name, "bundle_pickle", "Pickle files run code when opened and are never loaded."), b""
    if not path.resolve().is_relative_to(folder.resolve()):
        return Problem(name, "bundle_path", "The card points outside the bundle."), b""
    try:
        data = path.read_bytes()
    except OSError as error:
        return Problem(name, "bundle_file_missing", f"Cannot be read ({error.strerror})."), b""
    if hashlib.sha256(data).hexdigest() != expected:
        return Problem(name, "bundle_file_changed", "SHA-256 differs from the card; restore the bundle."), b""
    return None, data
