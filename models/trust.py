"""Whose bundles are taken. The signatures themselves (`models.signature`) are looked at only where one is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SIGNATURE = "model.json.sig"
MAX_SIGNATURE = 4096


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose bundles are taken.

    Attributes:
        keys: Public keys; empty: no signature is asked for.
        shipped: Bundles that came with the installation are taken unsigned: what vouches for them is the package.
    """

    keys: tuple[Ed25519PublicKey, ...] = ()
    shipped: bool = False


TRUST_ALL = Trust()
