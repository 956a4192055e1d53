"""What a PNG (ISO/IEC 15948) says of itself: checksums, one header, one picture, and no more than its pixels."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence

from features.xray_file import Header, UnreadablePicture, truncated

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_CHUNKS = 20_000
"""A file of 32 MiB has 4,096 chunks of 8 KiB, which is what the usual encoders write; a million empty ones only cost
time."""
MOST_RATIO = 1032
"""Bytes that one byte can become at most (RFC 1951: a match of 258 bytes in two bits)."""
HARMLESS_BYTES = 1_000_000_000
"""What may come out of a stream at most without that anybody counts: the decoder throws it away in two seconds."""
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Samples a pixel by colour type."""


def png_header(data: bytes) -> Header:
    """Return what the file says of itself.

    Raises:
        UnreadablePicture: broken, truncated or unsupported_format.
    """
    size, raw, body = (0, 0), 0, []
    for number, (name, content) in enumerate(_chunks(data)):
        if (name == b"IHDR") != (number == 0):
            raise UnreadablePicture("broken", "The PNG does not begin with the one header that it must have.")
        if number >= MAX_CHUNKS:
            raise UnreadablePicture("broken", f"The PNG has more than {MAX_CHUNKS:,} chunks.", size)
        if name == b"IHDR":
            size, raw = _size(content)
        elif name == b"acTL":
            # Programs differ in which of its pictures they show; the detector and the officer must see the same one.
            raise UnreadablePicture("unsupported_format", "The PNG is animated; send one still picture.", size)
        elif name == b"IDAT":
            body.append(content)
    if not body:
        raise UnreadablePicture("broken", "The PNG holds no picture.")
    _check_inflated(body, raw, size)
    return Header("png", *size)


def _size(header: bytes) -> tuple[tuple[int, int], int]:
    """Return width and height in pixels, and the bytes of all lines before compression."""
    if len(header) != 13:
        raise UnreadablePicture("broken", "The PNG's header is damaged.")
    width, height, depth, kind = struct.unpack(">IIBB", header[:10])
    if 0 in (width, height):
        raise UnreadablePicture("broken", "The PNG holds no picture.")
    line = 1 + -(-width * depth * _CHANNELS.get(kind, 4) // 8)
    # Interlaced pictures come in seven passes, whose lines are cut to whole bytes each.
    return (width, height), height * line if header[12] == 0 else 2 * height * line + 8 * 7


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield (name, body) up to IEND; anything short of IEND is a truncated file."""
    place = len(PNG_SIGNATURE)
    while place + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, place)
        name, end = data[place + 4 : place + 8], place + 8 + length
        if end + 4 > len(data):
            break
        body = data[place + 8 : end]
        if zlib.crc32(body, zlib.crc32(name)) != struct.unpack_from(">I", data, end)[0]:
            raise UnreadablePicture("broken", f"The PNG is damaged: the checksum at byte {place} is wrong.")
        yield name, body
        if name == b"IEND":
            return
        place = end + 4
    raise truncated("PNG")


def _check_inflated(body: Sequence[bytes], raw: int, size: tuple[int, int]) -> None:
    """Refuse a stream that becomes more than the picture: the decoder would inflate all of it to throw it away."""
    if sum(map(len, body)) * MOST_RATIO <= HARMLESS_BYTES:
        return
    stream, found = zlib.decompressobj(), 0
    try:
        for part in body:
            while part and found <= raw:
                found += len(stream.decompress(part, 1 << 20))
                part = stream.unconsumed_tail
    except zlib.error as error:
        raise UnreadablePicture(
            "broken", "The PNG's picture cannot be decompressed; send the scan again.", size
        ) from error
    if found > raw:
        raise UnreadablePicture("broken", "The PNG holds more than the picture it announces.", size)
