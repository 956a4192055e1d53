"""Pictures of one megapixel to send along: rendered by the product, no two alike in their bytes."""

from __future__ import annotations

import functools
import itertools
import struct
import zlib

from training.phantom.export import export
from training.phantom.scene import make_scene

SIZE = 1024
"""Pixels a side."""
FORMATS = {"8-bit pseudo-colour PNG": "colour-png:classic", "16-bit dual-energy TIFF": "dual-tiff16"}
SCENES = 4
BOUNDARY = "parcel-boundary-7f3a9c"
_numbers = itertools.count()


@functools.cache
def rendered(fmt: str, number: int) -> bytes:
    """Return the file of one of a few busy scenes of SIZE x SIZE pixels, every second one with a firearm."""
    scene = make_scene(3 + number % SCENES, size=SIZE, firearm=number % 2 == 0, density="medium")
    return export(scene, fmt).data


def png(number: int) -> bytes:
    """Return a pseudo-colour PNG whose bytes, and so whose place in the store, nobody else has."""
    data = rendered("colour-png:classic", number % SCENES)
    end = data.rindex(b"IEND") - 4
    text = b"tEXtComment\x00parcel %d" % next(_numbers)
    return data[:end] + struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text)) + data[end:]


def form(manifest: bytes, picture: bytes, kind: str = "image/png") -> tuple[str, bytes]:
    """Return content type and body of a screening with one picture."""
    parts = (
        b'Content-Disposition: form-data; name="manifest"\r\nContent-Type: application/json\r\n\r\n' + manifest,
        b'Content-Disposition: form-data; name="view"\r\n\r\ntop',
        b'Content-Disposition: form-data; name="image"; filename="scan.png"\r\nContent-Type: '
        + kind.encode()
        + b"\r\n\r\n"
        + picture,
    )
    start = f"--{BOUNDARY}\r\n".encode()
    body = b"".join(start + part + b"\r\n" for part in parts) + f"--{BOUNDARY}--\r\n".encode()
    return f"multipart/form-data; boundary={BOUNDARY}", body


def screening_with_picture(manifest: bytes) -> tuple[str, bytes]:
    """Return content type and body of a screening with a PNG of its own."""
    return form(manifest, png(next(_numbers)))
