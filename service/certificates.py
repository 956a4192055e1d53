"""Which client certificate came with a request, on the word of the proxy that verified it.

The server's own TLS can ask for certificates of one authority but does not tell the application which one came, so a
key that is bound to a certificate needs a proxy in front. The proxy's word is one header that begins with a secret
which only the proxy and this service know: a caller may send the header, under any spelling that becomes the same name
on the way, and is not believed.
"""

from __future__ import annotations

import base64
import functools
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from features.errors import InputError, UsageError
from service.settings import Settings

FINGERPRINT = "sha256:"
SUBJECT = "subject:"
MIN_SECRET = 32
MAX_SUBJECT = 500
_HEX = re.compile(r"[0-9a-f]{64}")
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_PEM = "-----BEGIN CERTIFICATE-----"
_KEPT = 1024


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """A client's certificate: SHA-256 of its DER form in hexadecimal, and its subject as RFC 4514 writes it."""

    fingerprint: str
    subject: str

    def fits(self, bound_to: str) -> bool:
        """Return whether this is the certificate that a key is bound to."""
        return bound_to in {FINGERPRINT + self.fingerprint, SUBJECT + self.subject}


@dataclass(frozen=True, slots=True)
class ProxysWord:
    """How a proxy tells of a certificate: the WSGI name of its header, and the secret that the header begins with."""

    header: str
    secret: bytes

    def certificate(self, environ: Mapping[str, Any]) -> ClientCertificate | None:
        """Return the certificate of a request; None where there is none, or nobody trusted tells of it."""
        given, _, told = str(environ.get(self.header, "")).partition(" ")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self.secret):
            return None
        return _read(told.strip())


def proxys_word(settings: Settings) -> ProxysWord | None:
    """Return how a proxy tells of certificates by the settings; None where none does.

    Raises:
        UsageError: Only a part of it is set, or the secret is short enough to be guessed.
    """
    header, secret = settings.client_certificate_header, settings.proxy_secret
    if not header and not secret:
        return None
    if not _HEADER_NAME.fullmatch(header):
        raise UsageError(
            "PARCEL_SCREENING_CLIENT_CERTIFICATE_HEADER: name the header, for example X-Client-Certificate."
        )
    if len(secret) < MIN_SECRET or not secret.isascii() or len(secret.split()) != 1:
        text = f"at least {MIN_SECRET} ASCII characters without blanks, for example of `openssl rand -hex 32`"
        raise UsageError(f"PARCEL_SCREENING_PROXY_SECRET: takes {text}.")
    if not settings.trusted_proxies:
        raise UsageError(
            "PARCEL_SCREENING_TRUSTED_PROXIES is 0: no proxy is believed, so none can tell of certificates."
        )
    return ProxysWord("HTTP_" + header.upper().replace("-", "_"), secret.encode())


def certificate_fault(bound_to: str) -> str | None:
    """Return what is wrong with what a key shall be bound to; None where nothing is."""
    if bound_to.startswith(FINGERPRINT):
        return None if _HEX.fullmatch(bound_to.removeprefix(FINGERPRINT)) else "sha256: takes 64 hexadecimal digits."
    if bound_to.startswith(SUBJECT):
        length = len(bound_to) - len(SUBJECT)
        return None if 0 < length <= MAX_SUBJECT else f"subject: takes 1 to {MAX_SUBJECT} characters."
    return "Takes sha256:<64 hexadecimal digits>, subject:<RFC 4514 name>, or a certificate's PEM file."


def binding_of(text: str) -> str:
    """Return what a key shall be bound to: as it was written, or the fingerprint of a certificate's file.

    Raises:
        InputError: The file is no certificate in PEM form.
        UsageError: It is neither a binding nor a file.
    """
    if text.startswith(FINGERPRINT):
        return FINGERPRINT + text.removeprefix(FINGERPRINT).replace(":", "").lower()
    if text.startswith(SUBJECT):
        return text
    path = Path(text)
    if not path.is_file():
        raise UsageError(f"--certificate {text[:200]}: no such file; {certificate_fault('')}")
    certificate = _parsed(path.read_bytes())
    if certificate is None:
        raise InputError(f"{path}: not a certificate in PEM form.")
    return FINGERPRINT + certificate.fingerprint


@functools.lru_cache(maxsize=_KEPT)
def _read(told: str) -> ClientCertificate | None:
    """Read nginx's `$ssl_client_escaped_cert` (PEM, percent-encoded) or HAProxy's `ssl_c_der,base64`."""
    plain = unquote(told)
    if plain.startswith(_PEM):
        return _parsed(plain.encode("ascii", "replace"))
    try:
        return _parsed(base64.b64decode(told, validate=True))
    except ValueError:  # not base64, or not even ASCII
        return None


def _parsed(data: bytes) -> ClientCertificate | None:
    # Here, because most installations take no word of a proxy.
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256

    load = x509.load_pem_x509_certificate if _PEM.encode() in data else x509.load_der_x509_certificate
    try:
        certificate = load(data)
        return ClientCertificate(certificate.fingerprint(SHA256()).hex(), certificate.subject.rfc4514_string())
    except ValueError:
        return None
