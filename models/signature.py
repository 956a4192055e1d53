"""Ed25519 signatures (RFC 8032) over a bundle's card, which lists the SHA-256 of every other file.

`model.json.sig` holds the signature of the card's exact bytes in base64. Whoever trusts no key takes every bundle whose
hashes fit; whoever trusts one or more takes only bundles that one of them signed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from features.errors import InputError

_PEM = re.compile(rb"-----BEGIN PUBLIC KEY-----.+?-----END PUBLIC KEY-----", re.DOTALL)
_UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm)
NAME_LENGTH = 16


def read_public_keys(path: Path) -> tuple[Ed25519PublicKey, ...]:
    """Read the trusted keys: a PEM file with one key, or several while one takes over from another.

    Raises:
        InputError: The file cannot be read, or holds anything but Ed25519 public keys.
    """
    blocks = _PEM.findall(_read(path))
    try:
        keys = tuple(serialization.load_pem_public_key(block) for block in blocks)
    except _UNREADABLE as error:
        raise InputError(f"{path}: not a public key in PEM form ({error}).") from error
    found = tuple(key for key in keys if isinstance(key, Ed25519PublicKey))
    if not found or len(found) < len(keys):
        raise InputError(f"{path}: no Ed25519 public key in PEM form; `models keygen` makes a pair.")
    return found


def read_private_key(path: Path) -> Ed25519PrivateKey:
    """Read the key to sign with.

    Raises:
        InputError: The file cannot be read, or is no unencrypted Ed25519 private key.
    """
    try:
        key = serialization.load_pem_private_key(_read(path), password=None)
    except _UNREADABLE as error:
        raise InputError(f"{path}: not a private key in PEM form without a password.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise InputError(f"{path}: not an Ed25519 key; `models keygen` makes a pair.")
    return key


def new_key_pair() -> tuple[bytes, bytes]:
    """Make a key pair and return it in PEM form: the private key, then the public one."""
    private = Ed25519PrivateKey.generate()
    secret = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return secret, _pem(private.public_key())


def sign(card: bytes, key: Ed25519PrivateKey) -> bytes:
    """Return what `model.json.sig` holds for these bytes of a card."""
    return base64.b64encode(key.sign(card)) + b"\n"


def signer(card: bytes, signature: bytes | None, keys: tuple[Ed25519PublicKey, ...]) -> Ed25519PublicKey | None:
    """Return which of the keys signed these bytes of a card; None where none did."""
    try:
        raw = base64.b64decode(signature or b"", validate=False)
    except binascii.Error:
        return None
    return next((key for key in keys if _fits(card, raw, key)), None)


def key_name(key: Ed25519PublicKey) -> str:
    """Return a short name to compare keys by: the first 16 hexadecimal digits of the SHA-256 of its PEM form."""
    return hashlib.sha256(_pem(key)).hexdigest()[:NAME_LENGTH]


def _fits(card: bytes, raw: bytes, key: Ed25519PublicKey) -> bool:
    try:
        key.verify(raw, card)
    except InvalidSignature:
        return False
    return True


def _pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: the key cannot be read ({error.strerror}).") from error
