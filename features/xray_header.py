"""What a picture file says about itself, read before a single pixel is decoded.

A decompression bomb costs its sender a kilobyte and the decoder gigabytes, so size, pages and completeness are judged
from the headers alone. Formats: PNG (ISO/IEC 15948), JPEG (ITU-T T.81), TIFF 6.0 and BigTIFF.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

import tifffile

from features.errors import InputError

FileFormat = Literal["png", "jpeg", "tiff"]
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Start-of-frame markers of T.81 table B.1; C4, C8 and CC are other things.
_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_STAND_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})

UNREADABLE: dict[str, str] = {
    "empty": "The file holds no bytes.",
    "too_many_bytes": "The file is larger than the limit.",
    "unsupported_format": "The file is not a PNG, JPEG or TIFF.",
    "unsupported_pixels": "The pixels are of a kind no scanner exports (floating point, 32 bit, and the like).",
    "broken": "The file cannot be decoded.",
    "truncated": "The file ends before the picture does.",
    "too_small": "The picture has too few pixels to show a part.",
    "too_large": "The picture has more pixels than the limit.",
    "too_many_pages": "The TIFF has more than two pages.",
    "pages_differ": "The low-energy and high-energy pages differ in size or kind.",
    "blank": "The picture shows nothing: an empty or aborted scan.",
    "not_xray": "The picture does not look like an X-ray scan.",
    "failed": "Reading the picture failed unexpectedly.",
}
"""Every code of an unreadable picture with its general meaning."""


class UnreadablePicture(InputError):
    """A picture that cannot be judged; `code` is a key of UNREADABLE, `size` is (width, height) or (0, 0)."""

    def __init__(self, code: str, message: str, size: tuple[int, int] = (0, 0)) -> None:
        super().__init__(message)
        self.code = code
        self.size = size


@dataclass(frozen=True, slots=True)
class Header:
    """Width and height in pixels of the first page, and the number of pages."""

    format: FileFormat
    width: int
    height: int
    pages: int = 1


def read_header(data: bytes) -> Header:
    """Read format, size and pages of a picture file, and check that the file is whole.

    Args:
        data: The file's bytes.

    Raises:
        UnreadablePicture: empty, unsupported_format, broken, truncated, pages_differ or unsupported_pixels.
    """
    if not data:
        raise UnreadablePicture("empty", "The picture file is empty; send the scan again.")
    if data.startswith(PNG_SIGNATURE):
        return _png(data)
    if data.startswith(b"\xff\xd8"):
        return _jpeg(data)
    if data[:4] in {b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"}:
        return _tiff(data)
    start = data[:8].hex(" ")
    raise UnreadablePicture("unsupported_format", f"Not a PNG, JPEG or TIFF file (it starts with {start}).")


def _png(data: bytes) -> Header:
    size = (0, 0)
    seen = set()
    for name, body in _png_chunks(data):
        seen.add(name)
        if name == b"IHDR" and len(body) == 13:
            size = struct.unpack(">II", body[:8])
    if b"IDAT" not in seen or 0 in size:
        raise UnreadablePicture("broken", "The PNG holds no picture.")
    return Header("png", *size)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield (name, body) up to IEND; anything short of IEND is a truncated file."""
    place = len(PNG_SIGNATURE)
    while place + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, place)
        name, end = data[place + 4 : place + 8], place + 8 + length
        if end + 4 > len(data):
            break
        body = data[place + 8 : end]
        if zlib.crc32(name + body) != struct.unpack_from(">I", data, end)[0]:
            raise UnreadablePicture("broken", f"The PNG is damaged: the checksum at byte {place} is wrong.")
        yield name, body
        if name == b"IEND":
            return
        place = end + 4
    raise UnreadablePicture("truncated", "The PNG ends before the picture does; send the scan again.")


def _jpeg(data: bytes) -> Header:
    size = (0, 0)
    place = 2
    while True:
        marker, place = _next_marker(data, place)
        if marker in _STAND_ALONE:
            continue
        if marker == 0xD9 or place + 2 > len(data):
            raise UnreadablePicture("broken", "The JPEG holds no picture.")
        (length,) = struct.unpack_from(">H", data, place)
        if marker in _START_OF_FRAME and place + 7 <= len(data):
            height, width = struct.unpack_from(">HH", data, place + 3)
            size = (width, height)
        if marker == 0xDA:
            break
        place += max(length, 2)
    if 0 in size:
        raise UnreadablePicture("broken", "The JPEG does not say how large it is.")
    # Inside the coded picture FF is always followed by 00 or a restart marker, so FF D9 can only be its end.
    if data.find(b"\xff\xd9", place) < 0:
        raise UnreadablePicture("truncated", "The JPEG ends before the picture does; send the scan again.", size)
    return Header("jpeg", *size)


def _next_marker(data: bytes, place: int) -> tuple[int, int]:
    """Return the next marker's code and the place behind it; fill bytes FF may stand before it."""
    if place < len(data) and data[place] != 0xFF:
        raise UnreadablePicture("broken", f"The JPEG is damaged at byte {place}.")
    while place < len(data) and data[place] == 0xFF:
        place += 1
    if place >= len(data):
        raise UnreadablePicture("truncated", "The JPEG ends before the picture begins; send the scan again.")
    return data[place], place + 1


def _tiff(data: bytes) -> Header:
    try:
        with tifffile.TiffFile(BytesIO(data)) as file:
            pages = [page.aspage() for page in file.pages]
    except UnreadablePicture:
        raise
    # tifffile raises whatever its parsing ran into (struct.error, IndexError, its own class); all mean the same here.
    except Exception as error:
        raise UnreadablePicture("broken", "The TIFF's directory cannot be read; send the scan again.") from error
    if not pages:
        raise UnreadablePicture("broken", "The TIFF holds no page.")
    size = (int(pages[0].imagewidth), int(pages[0].imagelength))
    if 0 in size:
        raise UnreadablePicture("broken", "The TIFF does not say how large it is.")
    if len({(p.imagewidth, p.imagelength, p.dtype, p.samplesperpixel) for p in pages}) > 1:
        raise UnreadablePicture("pages_differ", "The TIFF's pages differ in size or kind.", size)
    if pages[0].dtype is None or pages[0].dtype.str[1:] not in {"u1", "u2"}:
        raise UnreadablePicture("unsupported_pixels", f"TIFF pixels of kind {pages[0].dtype} are not read.", size)
    for page in pages:
        if any(start + n > len(data) for start, n in zip(page.dataoffsets, page.databytecounts, strict=False)):
            raise UnreadablePicture("truncated", "The TIFF ends before the picture does; send the scan again.", size)
    return Header("tiff", *size, pages=len(pages))
