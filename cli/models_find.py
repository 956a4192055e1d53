"""Finds bundles by folder or name, and says how each stands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from features.errors import InputError
from models.bundle import Bundle
from models.bundle_files import opened, read
from models.card import CARD, KINDS, MAX_CARD, Card, Kind, read_card
from models.places import is_shipped, locate, promoted_link, shipped_bundles
from models.registry import bundles
from models.signature import key_name, signer
from models.trust import MAX_SIGNATURE, SIGNATURE, Trust
from service.bundles import named, trust_of
from service.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One bundle and how it stands here; `card` is None where it cannot be read, `problem` then says why."""

    folder: Path
    card: Card | None
    problem: str | None
    in_use: bool
    promoted: bool
    shipped: bool
    signature: str


def found(settings: Settings) -> list[Found]:
    """Return every known bundle: the shipped ones by kind, those of the home, and those that settings name."""
    shipped = [folder for kind in KINDS for folder in shipped_bundles(kind)]
    elsewhere = [folder for kind in KINDS if (folder := named(settings, kind)) is not None]
    folders = {folder.resolve(): folder for folder in (*shipped, *bundles(settings.home), *elsewhere)}
    used, trust = _in_use(settings), trust_of(settings)
    return [_described(folder, settings, used, trust) for folder in folders.values()]


def described(folder: Path, settings: Settings) -> Found:
    """Return how a bundle stands here."""
    return _described(folder, settings, _in_use(settings), trust_of(settings))


def _described(folder: Path, settings: Settings, used: dict[Kind, Path], trust: Trust) -> Found:
    card, problem = _card(folder)
    here = folder.resolve()
    return Found(
        folder=folder,
        card=card,
        problem=problem,
        in_use=here in {one.resolve() for one in used.values()},
        promoted=here in {promoted_link(settings.home, kind).resolve() for kind in KINDS},
        shipped=is_shipped(folder),
        signature=_signature(folder, trust),
    )


def find(model: str, settings: Settings) -> Path:
    """Return the folder of a model given by folder or by name.

    Raises:
        InputError: There is no such model.
    """
    if (Path(model) / CARD).exists():
        return Path(model)
    titles = {one.card.title: one.folder for one in found(settings) if one.card}
    if model not in titles:
        raise InputError(f"{model}: neither a bundle's folder nor one of {', '.join(titles) or 'no models at all'}.")
    return titles[model]


def signature_of(bundle: Bundle, trust: Trust) -> str:
    """Return who signed a verified bundle, in words."""
    return _words(bundle.card_bytes, bundle.signature, trust)


def _card(folder: Path) -> tuple[Card | None, str | None]:
    try:
        return read_card(folder), None
    except InputError as error:
        return None, error.message


def _signature(folder: Path, trust: Trust) -> str:
    try:
        with opened(folder) as handle:
            card = read(handle, CARD, MAX_CARD)
            try:
                signature = read(handle, SIGNATURE, MAX_SIGNATURE)
            except FileNotFoundError:
                signature = None
    except OSError:
        return "unreadable"
    return _words(card, signature, trust)


def _words(card: bytes, signature: bytes | None, trust: Trust) -> str:
    if signature is None:
        return "unsigned"
    if not trust.keys:
        return "signed, and no key is set to check it by"
    key = signer(card, signature, trust.keys)
    return f"signed by key {key_name(key)}" if key else "signed by nobody trusted"


def _in_use(settings: Settings) -> dict[Kind, Path]:
    used: dict[Kind, Path] = {}
    for kind in KINDS:
        try:
            used[kind] = locate(kind, settings.home, named(settings, kind))
        except InputError:
            # None shipped, none named: then none of this kind is in use.
            continue
    return used
