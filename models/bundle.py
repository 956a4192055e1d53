"""Verified model bundles: a folder with a card (`model.json`) and the files that the card lists by SHA-256.

Nothing in a bundle is interpreted before its signature (where keys are trusted) and its hashes were checked, and a file
that the card does not list is a reason to refuse the whole bundle. Bundles are immutable: a new training run writes a
new folder.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from features.errors import CheckFailed, InputError
from models.bundle_files import read, read_listed
from models.card import CARD, Card, Kind, opened_card, parse_card, read_card
from models.folder_write import write_folder
from models.places import is_shipped, locate, shipped_bundles
from models.trust import MAX_SIGNATURE, SIGNATURE, TRUST_ALL, Trust

__all__ = [
    "CARD", "Bundle", "Card", "Kind", "check_signature", "locate", "open_bundle", "read_card", "shipped_bundles",
    "write_bundle",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle whose every byte matched its card when it was opened; the bytes are held, not read again.

    Attributes:
        folder: Where it was read.
        card: What it says of itself.
        contents: The files that the card lists.
        card_bytes: The card as it was read, which is what a signature is over.
        signature: The content of `model.json.sig`; None where there is none.
    """

    folder: Path
    card: Card
    contents: Mapping[str, bytes]
    card_bytes: bytes = b""
    signature: bytes | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of the card, and so of the whole bundle: the card lists the hashes of all other files."""
        return hashlib.sha256(self.card_bytes).hexdigest()

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


def open_bundle(folder: Path, kind: Kind | None, trust: Trust = TRUST_ALL) -> Bundle:
    """Read a bundle and verify it before anything in it is interpreted.

    Args:
        folder: The bundle's folder.
        kind: What the caller is about to use it as; None: whatever its card says.
        trust: Whose signature is asked for.

    Raises:
        InputError: There is no readable card, or the bundle is of another kind.
        CheckFailed: The signature is missing or of nobody trusted, or a file is missing, changed, not listed, no plain
            file, or of a form that would run code.
    """
    with opened_card(folder) as (handle, card_bytes):
        signature = _signature(handle, folder)
        check_signature(folder, card_bytes, signature, trust)
        card = parse_card(card_bytes, folder / CARD)
        if kind is not None and card.kind != kind:
            raise InputError(f"{folder}: this is a bundle of kind {card.kind!r}, not {kind!r}.")
        contents, problems = read_listed(handle, card.files, frozenset({CARD, SIGNATURE}))
    if problems:
        raise CheckFailed(f"{folder}: the bundle is not what its card says; it was not loaded.", problems)
    return Bundle(folder, card, contents, card_bytes, signature)


def check_signature(folder: Path, card: bytes, signature: bytes | None, trust: Trust) -> None:
    """Check that somebody trusted signed the card.

    Raises:
        CheckFailed: Nobody did; one sentence that says what to do.
    """
    if not trust.keys or (trust.shipped and is_shipped(folder)):
        return
    if signature is None:
        shipped = " (PARCEL_SCREENING_TRUST_SHIPPED_MODELS=1 takes shipped ones unsigned)" if is_shipped(folder) else ""
        raise CheckFailed(
            f"{folder}: the bundle is not signed and a signature is asked for; it was not loaded: "
            f"have `models sign` sign it{shipped}."
        )
    from models.signature import signer  # here, because most installations ask for none

    if signer(card, signature, trust.keys) is None:
        raise CheckFailed(f"{folder}: the signature is not of a trusted key over this card; it was not loaded.")


def write_bundle(folder: Path, card: Card, contents: Mapping[str, bytes]) -> Card:
    """Write a bundle whole or not at all, and return the card with its list of hashes.

    Raises:
        InputError: The folder exists already; bundles are immutable.
    """
    if folder.exists() and any(folder.iterdir()):
        raise InputError(f"{folder}: exists already; bundles are immutable, name a new folder.")
    files = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(contents.items())}
    complete = Card(**{**asdict(card), "limits": card.limits, "files": files})
    text = json.dumps(asdict(complete), indent=2, ensure_ascii=False) + "\n"
    write_folder(folder, {**contents, CARD: text.encode("utf-8")})
    return complete


def _signature(handle: int, folder: Path) -> bytes | None:
    try:
        return read(handle, SIGNATURE, MAX_SIGNATURE)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CheckFailed(f"{folder / SIGNATURE}: not a plain file ({error.strerror}); remove it.") from error
