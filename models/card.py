"""The model card (`model.json`): what a model is, where it comes from, how good it was, which files belong to it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from features.errors import InputError
from models.bundle_files import MAX_FILES, opened, read

Kind = Literal["risk", "xray"]
KINDS: tuple[Kind, ...] = ("risk", "xray")
CARD = "model.json"
MAX_CARD = 4 * 1024 * 1024
_TEXTS = ("kind", "name", "version", "created_at", "licence", "feature_spec", "command")
_OBJECTS = ("data", "figures", "parameters", "files")


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
        """Name and version as answers name them, for example `risk-synthetic-2.0.0`."""
        return f"{self.name}-{self.version}"

    @property
    def research_only(self) -> bool:
        """Whether the operator must allow this bundle explicitly."""
        return self.licence == "research-only"


def read_card(folder: Path) -> Card:
    """Read the card alone, to show it: neither a signature nor the files are verified.

    Raises:
        InputError: The card is missing or not a card.
    """
    with opened_card(folder) as (_, data):
        return parse_card(data, folder / CARD)


@contextlib.contextmanager
def opened_card(folder: Path) -> Iterator[tuple[int, bytes]]:
    """Open a bundle's folder and read its card's bytes; yield the open folder and the bytes.

    Raises:
        InputError: There is no card.
    """
    with contextlib.ExitStack() as stack:
        try:
            handle = stack.enter_context(opened(folder))
            data = read(handle, CARD, MAX_CARD)
        except OSError as error:
            text = f"{folder / CARD}: no model card here ({error.strerror}); name a bundle's folder."
            raise InputError(text) from error
        yield handle, data


def parse_card(data: bytes, path: Path) -> Card:
    """Read a card's bytes.

    Args:
        data: The bytes.
        path: Where they come from, for the message.

    Raises:
        InputError: They are no card.
    """
    try:
        raw = json.loads(data.decode("utf-8"), object_pairs_hook=_each_once)
        card = Card(**{**raw, "limits": tuple(raw["limits"])})
        _check_types(card)
        return card
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise InputError(f"{path}: not a model card ({error}).") from error


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name that stands twice: which of the two was read would be for each reader to choose."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _check_types(card: Card) -> None:
    """Raise TypeError or ValueError where a field is not of its kind."""
    for name in _TEXTS:
        if not isinstance(getattr(card, name), str):
            raise TypeError(f"{name} is not a text")
    for name in _OBJECTS:
        if not isinstance(getattr(card, name), dict):
            raise TypeError(f"{name} is not an object")
    if not all(isinstance(limit, str) for limit in card.limits):
        raise TypeError("limits must be texts")
    if len(card.files) > MAX_FILES:
        raise ValueError(f"files lists more than {MAX_FILES}")
    if not all(isinstance(digest, str) for digest in card.files.values()):
        raise TypeError("files must name a SHA-256 each")
    if card.kind not in KINDS:
        raise ValueError(f"kind {card.kind!r} is none of {', '.join(KINDS)}")
